"""The files of music that the parameters name."""

import re
from collections.abc import Iterable
from pathlib import Path

from pipeline.parameters import ROOT


def music_path(name: str, root: Path = ROOT) -> Path:
    """Return where a file or folder of music lies: in ``music/``, or where its full path says."""
    return root / "music" / Path(name).expanduser()


def find_files(
    folder: Path, files: str | Iterable[str], endings: tuple[str, ...], *, folder_key: str, files_key: str
) -> list[Path]:
    """Return the files of a list, in its order, or those that a pattern finds, by name.

    Parameters
    ----------
    endings : tuple of str
        A pattern finds no others; none: it finds all.
    folder_key, files_key : str
        What messages call folder and files: ``"pieces.folder='x'"``, ``"pieces.files"``.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or files of the list are missing, all of which are named.
    ValueError
        If the pattern is not one below the folder.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder_key}: there is no folder {folder}")
    if not isinstance(files, str):
        names = list(dict.fromkeys(files))
        if missing := [name for name in names if not (folder / name).is_file()]:
            raise FileNotFoundError(f"{files_key}: not in {folder}: {', '.join(missing)}")
        return [folder / name for name in names]
    try:
        return find_by_pattern(folder, files, endings)
    except (ValueError, NotImplementedError) as error:
        raise ValueError(f"{files_key}={files!r}: must be a pattern below the folder") from error


def find_by_pattern(folder: Path, pattern: str, endings: tuple[str, ...]) -> list[Path]:
    """Return the files that a glob pattern finds, by name, but no hidden ones; endings are of either case."""
    found = [path for path in folder.glob(_ignore_case_of_ending(pattern)) if path.is_file()]
    has_ending = (path for path in found if not endings or path.suffix.lower() in endings)
    return sorted(path for path in has_ending if not path.name.startswith("."))


def _ignore_case_of_ending(pattern: str) -> str:
    """Return ``*.[mM][iI][dD]`` for ``*.mid``: old programs write endings in upper case."""
    stem, dot, ending = pattern.rpartition(".")
    if "[" in ending or not dot:
        return pattern
    return stem + dot + re.sub("[A-Za-z]", lambda letter: f"[{letter[0].lower()}{letter[0].upper()}]", ending)
