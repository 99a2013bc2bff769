"""The files of music that the parameters name, whatever the form of their accents and the capitals of their endings.

A letter with an accent has two forms in Unicode, composed (NFC) and decomposed (NFD, which macOS writes). Names are
compared in NFC, and results hold them so; paths are as they are on disk.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.notes import MIDI_ENDINGS
from pipeline.parameters import ROOT

Listing = Mapping[str, list[str]]  # names in a folder, by their NFC without capitals


def nfc(name: str) -> str:
    """Return a name with its accents composed."""
    return unicodedata.normalize("NFC", name)


def name_some(names: Iterable[object]) -> str:
    """Return the first two names, and how many more there are.

    >>> name_some([35, 80, 81, 82])
    '35, 80, and 2 more'
    """
    words = [str(name) for name in names]
    return ", ".join(words[:2]) + (f", and {len(words) - 2} more" if len(words) > 2 else "")


def is_midi(path: Path) -> bool:
    """Whether a file is MIDI by the ending of its name."""
    return path.suffix.lower() in MIDI_ENDINGS


def music_path(name: str, root: Path = ROOT) -> Path:
    """Return where a file or folder of music lies: in ``music/``, or where its full path says."""
    return path_below(root / "music", name)


def path_below(folder: Path, name: str) -> Path:
    """Return where a name lies: in a folder, or where its full path says; ValueError if ``~name`` is no home folder."""
    try:
        path = folder / Path(name).expanduser()
    except RuntimeError as error:
        raise ValueError(f"{name}: there is no home folder {Path(name).parts[0]}") from error
    return path if name.isascii() else _as_on_disk(path)


def _as_on_disk(path: Path) -> Path:
    """Return a path with the names that are on disk: where it does not exist, those that are the same in NFC."""
    if path.exists() or path == path.parent:
        return path
    parent = _as_on_disk(path.parent)
    same = [other for other in list_names(parent).get(_key(path.name), []) if nfc(other) == nfc(path.name)]
    return parent / (path.name if path.name in same or not same else same[0])


def list_names(folder: Path) -> Listing:
    """Return the names in a folder for `find_named`, in order; none if there is no folder."""
    listing: dict[str, list[str]] = {}
    for name in sorted(path.name for path in folder.iterdir()) if folder.is_dir() else ():
        listing.setdefault(_key(name), []).append(name)
    return listing


def _key(name: str) -> str:
    return nfc(name).casefold()


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
        paths = {name: path_below(folder, name) for name in files}
        if missing := [name for name, path in paths.items() if not path.is_file()]:
            raise FileNotFoundError(f"{files_key}: not in {folder}: {', '.join(missing)}")
        return list(dict.fromkeys(paths.values()))
    try:
        return find_by_pattern(folder, files, endings)
    except (ValueError, NotImplementedError) as error:
        raise ValueError(f"{files_key}={files!r}: must be a pattern below the folder") from error


def find_by_pattern(folder: Path, pattern: str, endings: tuple[str, ...]) -> list[Path]:
    """Return the files that a glob pattern finds, by name; endings are of either case.

    Those that are hidden, or in a hidden folder below this one, are none of them.
    """
    forms = {pattern, nfc(pattern), unicodedata.normalize("NFD", pattern)}
    found = {path for form in forms for path in folder.glob(_ignore_case_of_ending(form)) if path.is_file()}
    has_ending = (path for path in found if not endings or path.suffix.lower() in endings)
    return sorted(path for path in has_ending if not any(map(_is_hidden, path.relative_to(folder).parts)))


def _is_hidden(name: str) -> bool:
    return name.startswith(".") and name != ".."


def _ignore_case_of_ending(pattern: str) -> str:
    """Return ``*.[mM][iI][dD]`` for ``*.mid``: old programs write endings in upper case."""
    stem, dot, ending = pattern.rpartition(".")
    if "[" in ending or not dot:
        return pattern
    return stem + dot + re.sub("[A-Za-z]", lambda letter: f"[{letter[0].lower()}{letter[0].upper()}]", ending)


def find_named(folder: Path, name: str, endings: Iterable[str], listing: Listing | None = None) -> Path | None:
    """Return the file in a folder with this name and one of these endings, in either case, if there is one.

    `listing` saves listing the folder for each of many names.
    """
    listing = list_names(folder) if listing is None else listing
    for ending in endings:
        same = [other for other in listing.get(_key(name + ending), []) if nfc(other[: -len(ending)]) == nfc(name)]
        files = [other for other in same if (folder / other).is_file()]
        if files:
            return folder / (name + ending if name + ending in files else files[0])
    return None


def names_below(folder: Path, paths: Iterable[Path]) -> dict[str, Path]:
    """Return paths by their names from the folder on, in NFC; two whose names are one in it keep those of the disk."""
    on_disk = {path.relative_to(folder).as_posix(): path for path in paths}
    counts = Counter(map(nfc, on_disk))
    return {nfc(name) if counts[nfc(name)] == 1 else name: path for name, path in on_disk.items()}
