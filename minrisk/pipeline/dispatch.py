"""Tasks to any executor and back in order; a worker that dies costs its tasks a second try."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any, TypeAlias, TypeVar

Found = TypeVar("Found")

#: A task and, once it is handed over, where its result will be.
_Sent: TypeAlias = tuple[tuple[Any, ...], Future[Found] | None]

#: Tasks handed over beyond the one awaited: enough for a small cluster, few enough to hold their results.
AHEAD = 64

#: How often workers may die in a row, with nothing finished in between, before the run gives up.
DEATHS = 3


def in_order(
    function: Callable[..., Found], tasks: Sequence[tuple[Any, ...]], executor: Executor | None
) -> Iterator[Found]:
    """Results of a function over tasks, in the order of the tasks whatever the order in which they finish.

    Parameters
    ----------
    function : callable
        What to compute; with processes or a cluster it must be found by import.
    tasks : sequence of tuple
        Its arguments.
    executor : Executor or None
        Where; this process if None. One that opens anew after a death is given the broken tasks again.

    Yields
    ------
    Found
        One result for each task.

    Raises
    ------
    concurrent.futures.BrokenExecutor
        If workers died more than `DEATHS` times in a row.
    """
    if executor is None:
        for task in tasks:
            yield function(*task)
        return
    waiting: deque[_Sent[Found]] = deque()
    left, deaths = deque(tasks), 0
    try:
        while waiting or left:
            while left and len(waiting) < AHEAD:
                waiting.append((left.popleft(), None))
            try:
                result = _first(function, waiting, executor)
            except BrokenExecutor:
                deaths += 1
                if deaths > DEATHS:
                    raise
                waiting = deque((task, future if _done(future) else None) for task, future in waiting)
                continue
            deaths = 0
            waiting.popleft()
            yield result
    finally:
        for future in (future for _, future in waiting if future is not None):
            future.cancel()


def _first(function: Callable[..., Found], waiting: deque[_Sent[Found]], executor: Executor) -> Found:
    """Hand over what is not yet handed over, then wait for the first."""
    for place, (task, future) in enumerate(waiting):
        if future is None:
            waiting[place] = (task, executor.submit(function, *task))
    first = waiting[0][1]
    assert first is not None
    return first.result()


def _done(future: Future[Any] | None) -> bool:
    """Whether a task had finished, well or by a fault of its own, before its pool broke."""
    if future is None or not future.done() or future.cancelled():
        return False
    return not isinstance(future.exception(), BrokenExecutor)
