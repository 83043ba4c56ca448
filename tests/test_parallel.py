"""Worker pools: results in the order of the tasks, and what a dying worker costs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import pytest

from minrisk import parallel
from minrisk.parallel import Workers, in_order
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
