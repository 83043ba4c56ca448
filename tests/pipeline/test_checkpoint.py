"""Runs that are carried elsewhere, stopped, continued or kept on disk: the bits of an unbroken run."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minrisk import load_dataset, load_scenario, run, summary
from minrisk.parallel import Workers
from minrisk.pipeline import gather
from minrisk.pipeline import run as run_module
from minrisk.pipeline.checkpoint import Checkpoint, CheckpointError, clear_checkpoint
from minrisk.pipeline.gather import Gathered
from minrisk.pipeline.keep import run_block
from minrisk.pipeline.run import Run
from minrisk.scenario.events import EVENT_TYPES
from minrisk.scenario.schema import Scenario
from tests import SCENARIOS
from tests.pipeline.dying import MARK, dies_once
from tests.pipeline.test_run import same

#: Two blocks and half of one.
DRAWS, BLOCK = 250, 100


@pytest.fixture(scope="module")
def mud() -> Scenario:
    """Six of its fifteen years, the trial among them."""
    return load_scenario(SCENARIOS / "mud_2028.yaml").model_copy(update={"months": 72})


@pytest.fixture(scope="module")
def unbroken(mud: Scenario) -> Run:
    return run(mud, draws=DRAWS, block=BLOCK)


def test_threads_change_no_bit(mud: Scenario, unbroken: Run) -> None:
    """Any executor will do."""
    with ThreadPoolExecutor(2) as pool:
        same(run(mud, draws=DRAWS, block=BLOCK, executor=pool), unbroken)


def test_a_worker_that_dies_once_costs_nothing_but_time(
    mud: Scenario, unbroken: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lost blocks are computed by a fresh pool; the bits are those of the unbroken run."""
    monkeypatch.setenv(MARK, str(tmp_path / "died"))
    monkeypatch.setattr(run_module, "run_block", dies_once)
    seen: list[int] = []
    with Workers(2) as pool:
        same(run(mud, draws=DRAWS, block=BLOCK, executor=pool, progress=seen.append), unbroken)
    assert (tmp_path / "died").exists()
    assert sum(seen) == DRAWS


class StoppedError(Exception):
    pass


def _stop_after(blocks: int) -> Iterator[None]:
    for _ in range(blocks - 1):
        yield
    raise StoppedError


def test_a_run_goes_on_where_it_stopped(mud: Scenario, unbroken: Run, tmp_path: Path) -> None:
    """Stopped after two blocks, one of them damaged since; the rest is computed, the bits are the same."""
    folder, stop = tmp_path / "kept", _stop_after(2)
    with pytest.raises(StoppedError):
        run(mud, draws=DRAWS, block=BLOCK, progress=lambda _: next(stop), checkpoint=folder)
    files = sorted(folder.glob("*.npz"))
    assert len(files) == 2
    files[1].write_bytes(files[1].read_bytes()[:5000])
    untouched = files[0].stat().st_mtime_ns
    same(run(mud, draws=DRAWS, block=BLOCK, checkpoint=folder), unbroken)
    assert files[0].stat().st_mtime_ns == untouched
    with np.load(files[0], allow_pickle=False) as held:
        assert all(held[name].dtype != object for name in held.files)
    same(run(mud, draws=DRAWS, block=BLOCK, checkpoint=folder), unbroken)


@pytest.fixture(scope="module")
def short() -> Scenario:
    return load_scenario(SCENARIOS / "calm.yaml").model_copy(update={"months": 6})


def edited(change: Callable[[dict[str, Any]], None], path: Path) -> None:
    """Rewrite a kept block with a change, its hash left as it was."""
    with np.load(path, allow_pickle=False) as held:
        arrays = {name: held[name] for name in held.files}
    change(arrays)
    with path.open("wb") as file:
        np.savez(file, **arrays)


def hundredfold(arrays: dict[str, Any]) -> None:
    names = json.loads(bytes(arrays["names"]).decode())
    place = f"a{names.index('metrics|unserved_t')}"
    arrays[place] = arrays[place] * 100.0 + 1.0


def cut(arrays: dict[str, Any]) -> None:
    names = json.loads(bytes(arrays["names"]).decode())
    for place, name in enumerate(names):
        if name.startswith("metrics|"):
            arrays[f"a{place}"] = arrays[f"a{place}"][..., :50]


def unsigned(arrays: dict[str, Any]) -> None:
    arrays.pop("sha256")


@pytest.mark.parametrize("change", [hundredfold, cut, unsigned])
def test_an_edited_block_is_computed_again(
    change: Callable[[dict[str, Any]], None], short: Scenario, tmp_path: Path
) -> None:
    """Numbers changed by hand, fewer draws, no hash: none of it reaches the report."""
    whole = run(short, draws=200, block=100, checkpoint=tmp_path)
    first = min(tmp_path.glob("*.npz"))
    before = first.read_bytes()
    edited(change, first)
    assert first.read_bytes() != before
    same(run(short, draws=200, block=100, checkpoint=tmp_path), whole)
    assert first.read_bytes() == before


