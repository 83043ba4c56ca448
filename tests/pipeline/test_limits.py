"""A run that is too large is refused before it begins, in words; the forecast is near what is measured."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from typer.testing import CliRunner

from minrisk import load_dataset, load_scenario, run
from minrisk.cli import app
from minrisk.defaults import CELL_BYTES, COLUMNS_EACH, MOST_DRAWS
from minrisk.parallel import LimitError
from minrisk.pipeline import run as run_module
from minrisk.pipeline.keep import run_block
from minrisk.pipeline.run import check_size, forecast
from minrisk.report.record import run_record
from tests import SCENARIOS

CALM = load_scenario(SCENARIOS / "calm.yaml").model_copy(update={"months": 12})

runner = CliRunner(env={"COLUMNS": "200"})


def test_too_many_draws_are_refused_at_once() -> None:
    """A million million draws: not a list of their blocks, a sentence."""
    with pytest.raises(LimitError, match="1,000,000,000,000 draws are too many; at most 10,000,000"):
        run(CALM, draws=10**12)
    assert check_size(CALM, load_dataset(), 200).memory > 0.0


@pytest.mark.parametrize(
    ("name", "there", "draws", "said"),
    [
        ("_memory", 1e8, 100, r"calm: 100 draws of 12 months need about 0\.\d GB of memory, and there are 0\.1 GB"),
        ("_room", 1e8, 1_000_000, r"GB of room for temporary files, and there are 0\.1 GB; take fewer draws"),
    ],
)
def test_a_machine_that_is_too_small(
    name: str, there: float, draws: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, name, lambda: there)
    monkeypatch.setattr(run_module, "_blocks", lambda *given: pytest.fail("something was run"))
    with pytest.raises(LimitError, match=said):
        run(CALM, draws=draws)


def test_what_is_forecast_grows_with_what_is_asked() -> None:
    """Twice the draws take twice as long, twice the processes half; long runs lie in a file, not in memory."""
    dataset = load_dataset()
    one, two = forecast(CALM, dataset, 10_000), forecast(CALM, dataset, 20_000)
    assert two.seconds == pytest.approx(2.0 * one.seconds)
    assert forecast(CALM, dataset, 10_000, workers=2).seconds == pytest.approx(one.seconds / 2.0)
    assert forecast(CALM, dataset, 10_000, workers=2).memory > one.memory
    small, large = forecast(CALM, dataset, 50_000), forecast(CALM, dataset, 50_001)
    assert small.disk == 0.0 < large.disk
    assert large.memory < small.memory
    longer = forecast(CALM.model_copy(update={"months": 120}), dataset, 10_000)
    assert longer.seconds == pytest.approx(10.0 * one.seconds)


def test_the_forecast_is_near_what_is_measured() -> None:
    """Memory of a block and columns of a draw, within a factor of two."""
    dataset, draws = load_dataset(), 300
    run_block(CALM, dataset, 1, 0, 100)  # what is derived once is not the block's
    tracemalloc.start()
    block = run_block(CALM, dataset, 1, 0, draws)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    labels = dataset.labels
    pairs = len(labels.elements) * (len(labels.route_names) + len(labels.uses))
    assert 0.5 < peak / (CELL_BYTES * pairs * CALM.months * draws) < 2.0
    metrics = (*block.metrics.values(), *block.use_metrics.values())
    parts = [] if block.economy is None else [
        *block.economy.metrics.values(), *block.economy.industry_metrics.values(),
        *block.economy.application_metrics.values(),
    ]  # fmt: skip
    columns = len(block.inputs) + sum(values.size // draws for values in (*metrics, *parts))
    assert 0.5 < columns / (COLUMNS_EACH * (len(labels.elements) + len(labels.uses))) < 2.0


@pytest.mark.parametrize(
    "words",
    [["run", "calm"], ["stockpile", "calm"], ["compare", "calm", "ban_full_3m"], ["seabed", "mud_2028"],
     ["backtest"], ["nowcast", "calm"], ["explore", "calm"], ["sourcing", "calm"]],
    ids=lambda words: words[0],
)  # fmt: skip
def test_an_option_of_draws_has_an_end(words: list[str]) -> None:
    found = runner.invoke(app, [*words, "--draws", str(10**12)])
    assert found.exit_code == 2
    assert "10000000" in found.output


def test_a_record_of_too_many_draws_is_refused(tmp_path: Path) -> None:
    """A run.json edited by hand; the command says so and does not hang."""
    record = run_record(run(CALM, draws=20), "minrisk run calm")
    (tmp_path / "run.json").write_text(json.dumps(record | {"draws": MOST_DRAWS + 1}), encoding="utf-8")
    found = runner.invoke(app, ["rerun", str(tmp_path)])
    assert found.exit_code == 2
    assert "10,000,001 draws are too many" in found.output


def test_sizes_are_looked_at_before_the_first_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two scenarios of which the second is too large: neither runs."""
    monkeypatch.setattr(run_module, "_memory", lambda: 1.2e9)
    monkeypatch.setattr(run_module, "run", lambda *given, **named: pytest.fail("something was run"))
    (tmp_path / "long.yaml").write_text("extends: calm\ntitle: long\nmonths: 600\n", encoding="utf-8")
    words = ["run", "calm", str(tmp_path / "long.yaml"), "--draws", "1000", "--out", str(tmp_path / "out")]
    found = runner.invoke(app, words)
    assert found.exit_code == 2, found.output
    assert "long: 1,000 draws of 600 months need about" in found.stderr
    assert not (tmp_path / "out").exists()
