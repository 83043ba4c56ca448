"""Worker pools: results in the order of the tasks, and what a dying worker costs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import pytest

from minrisk.parallel import Workers, in_order
from tests.pipeline.dying import dies


def test_workers_that_keep_dying_end_the_run() -> None:
    """After several deaths in a row the pool's error comes out."""
    with Workers(1) as pool, pytest.raises(BrokenProcessPool):
        list(in_order(dies, [(1,), (2,)], pool))


def test_results_come_in_order_and_errors_come_out() -> None:
    """More tasks than are handed over at once; a fault of the task itself is not tried again."""
    tasks = [(n,) for n in range(300)]
    with ThreadPoolExecutor(3) as pool:
        assert list(in_order(abs, tasks, pool)) == list(range(300))
        with pytest.raises(TypeError):
            list(in_order(abs, [(1,), ("a",)], pool))