def test_a_block_of_other_draws_is_not_taken(short: Scenario, tmp_path: Path) -> None:
    """Whole and signed, but of the next hundred draws: copied over the first."""
    whole = run(short, draws=200, block=100, checkpoint=tmp_path)
    first, second = sorted(tmp_path.glob("*.npz"))
    first.write_bytes(second.read_bytes())
    same(run(short, draws=200, block=100, checkpoint=tmp_path), whole)


def test_a_block_that_is_signed_and_cut_is_not_taken(short: Scenario, tmp_path: Path) -> None:
    """Saved by the program itself with fewer draws than its name says: shapes are looked at too."""
    kept = Checkpoint(tmp_path, {"seed": 1})
    block = run_block(short, load_dataset(), 1, 0, 50)
    kept.save(0, 100, block)
    assert kept.load(0, 100) is None
    kept.save(0, 50, block)
    assert kept.load(0, 50) is not None
    gathered = Gathered(80)
    gathered.add(block)
    with pytest.raises(ValueError, match="a block of 50 draws does not fit after 50 of 80"):
        gathered.add(block)


def test_a_checkpoint_of_another_run_is_refused(mud: Scenario, tmp_path: Path) -> None:
    """Another seed is another run; a folder of somebody else's is left alone."""
    folder = tmp_path / "kept"
    run(mud, draws=100, checkpoint=folder)
    with pytest.raises(CheckpointError, match="seed"):
        run(mud, draws=100, seed=5, checkpoint=folder)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("mine")
    with pytest.raises(CheckpointError, match="move it away"):
        run(mud, draws=100, checkpoint=mine)
    clear_checkpoint(mine)
    clear_checkpoint(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert (mine / "thesis.txt").exists()


def test_columns_in_a_file_are_the_same(mud: Scenario, unbroken: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run too large for memory: same numbers, read from a file without a name, before and after letting go."""
    monkeypatch.setattr(gather, "IN_MEMORY_DRAWS", 100)
    large = run(mud, draws=DRAWS, block=BLOCK)
    before = summary(large)
    large.release()
    same(large, unbroken)
    assert before.equals(summary(large))
    assert not large.metrics["unserved_t"].flags.writeable
    assert unbroken.metrics["unserved_t"].flags.writeable


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="needs the extra dask")
@pytest.mark.filterwarnings("ignore")
def test_two_dask_workers_give_the_same_bits_also_when_one_is_killed(
    mud: Scenario, unbroken: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A local cluster of two processes; then one of them dies midway and its nanny starts another."""
    from distributed import LocalCluster

    from minrisk.parallel import worker_pool

    monkeypatch.setenv(MARK, str(tmp_path / "died"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(SCENARIOS.parent), os.environ.get("PYTHONPATH", "")]))
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        worker_pool(1, cluster.scheduler_address) as executor,
    ):
        same(run(mud, draws=DRAWS, block=BLOCK, executor=executor), unbroken)
        monkeypatch.setattr(run_module, "run_block", dies_once)
        same(run(mud, draws=DRAWS, block=BLOCK, executor=executor), unbroken)
        assert (tmp_path / "died").exists()


def licences() -> Scenario:
    """Calm but for licences in batches, of which some buyers get more than others, on elements and magnets."""
    made = EVENT_TYPES["licensing"].model_validate(
        {"name": "licences", "type": "licensing", "origin": "CHN", "elements": ["Dy", "Y"], "start": "2026-02",
         "duration_months": 12, "destination_concentration": {"uniform": [1, 4]}}
    )  # fmt: skip
    return load_scenario(SCENARIOS / "calm.yaml").model_copy(update={"months": 18, "events": (made,)})


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="needs the extra dask")
@pytest.mark.filterwarnings("ignore")
def test_batches_of_licences_are_the_same_on_a_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two dask processes with blocks of 100, and one process with blocks of 500: the same bits."""
    from distributed import LocalCluster

    from minrisk.parallel import worker_pool

    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(SCENARIOS.parent), os.environ.get("PYTHONPATH", "")]))
    whole = run(licences(), draws=500, block=500)
    assert whole.metrics["unserved_share"].max() > 0.0
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        worker_pool(1, cluster.scheduler_address) as executor,
    ):
        same(run(licences(), draws=500, block=100, executor=executor), whole)


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="needs the extra dask")
@pytest.mark.filterwarnings("ignore")
def test_a_dask_worker_with_other_code_is_refused(tmp_path: Path) -> None:
    """One constant of the package changed on the worker: no block is computed, and the message names the worker."""
    import shutil
    import subprocess
    import sys

    from distributed import Client, LocalCluster

    from minrisk.parallel import ClusterError, worker_pool

    shutil.copytree(SCENARIOS.parent / "minrisk", tmp_path / "minrisk")
    with (tmp_path / "minrisk" / "defaults.py").open("a", encoding="utf-8") as file:
        file.write("\nRELEASE_DAYS = 30.0\n")
    with LocalCluster(n_workers=0, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny", "--no-dashboard"]
        worker = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(tmp_path)}, cwd=tmp_path)
        try:
            with Client(address, set_as_default=False) as client:
                client.wait_for_workers(1, timeout=60)
            with (
                pytest.raises(
                    ClusterError, match=r"would compute other numbers: tcp\S+ has another minrisk; install"
                ),
                worker_pool(1, address),
            ):
                raise AssertionError("the worker was taken")
        finally:
            worker.kill()
            worker.wait()
