"""Work on several processes or a cluster: results in the order of the tasks, and a clean end on Ctrl-C or SIGTERM.

`worker_pool` opens the workers, `in_order` hands them tasks and gives the results back in order, whoever finishes
or dies first. `interruptible` stands around a whole program and makes the first Ctrl-C end it with all its workers.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager, suppress
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

Result = TypeVar("Result")

#: A task and, once it is handed over, where its result will be.
_Sent: TypeAlias = tuple[tuple[Any, ...], Future[Result] | None]

#: Tasks handed over beyond the one awaited: enough for a small cluster, few enough to hold their results.
_AHEAD = 64

#: How often a waiting run looks whether its cluster has workers, and without any for how long it waits [s].
_LOOK, _GONE = 5.0, 60.0

#: How the address of a scheduler is written.
_ADDRESS = re.compile(r"[a-z]+://[^\s/:@]+(:[^\s/:@]+)*:[0-9]{1,5}/?|inproc://\S+")

#: How often workers may die in a row, with nothing finished in between, before the run gives up.
_DEATHS = 3

#: Status of a process that a signal stopped, less the signal's number, by the convention of shells.
STOPPED = 128

#: Time that an interrupted run has to tidy up before it is ended as it is [s].
_PATIENCE = 1.5

#: Files of the package that numbers depend on.
_COMPUTING = frozenset({".py", ".csv", ".yaml", ".toml"})

_leaving = threading.Lock()

#: What stops a program: Ctrl-C, and what schedulers and ``kill`` send before they lose patience.
_STOPS = (signal.SIGINT, signal.SIGTERM)

#: Status to leave with, and what to tidy up first.
_status = STOPPED + signal.SIGINT
_tidying: list[Callable[[], None]] = []


class ClusterError(RuntimeError):
    """A cluster that cannot be used; the message says why and what to do."""


class LimitError(ValueError):
    """A run that is too large to be begun; the message says by how much and what to do."""


class Interrupted(BaseException):
    """Ctrl-C, or a request to end; no KeyboardInterrupt, of which the argument parser makes its own exit."""


# --- tasks in order -------------------------------------------------------------------------------------------


#: What to look for where workers die again and again.
_DIED = (
    "the workers died before they finished anything: out of memory, or, in a script, a call that does not stand "
    'under if __name__ == "__main__":'
)


def in_order(
    function: Callable[..., Result], tasks: Sequence[tuple[Any, ...]], executor: Executor | None
) -> Iterator[Result]:
    """Results of a function over tasks, in the order of the tasks whatever the order in which they finish.

    Parameters
    ----------
    function : callable
        What to compute; with processes or a cluster it must be found by import.
    tasks : sequence of tuple
        Its arguments.
    executor : Executor or None
        Where; this process if None. One that opens anew after a death is given the lost tasks again.

    Yields
    ------
    Result
        One for each task.

    Raises
    ------
    concurrent.futures.BrokenExecutor
        If workers died more than three times with nothing finished in between.
    SystemExit
        If they died because the script that was started has no main guard: the program ends with one line.
    """
    if executor is None:
        for task in tasks:
            yield function(*task)
        return
    _end_if_imported()
    waiting: deque[_Sent[Result]] = deque()
    left, deaths, finished = deque(tasks), 0, False
    try:
        while waiting or left:
            while left and len(waiting) < _AHEAD:
                waiting.append((left.popleft(), None))
            try:
                result = _first(function, waiting, executor)
            except (BrokenExecutor, EOFError, ConnectionError) as error:
                deaths += 1
                if not finished and _unguarded():
                    raise SystemExit(_GUARD) from None
                if not isinstance(error, BrokenExecutor):
                    raise
                if deaths > _DEATHS:
                    raise type(error)(_DIED) from None
                waiting = deque((task, future if _is_done(future) else None) for task, future in waiting)
                continue
            deaths, finished = 0, True
            waiting.popleft()
            yield result
    finally:
        for future in (future for _, future in waiting if future is not None):
            future.cancel()


def _first(function: Callable[..., Result], waiting: deque[_Sent[Result]], executor: Executor) -> Result:
    """Hand over what is not yet handed over, then wait for the first."""
    for place, (task, future) in enumerate(waiting):
        if future is None:
            waiting[place] = (task, executor.submit(function, *task))
    first = waiting[0][1]
    assert first is not None
    while isinstance(executor, _Proven) and not first.done():
        with suppress(TimeoutError):
            first.exception(timeout=_LOOK)
        executor.look()
    return first.result()


def _is_done(future: Future[Any] | None) -> bool:
    """Whether a task had finished, well or by a fault of its own, before its pool broke."""
    if future is None or not future.done() or future.cancelled():
        return False
    return not isinstance(future.exception(), BrokenExecutor)


# --- scripts without a main guard -----------------------------------------------------------------------------

#: What a script is told whose workers would run it again.
_GUARD = (
    "minrisk: every worker process runs this script from its first line; "
    'put what starts the run under: if __name__ == "__main__":'
)


def _end_if_imported() -> None:
    """End a worker that reached the run it was started for, by running the script again; its parent says why."""
    process = sys.modules.get("multiprocessing.process")
    if process is not None and getattr(process.current_process(), "_inheriting", False):
        raise SystemExit(1)


def _unguarded() -> bool:
    """Whether the program is a script whose text has no main guard."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    try:
        return file is not None and "__name__" not in Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


