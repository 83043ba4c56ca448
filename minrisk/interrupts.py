"""Ctrl-C and worker processes: a run that is stopped ends at once, with one line and no orphan."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
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


class ClusterError(RuntimeError):
    """A cluster that cannot be used; the message says why and what to do."""


@contextmanager
def worker_pool(workers: int, scheduler: str | None = None) -> Iterator[Executor | None]:
    """Give a pool of processes, the workers of a cluster, or none for a single worker.

    Parameters
    ----------
    workers : int
        Number of processes.
    scheduler : str, optional
        Address of a running ``dask.distributed`` scheduler, used instead of processes.

    Yields
    ------
    Executor or None

    Raises
    ------
    ClusterError
        If the scheduler cannot be reached, or its workers keep dying.
    """
    if scheduler is not None:
        with _cluster(scheduler) as executor:
            yield executor
        return
    if workers == 1:
        yield None
        return
    from minrisk.workers import Workers

    pool = Workers(workers)
    try:
        yield pool
    except Interrupted:
        pool.shutdown(wait=False, cancel_futures=True)
        _leave()
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    """Executor of a dask cluster; its errors in words."""
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise ClusterError("--scheduler needs dask: pip install 'minrisk[dask]'") from None
    import logging

    # What goes wrong is said once, by us.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = distributed.Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise ClusterError(f"no scheduler answers at {address} ({str(error).splitlines()[0]})") from None
    with client:
        if not client.scheduler_info().get("workers"):
            raise ClusterError(f"the scheduler at {address} has no workers; start some with: dask worker {address}")
        try:
            yield client.get_executor(pure=False)
        except Interrupted:
            _leave()
        except distributed.scheduler.KilledWorker:
            raise ClusterError("workers of the cluster kept dying, most often for want of memory") from None
        except distributed.CancelledError:
            raise ClusterError(f"the scheduler at {address} went away") from None


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
