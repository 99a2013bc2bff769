"""Which files are recordings: those that are searched for themes, and those that are only learned from."""

import difflib
from collections.abc import Iterable
from pathlib import Path

from pipeline.parameters import ROOT
from pipeline.sections.recordings import Recordings
from save_dataset.themes.transforms import MIDI_ENDINGS

SOUND_ENDINGS = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff")


def folder_of(pieces: Recordings, root: Path = ROOT) -> Path:
    """The folder of the pieces: in ``music/``, or where its full path says."""
    return root / "music" / Path(pieces.folder).expanduser()


def find_pieces(pieces: Recordings, root: Path = ROOT) -> list[Path]:
    """The files that are searched, by name.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or files of the list are missing, all of which are named.
    ValueError
        If there are none, two are of one name, or a tempo is given for a piece that does not exist.
    """
    paths = _find_files(folder_of(pieces, root), pieces.files, f"pieces.folder={pieces.folder!r}", "pieces.files")
    stems = [path.stem for path in paths]
    if twice := sorted({stem for stem in stems if stems.count(stem) > 1}):
        names = ", ".join(path.name for path in paths if path.stem == twice[0])
        raise ValueError(f"pieces.files={pieces.files!r}: must be of different names; there are {names}")
    if unknown := [name for name in pieces.bpm if name not in stems]:
        near = difflib.get_close_matches(unknown[0], stems, n=3, cutoff=0.4) or stems[:3]
        raise ValueError(f"pieces.bpm.{unknown[0]}: there is no such piece; there are {', '.join(near)}")
    return paths


def find_training_pieces(pieces: Recordings, root: Path = ROOT) -> list[Path]:
    """The files that are only learned from; none if there is no folder of them. Raises as `find_pieces` does."""
    if pieces.training_pieces is None:
        return []
    folder = root / "music" / Path(pieces.training_pieces).expanduser()
    return _find_files(
        folder, pieces.training_files, f"pieces.training_pieces={pieces.training_pieces!r}", "pieces.training_files"
    )


def _find_files(folder: Path, files: str | Iterable[str], folder_told: str, files_key: str) -> list[Path]:
    """The recordings among the files of a folder, in order; MIDI beside a sound of its name is its score."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder_told}: there is no folder {folder}")
    if isinstance(files, str):
        found = _find_by_pattern(folder, files, f"{files_key}={files!r}")
    else:
        found = [folder / name for name in dict.fromkeys(files)]
        if missing := [name for name in dict.fromkeys(files) if not (folder / name).is_file()]:
            raise FileNotFoundError(f"{files_key}: not in {folder}: {', '.join(missing)}")
    with_sound = {path.with_suffix("") for path in found if path.suffix.lower() not in MIDI_ENDINGS}
    paths = [p for p in found if p.suffix.lower() not in MIDI_ENDINGS or p.with_suffix("") not in with_sound]
    if not paths:
        raise ValueError(f"{files_key}={files!r}: finds neither sound nor MIDI in {folder}")
    return sorted(paths)


def _find_by_pattern(folder: Path, pattern: str, told: str) -> list[Path]:
    """The sound and MIDI files that a pattern finds; hidden ones are left out."""
    try:
        found = [path for path in folder.glob(pattern) if path.is_file() and not path.name.startswith(".")]
    except (ValueError, NotImplementedError) as error:
        raise ValueError(f"{told}: must be a pattern below the folder") from error
    return [path for path in found if path.suffix.lower() in (*SOUND_ENDINGS, *MIDI_ENDINGS)]