# --- workers --------------------------------------------------------------------------------------------------


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
        If the scheduler cannot be reached, its workers have other code or libraries, or keep dying.
    """
    if scheduler is not None:
        with _cluster(scheduler) as executor:
            yield executor
        return
    if workers == 1:
        yield None
        return

    pool = Workers(workers)
    try:
        yield pool
    except Interrupted:
        pool.shutdown(wait=False, cancel_futures=True)
        _leave()
    finally:
        pool.shutdown(cancel_futures=True)


class Workers(Executor):
    """Processes of this machine, replaced all together when one of them dies.

    Parameters
    ----------
    workers : int
        How many.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool = self._open()

    @property
    def processes(self) -> int:
        """How many processes of this machine compute at once."""
        return self._workers

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        """Hand a call to a worker; after a death, to one of a fresh pool."""
        try:
            return self._pool.submit(fn, *args, **kwargs)
        except BrokenExecutor:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = self._open()
            return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers."""
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)

    def _open(self) -> ProcessPoolExecutor:
        # Imported here: most commands start no process, and this costs them a third of their start.
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        _end_if_imported()
        # Fresh processes: a forked one would inherit the threads and locks of this one.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(self._workers, mp_context=context, initializer=_begin)
        with _interrupts_held():
            for _ in range(self._workers):
                pool.submit(_nothing)
        return pool


def _begin() -> None:
    """Leave Ctrl-C to the process that started this one, and end when that one is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A killed parent says nobody goodbye: its workers would wait for their next task for ever."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _nothing() -> None:
    """A task that only makes the pool start a worker."""


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
    if not _ADDRESS.fullmatch(address):
        raise ClusterError(f"--scheduler '{address}': write it as tcp://host:port, or tls://host:port")
    try:
        client = distributed.Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        if "ssl_context" in str(error):
            said = "name ca-file, client.cert and client.key under distributed.comm.tls in dask's settings"
            raise ClusterError(f"{address}: TLS needs a certificate; {said}") from None
        raise ClusterError(f"no scheduler answers at {address} ({str(error).splitlines()[0]})") from None
    with client:
        if not client.scheduler_info().get("workers"):
            raise ClusterError(f"the scheduler at {address} has no workers; start some with: dask worker {address}")
        try:
            _compare(client.run(installed, on_error="return"))
            yield _Proven(client.get_executor(pure=False), lambda: len(client.scheduler_info()["workers"]))
        except Interrupted:
            _leave()
        except distributed.scheduler.KilledWorker:
            raise ClusterError("workers of the cluster kept dying, most often because memory ran out") from None
        except distributed.CancelledError:
            raise ClusterError(f"the scheduler at {address} went away") from None


