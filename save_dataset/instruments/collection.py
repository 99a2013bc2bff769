"""Which sounds of instruments there are, and what is known of each: class, source, collection, group, pitch.

A manifest says it (CSV, a row per file), else the folders ``<source>/<class>/`` where the files lie, else mirdata. The
pitch that none of them knows is that of the note that a file is named after. Each source belongs to one collection; a
group must not be in two of them, for then it would be learned from and tested on.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

import librosa
import numpy as np

from pipeline.notes import SOUND_ENDINGS
from pipeline.parameters import ROOT
from pipeline.sections.instruments import Sounds
from save_dataset.files import find_by_pattern, music_path, name_some, names_below, nfc, path_below
from save_dataset.mirdata_tracks import read_tracks
from save_dataset.tables import Row, read_table, to_number

COLUMNS = ("path", "source", "class", "group")
PITCH_COLUMN = "pitch"
NOTE = re.compile(r"(?<![^\W_])([A-G])([#♯sb♭]?)(\d)(?![^\W_]|[#♯♭])")  # capitals: `g5` may be the gain of an amplifier


@dataclass(frozen=True)
class Sound:
    """A file; `name` is its path from the folder on, `pitch` the MIDI pitch of a note, NaN if unknown or none."""

    path: Path
    name: str
    source: str
    label: str
    group: str
    pitch: float = np.nan
    collection: str = ""


def find_sounds(section: Sounds, root: Path = ROOT) -> tuple[list[Sound], list[Path]]:
    """Return the sounds of the classes and collections that are asked for, by name, and the manifest if there is one.

    FileNotFoundError if the folder, the manifest or files of it do not exist. ValueError if the manifest cannot be
    understood, nothing is found, a class has no sound, a source is unknown, or a group is in two collections.
    """
    folder = music_path(section.folder, root)
    if not folder.is_dir():
        raise FileNotFoundError(f"sounds.folder={section.folder!r}: there is no folder {folder}")
    tables = []
    if section.mirdata:
        sounds = read_mirdata(section.mirdata, folder)
    elif section.manifest:
        tables = [path_below(folder, section.manifest)]
        sounds = read_manifest(tables[0], folder)
    else:
        sounds = read_folders(folder)
    if not sounds:
        hint = "; they lie in <source>/<class>/, or sounds.manifest lists them" if not section.manifest else ""
        raise ValueError(f"{tables[0] if tables else folder}: contains no sounds{hint}")
    sounds = choose_sounds(sounds, section)
    check_files(sounds, tables[0] if tables else folder)
    return sorted(sounds, key=lambda sound: sound.name), tables


def read_folders(folder: Path) -> list[Sound]:
    """Return the sounds that lie in ``<source>/<class>/``, at any depth below, each a group of its own."""
    sounds = []
    for name, path in names_below(folder, find_by_pattern(folder, "*/*/**/*", SOUND_ENDINGS)).items():
        source, label = name.split("/")[:2]
        sounds.append(Sound(path, name, source, label, group=name, pitch=pitch_of_name(name)))
    return sounds


def read_manifest(table: Path, folder: Path) -> list[Sound]:
    """Return the sounds of a manifest; FileNotFoundError or ValueError if it does not exist or cannot be understood."""
    if not table.is_file():
        raise FileNotFoundError(f"sounds.manifest={table.name!r}: is not in {table.parent}")
    content = read_table(table, [*COLUMNS, PITCH_COLUMN])
    content.check_columns(COLUMNS)
    sounds: dict[str, Sound] = {}
    for row in content.rows:
        sound = _sound_of(row, folder)
        if sound.name in sounds:
            raise ValueError(f"{row.place}: {sound.name}: has two rows")
        sounds[sound.name] = sound
    return list(sounds.values())


def _sound_of(row: Row, folder: Path) -> Sound:
    path, source, label, group = (nfc(row.cells[column]) for column in COLUMNS)
    if empty := [column for column in COLUMNS if not row.cells[column]]:
        raise ValueError(f"{row.place}: {empty[0]} is empty")
    written = row.cells.get(PITCH_COLUMN)
    try:
        pitch = to_number(written) if written else np.nan
    except ValueError as error:
        raise ValueError(f"{row.place}: pitch: {error}, a MIDI pitch, or empty") from error
    if written is None:
        pitch = pitch_of_name(path)
    return Sound(path_below(folder, path.replace("\\", "/")), path, source, label, group, pitch)


def pitch_of_name(name: str) -> float:
    """Return the MIDI pitch of the one note that a file is named after; NaN if it is named after none, or several.

    >>> pitch_of_name("violin/violin_As3_05.wav")
    58.0
    """
    notes = NOTE.findall(PurePosixPath(name.replace("\\", "/")).stem)
    if len(notes) != 1:
        return np.nan
    letter, accidental, octave = notes[0]
    return float(librosa.note_to_midi(letter + accidental.replace("s", "#") + octave))


def read_mirdata(name: str, folder: Path) -> list[Sound]:
    """Return the tracks of a data set of mirdata: its parts, or folds, are the sources.

    The group is the song (Medley-solos-DB), or each note of its own (TinySOL, whose folds share pitches).
    """
    return read_tracks(name, folder, "sounds.mirdata", lambda track: _sound_of_track(track, folder))


def _sound_of_track(track, folder: Path) -> Sound:
    path = Path(track.audio_path)
    name = nfc(path.relative_to(folder).as_posix())
    if hasattr(track, "song_id"):
        return Sound(path, name, track.subset, track.instrument, f"{track.subset}_{track.song_id}")
    fold = track._track_metadata["Fold"]  # no attribute tells it
    return Sound(path, name, f"fold_{fold}", track.instrument_full, name, float(track.pitch_id))


def choose_sounds(sounds: Sequence[Sound], section: Sounds) -> list[Sound]:
    """Return the sounds of the classes and collections that are asked for, with their collection.

    What is left out is printed. ValueError if a class or source is not there, or a group is in two collections.
    """
    sources = sorted({sound.source for sound in sounds})
    collections = section.collections or {source: (source,) for source in sources}
    for collection, asked in collections.items():
        if unknown := [source for source in asked if source not in sources]:
            where = f"sounds.collections.{collection}={unknown[0]!r}"
            raise ValueError(f"{where}: there is no such source; {suggest(unknown[0], sources)}")
    collection_of = {source: collection for collection, asked in collections.items() for source in asked}
    classes = section.classes or tuple(sorted({sound.label for sound in sounds}))
    chosen = [
        replace(sound, collection=collection_of[sound.source])
        for sound in sounds
        if sound.source in collection_of and sound.label in classes
    ]
    check_classes(classes, chosen, sorted({sound.label for sound in sounds}))
    check_groups(chosen)
    if n_left_out := len(sounds) - len(chosen):
        print(f"left out: {n_left_out} of {len(sounds)} sounds, of other classes or sources than those asked for")
    return chosen


def check_classes(classes: Sequence[str], sounds: Iterable[Sound], known: Sequence[str]) -> None:
    """Raise a ValueError that names the classes without a sound, or says that there is but one class."""
    there = {sound.label for sound in sounds}
    if missing := [label for label in classes if label not in there]:
        hint = suggest(missing[0], known)
        raise ValueError(f"sounds.classes: no sound in the collections is of {name_some(missing)}; {hint}")
    if len(classes) < 2:
        raise ValueError(f"sounds.classes={list(classes)}: must be at least 2 to be told apart")


def check_groups(sounds: Iterable[Sound]) -> None:
    """Raise a ValueError if a group is in two collections: it would be learned from and tested on."""
    first: dict[str, Sound] = {}
    for sound in sounds:
        other = first.setdefault(sound.group, sound)
        if other.collection != sound.collection:
            raise ValueError(
                f"group {sound.group!r}: is in the collections {other.collection} ({other.name}) and "
                f"{sound.collection} ({sound.name}); it must be in one"
            )


def check_files(sounds: Sequence[Sound], where: Path) -> None:
    """Raise a FileNotFoundError with number and first of the files that do not exist."""
    if missing := [sound.path for sound in sounds if not sound.path.is_file()]:
        raise FileNotFoundError(f"{where}: {len(missing)} of {len(sounds)} files do not exist, first {missing[0]}")


def suggest(name: str, known: Sequence[str]) -> str:
    """Return the nearest of the names there are, or all of them, as a question or list."""
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
