"""The same work on many things, in this process or in several, which Ctrl-C stops; what is done is kept."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Hashable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from tqdm import tqdm

from pipeline.cache import read_cached

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")

MAX_PROCESSES = 16  # each loads its own libraries
TASKS_AHEAD = 4  # for each process: what is done and not yet taken is in memory


def work(
    do: Callable[..., Result], tasks: Mapping[Key, tuple[Any, ...]], *, few: int, n_processes: int | None = None
) -> Generator[tuple[Key, Result], None, None]:
    """Yield key and result of each task in order; whoever stops it waits for the tasks at work, or stops it again.

    Parameters
    ----------
    do : callable
        A function of a module, of what a task holds.
    tasks : mapping of tuple
        By key.
    few : int
        Up to this number, tasks are done sooner than a second process starts: they are done in this one.
    n_processes : int
        How many work on more; None: a process for each core.

    Raises
    ------
    ChildProcessError
        If one of the processes was killed.
    """
    n_processes = 1 if len(tasks) <= few else min(n_processes or os.cpu_count() or 1, MAX_PROCESSES)
    if n_processes == 1:
        yield from ((key, do(*task)) for key, task in tasks.items())
        return
    context = multiprocessing.get_context("spawn")  # forking a process that has threads, as TensorFlow, may hang
    ignore = (signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all processes: the parent stops the pool
    pool = ProcessPoolExecutor(n_processes, context, initializer=_begin, initargs=ignore)
    jobs: deque[tuple[Key, Future[Result]]] = deque()
    waiting = iter(tasks.items())

    def submit(n_tasks: int) -> None:
        jobs.extend((key, pool.submit(do, *task)) for key, task in islice(waiting, n_tasks))

    try:
        handler = signal.signal(*ignore)  # inherited by processes that are not up yet
        submit(TASKS_AHEAD * n_processes)
        signal.signal(signal.SIGINT, handler)
        while jobs:
            key, job = jobs.popleft()
            result = job.result()
            submit(1)
            yield key, result
    except BrokenProcessPool as error:
        raise ChildProcessError("a process at work was killed, as when memory runs out") from error
    finally:
        try:
            pool.shutdown(cancel_futures=True)
        except KeyboardInterrupt:  # a second one: what is at work is given up
            for process in multiprocessing.active_children():
                process.kill()
            raise


def _begin(*ignore: Any) -> None:
    """Let a process that works ignore a signal, and end when its parent is killed: nothing else would tell it."""
    signal.signal(*ignore)
    parent = multiprocessing.parent_process()

    def end_with_parent() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()


def work_cached(
    do: Callable[..., Any], tasks: Mapping[str, tuple[Any, ...]], cache: Path, *, few: int,
    n_processes: int | None = None, progress: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Return what is cached under the keys of tasks, and the results of `do(cache, key, *task)` of the others.

    `do` returns what `pipeline.cache.cached` does; `cache` is the folder. With `progress` as its title there is a bar.
    """
    known = {key: arrays for key in tasks if (arrays := read_cached(cache, key)) is not None}
    new = {key: (cache, key, *task) for key, task in tasks.items() if key not in known}
    with closing(work(do, new, few=few, n_processes=n_processes)) as results:
        return known | dict(tqdm(results, progress, len(new), unit="file", disable=not (progress and new)))