# --- the same code everywhere ---------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def installed() -> dict[str, str]:
    """What the numbers of this process depend on beside its tasks.

    Returns
    -------
    dict of str to str
        Version of Python and of the libraries that compute, and ``minrisk``: SHA-256 of every file of the package,
        its code and its packaged tables.
    """
    from importlib.metadata import version

    digest, package = hashlib.sha256(), Path(__file__).parent
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix in _COMPUTING:
            digest.update(f"{path.relative_to(package).as_posix()} {path.stat().st_size}\n".encode())
            digest.update(path.read_bytes())
    versions = {name: version(name) for name in ("numpy", "scipy", "pandas")}
    return {"minrisk": digest.hexdigest(), "Python": platform.python_version(), **versions}


def _compare(workers: dict[str, Any]) -> None:
    """Refuse workers whose code or libraries are others than those of this process, all at once."""
    problems = []
    for address, found in sorted(workers.items()):
        if not isinstance(found, dict):
            problems.append(f"{address} has another minrisk, which cannot say what it is")
            continue
        other = [name for name, here in installed().items() if found.get(name) != here]
        if other:
            shown = [n if n == "minrisk" else f"{n} {found.get(n, 'missing')} not {installed()[n]}" for n in other]
            problems.append(f"{address} has another {', '.join(shown)}")
    if problems:
        named = "; ".join(problems)
        raise ClusterError(f"workers would compute other numbers: {named}; install the same everywhere")


class _Proven(Executor):
    """An executor whose workers prove before every task that they run this process's code: one may join late."""

    def __init__(self, workers: Executor, count: Callable[[], int]) -> None:
        self._workers, self._count, self._seen = workers, count, time.monotonic()

    def look(self) -> None:
        """Give up where no worker has been there for `_GONE` seconds: its tasks would wait for ever."""
        if self._count():
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > _GONE:
            raise ClusterError("all workers of the cluster are gone; start some and run again, with --resume")

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        """Hand a call to a worker."""
        return self._workers.submit(_prove, installed(), fn, *args, **kwargs)


def _prove(expected: dict[str, str], fn: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
    """Run a task if what is installed here is what is expected."""
    if installed() != expected:
        _compare_here(expected)
    return fn(*args, **kwargs)


def _compare_here(expected: dict[str, str]) -> NoReturn:
    other = [name for name, here in installed().items() if expected.get(name) != here]
    raise ClusterError(f"a worker that joined late has another {', '.join(other)}; install the same everywhere")


# --- Ctrl-C and requests to end -------------------------------------------------------------------------------


@contextmanager
def interruptible() -> Iterator[None]:
    """End the process with one line on standard error when it is stopped: by Ctrl-C (130) or on request (143)."""
    for wanted in _STOPS:
        # Whoever starts a program with interrupts ignored (nohup, a shell's background job) wants it so.
        if signal.getsignal(wanted) is not signal.SIG_IGN:
            signal.signal(wanted, _interrupt)
    try:
        yield
    except Interrupted:
        _leave()


def when_leaving(tidy: Callable[[], None]) -> None:
    """Have something tidied up when the process is stopped, after its workers have ended.

    Parameters
    ----------
    tidy : callable
        Quick; its errors of files are passed over.
    """
    _tidying.append(tidy)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Stop at the first signal, within `_PATIENCE` whatever the code that it meets."""
    global _status
    _status = STOPPED + number
    for wanted in _STOPS:
        signal.signal(wanted, signal.SIG_IGN)
    watchdog = threading.Timer(_PATIENCE, _leave)
    watchdog.daemon = True
    watchdog.start()
    raise Interrupted


def _leave() -> NoReturn:
    """End an interrupted process without waiting for anybody."""
    _leaving.acquire()  # never released: of watchdog and main thread only the first goes on
    _end_workers()
    for tidy in _tidying:
        with suppress(OSError):
            tidy()
    print("interrupted: finished reports stay, nothing is half-written", file=sys.stderr, flush=True)
    # Not sys.exit: it would join the pool's threads, which may wait for a worker that is gone.
    os._exit(_status)


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
