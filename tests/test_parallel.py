"""Worker pools: results in the order of the tasks, and what a dying worker costs."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from minrisk import parallel
from minrisk.parallel import Workers, in_order, worker_pool
from tests.pipeline.dying import dies


def test_workers_that_keep_dying_end_the_run() -> None:
    """After several deaths in a row the pool's error comes out."""
    with Workers(1) as pool, pytest.raises(BrokenProcessPool, match="__main__"):
        list(in_order(dies, [(1,), (2,)], pool))


def test_results_come_in_order_and_errors_come_out() -> None:
    """More tasks than are handed over at once; a fault of the task itself is not tried again."""
    tasks = [(n,) for n in range(300)]
    with ThreadPoolExecutor(3) as pool:
        assert list(in_order(abs, tasks, pool)) == list(range(300))
        with pytest.raises(TypeError):
            list(in_order(abs, [(1,), ("a",)], pool))


def test_workers_say_what_they_run() -> None:
    """The same is taken; another library, other files or an answer of another kind are refused by name."""
    here = parallel.installed()
    assert set(here) == {"minrisk", "Python", "numpy", "scipy", "pandas"}
    parallel._compare({"tcp://a": dict(here)})
    with pytest.raises(parallel.ClusterError, match=r"tcp://a has another minrisk, numpy 1\.0 not"):
        parallel._compare({"tcp://a": here | {"minrisk": "0", "numpy": "1.0"}, "tcp://b": dict(here)})
    with pytest.raises(parallel.ClusterError, match="cannot say what it is"):
        parallel._compare({"tcp://a": AttributeError("installed")})
    assert parallel._prove(here, max, 1, 2) == 2
    with pytest.raises(parallel.ClusterError, match="joined late has another scipy"):
        parallel._prove(here | {"scipy": "0"}, max, 1, 2)


@pytest.mark.parametrize("address", ["127.0.0.1", "nonsense", "", "tcp://127.0.0.1", "tcp://a b:1", "8786"])
def test_an_address_that_is_none_is_answered_at_once(address: str) -> None:
    """Before dask is asked, which waits or breaks."""
    pytest.importorskip("distributed")
    with pytest.raises(parallel.ClusterError, match="write it as tcp://host:port"), worker_pool(1, address):
        raise AssertionError("it was taken")


def test_tls_without_a_certificate_says_where_to_name_one() -> None:
    pytest.importorskip("distributed")
    said = r"TLS needs a certificate.*distributed\.comm\.tls"
    with pytest.raises(parallel.ClusterError, match=said), worker_pool(1, "tls://127.0.0.1:9"):
        raise AssertionError("it was taken")


def test_a_cluster_without_workers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last worker is gone and none comes: a sentence. A slow worker is waited for, however long."""
    monkeypatch.setattr(parallel, "_LOOK", 0.02)
    monkeypatch.setattr(parallel, "_GONE", 0.1)
    for workers in (0, 1):
        with ThreadPoolExecutor(1) as pool:
            executor = parallel._Proven(pool, lambda workers=workers: workers)
            if workers:
                assert list(in_order(slow, [(0.4,)], executor)) == [0.4]
                continue
            with pytest.raises(parallel.ClusterError, match="all workers of the cluster are gone"):
                list(in_order(slow, [(0.4,), (0.4,)], executor))


def slow(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


_SCRIPT = """\
import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor
from minrisk.parallel import in_order
with ProcessPoolExecutor(1, mp_context=mp.get_context("{method}")) as pool:
    print(list(in_order(abs, [(-1,), (-2,)], pool)))
"""


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_script_without_a_main_guard_ends_in_one_line(tmp_path: Path, method: str) -> None:
    """Not in the traceback of every worker; with the guard it runs."""
    script = tmp_path / "script.py"
    script.write_text(_SCRIPT.format(method=method))
    bare = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120, check=False)
    assert bare.returncode == 1
    assert bare.stdout == ""
    assert bare.stderr.strip().count("\n") == 0, bare.stderr
    assert 'if __name__ == "__main__":' in bare.stderr
    head, with_, body = _SCRIPT.format(method=method).partition("with ")
    indented = "".join(f"    {line}\n" for line in (with_ + body).splitlines())
    script.write_text(f'{head}if __name__ == "__main__":\n{indented}')
    kept = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120, check=True)
    assert kept.stdout.strip() == "[1, 2]"
