"""Ctrl-C and worker processes: a run that is stopped ends at once, with one line and no orphan."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from concurrent.futures import Executor

#: Status of a process that the user stopped, by the convention of shells.
INTERRUPTED = 130

#: Time that an interrupted run has to tidy up before it is ended as it is [s].
_PATIENCE = 1.5

_leaving = threading.Lock()


class Interrupted(BaseException):
    """Ctrl-C; not a KeyboardInterrupt, which the argument parser would turn into an exit of its own."""


@contextmanager
def interruptible() -> Iterator[None]:
    """End the process with status 130 and one line on standard error when the user stops it."""
    # Whoever starts a program with interrupts ignored (nohup, a shell's background job) wants it so.
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupt)
    try:
        yield
    except Interrupted:
        _leave()


@contextmanager
def worker_pool(workers: int) -> Iterator[Executor | None]:
    """Give a pool of processes, or none for a single worker.

    Parameters
    ----------
    workers : int
        Number of processes.

    Yields
    ------
    Executor or None
    """
    if workers == 1:
        yield None
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # Fresh processes: a forked one would inherit the threads and locks of this one.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_ignore_interrupts) as pool:
        try:
            with _interrupts_held():
                for _ in range(workers):
                    pool.submit(_ignore_interrupts)
            yield pool
        except Interrupted:
            pool.shutdown(wait=False, cancel_futures=True)
            _leave()


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Stop at the first Ctrl-C, within `_PATIENCE` whatever the code that it meets."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watchdog = threading.Timer(_PATIENCE, _leave)
    watchdog.daemon = True
    watchdog.start()
    raise Interrupted


def _leave() -> NoReturn:
    """End an interrupted process without waiting for anybody."""
    _leaving.acquire()  # never released: of watchdog and main thread only the first goes on
    _end_workers()
    print("interrupted: finished reports stay, nothing is half-written", file=sys.stderr, flush=True)
    # Not sys.exit: it would join the pool's threads, which may wait for a worker that is gone.
    os._exit(INTERRUPTED)


def _end_workers() -> None:
    """Kill the worker processes, if any were started."""
    if "multiprocessing.util" not in sys.modules:
        return
    import multiprocessing

    children = multiprocessing.active_children()
    for process in children:
        process.kill()
    for process in children:
        process.join(0.1)
    # Semaphores left behind would be reported on standard error by multiprocessing itself.
    util: Any = sys.modules["multiprocessing.util"]
    util._run_finalizers(0)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back while workers start: they inherit that, so none meets it half-started."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
