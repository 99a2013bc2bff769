"""Atomic writes: a file is complete or does not exist."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the folder of `path`, with its ending, that takes its name once all is written.

    A write that is interrupted, or finds the disk full, leaves the file of before. Folders are made as needed.

    Raises
    ------
    OSError
        If the file cannot be written; it names `path`.
    """
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> Path:
    """Write a text as `atomic_write` does; returns the path."""
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path
