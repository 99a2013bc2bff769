"""One process at a time: a lock on a folder, which dies with the process that has it and leaves no file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where there is no lock
    fcntl = None  # type: ignore[assignment]


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder, which is made as needed; ValueError if one is at work in it."""
    folder.mkdir(parents=True, exist_ok=True)
    if fcntl is None:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ValueError(f"{folder}: another process is at work here; let it end, or stop it") from error
        try:
            yield
        finally:
            with suppress(OSError):
                folder.rmdir()  # only if it is empty; one that another has the lock of is left
    finally:
        os.close(descriptor)
