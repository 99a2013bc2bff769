"""Which files are recordings: those that are searched for themes, and those that are only learned from."""

import difflib
from collections.abc import Iterable
from pathlib import Path

from pipeline.notes import MIDI_ENDINGS, SOUND_ENDINGS
from pipeline.parameters import ROOT
from pipeline.sections.recordings import Recordings
from save_dataset.files import find_files, is_midi, music_path, nfc


def find_pieces(pieces: Recordings, root: Path = ROOT) -> list[Path]:
    """Return the files that are searched, by name.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or files of the list are missing, all of which are named.
    ValueError
        If there are none, two are of one name, or a tempo is given for a piece that does not exist.
    """
    paths = _find_recordings(pieces.folder, pieces.files, "pieces.folder", "pieces.files", root)
    stems = [nfc(path.stem) for path in paths]
    if twice := sorted({stem for stem in stems if stems.count(stem) > 1}):
        names = ", ".join(path.name for path in paths if nfc(path.stem) == twice[0])
        raise ValueError(f"pieces.files={pieces.files!r}: must be of different names; there are {names}")
    if unknown := [name for name in map(nfc, pieces.bpm) if name not in stems]:
        near = difflib.get_close_matches(unknown[0], stems, n=3, cutoff=0.4) or stems[:3]
        raise ValueError(f"pieces.bpm.{unknown[0]}: there is no such piece; there are {', '.join(near)}")
    return paths


def find_training_pieces(pieces: Recordings, root: Path = ROOT) -> list[Path]:
    """Return the files that are only learned from; none if there is no folder of them. Raises as `find_pieces` does."""
    if pieces.training_pieces is None:
        return []
    keys = "pieces.training_pieces", "pieces.training_files"
    return _find_recordings(pieces.training_pieces, pieces.training_files, *keys, root)


def _find_recordings(name: str, files: str | Iterable[str], folder_key: str, files_key: str, root: Path) -> list[Path]:
    """Return the recordings in a folder, in order; MIDI next to a sound of its name is its score."""
    folder, endings = music_path(name, root), (*SOUND_ENDINGS, *MIDI_ENDINGS)
    found = find_files(folder, files, endings, folder_key=f"{folder_key}={name!r}", files_key=files_key)
    with_sound = {nfc(str(path.with_suffix(""))) for path in found if not is_midi(path)}
    paths = [path for path in found if not is_midi(path) or nfc(str(path.with_suffix(""))) not in with_sound]
    if not paths:
        raise ValueError(f"{files_key}={files!r}: finds neither sound nor MIDI in {folder}")
    return sorted(paths)
