"""The same work on many things, in this process or in several, which Ctrl-C stops."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Hashable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")

MAX_PROCESSES = 16  # each loads its own libraries


def work(
    do: Callable[..., Result], tasks: Mapping[Key, tuple[Any, ...]], *, few: int, n_processes: int | None = None
) -> Iterator[tuple[Key, Result]]:
    """Key and result of each task as they come; whoever stops it waits for the tasks at work only.

    Parameters
    ----------
    do : callable
        A function of a module, of what a task holds.
    tasks : mapping of tuple
        By key.
    few : int
        So many tasks are done sooner than a second process starts: they are done in this one.
    n_processes : int
        How many work on more; None: a process for each core.
    """
    n_processes = 1 if len(tasks) <= few else min(n_processes or os.cpu_count() or 1, MAX_PROCESSES)
    if n_processes == 1:
        yield from ((key, do(*task)) for key, task in tasks.items())
        return
    context = multiprocessing.get_context("spawn")  # forking a process that has threads, as TensorFlow, may hang
    ignore = (signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all processes: the parent stops the pool
    pool = ProcessPoolExecutor(n_processes, context, initializer=signal.signal, initargs=ignore)
    try:
        handler = signal.signal(*ignore)  # inherited by processes that are not up yet
        jobs = {pool.submit(do, *task): key for key, task in tasks.items()}
        signal.signal(signal.SIGINT, handler)
        yield from ((jobs[job], job.result()) for job in as_completed(jobs))
    finally:
        pool.shutdown(cancel_futures=True)
