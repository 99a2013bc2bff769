"""Atomic writes: a file, or a folder of files, is complete or does not exist."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the folder of `path`, with its ending, that takes its name once all is written.

    A write that is interrupted, or finds the disk full, leaves the file of before. Folders are made as needed. What a
    process that was killed has left of this file is removed.

    Raises
    ------
    OSError
        If the file cannot be written; it names `path`.
    """
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_what_was_left(path)
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(folder: Path) -> Iterator[Path]:
    """Yield a temporary folder that takes the place of `folder`, and of all in it, once all is written.

    Errors, and what is left of others, as of `atomic_write`.
    """
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _remove_what_was_left(folder)
        shutil.rmtree(temporary, ignore_errors=True)  # of a process that had this number
        (temporary / "new").mkdir(parents=True)
        yield temporary / "new"
        with suppress(FileNotFoundError):
            folder.rename(temporary / "before")
        (temporary / "new").rename(folder)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(folder)) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _remove_what_was_left(path: Path) -> None:
    """Remove the temporary files, or folders, of `path` whose processes are no more."""
    pattern = re.compile(rf"\.{re.escape(path.stem)}\.(\d+){re.escape(path.suffix)}")
    for name in os.listdir(path.parent):  # no Path for each: caches have thousands of files  # noqa: PTH208
        if name.startswith(".") and (found := pattern.fullmatch(name)) and not _is_alive(int(found[1])):
            left = path.parent / name
            shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    if os.name == "nt":
        return True  # to ask would end it
    try:
        os.kill(process, 0)  # sends nothing
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # of another user; not a number of ours
        return True
    return True


def write_text(path: Path, text: str) -> Path:
    """Write a text as `atomic_write` does; returns the path."""
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path
