"""Chord labels that lie next to a piece: 25 classes, one for each step of its roll.

Classes 0 to 11 are major chords on C to B, 12 to 23 minor ones, 24 is any other: diminished, augmented, suspended,
without a root, no chord. The third decides: a seventh chord counts as the triad below it. `NO_CHORD` where nothing is
known. Two kinds of files are read:

- ``<piece>.chords.csv``, in quarter notes: onset_qb, dur_qb, root_pc (0 is C), quality (M, m, O for other), as made
  from the annotations of the Digital and Cognitive Musicology Lab;
- ``chord_midi.txt`` of POP909, in seconds: start, end and a chord such as ``C:maj7/3`` or ``N``, in Harte's notation.
"""

import csv
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from save_dataset.midi.corpus import NO_CHORD
from save_dataset.midi.files import MidiNotes

MINOR, OTHER = 12, 24  # first minor class; the class of all other chords
CSV_ENDING, POP909_NAME = ".chords.csv", "chord_midi.txt"
CSV_COLUMNS = ("onset_qb", "dur_qb", "root_pc", "quality")
PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
# Harte et al., "Symbolic representation of musical chords" (ISMIR 2005): root, quality, degrees in brackets, bass
CHORD = re.compile(r"([A-G])([b#]*)(?::([a-z0-9]*)(?:\([^)]*\))?)?(?:/[b#]*\d+)?")
MAJOR_QUALITY = re.compile(r"maj\d*|6|7|9|11|13|")
MINOR_QUALITY = re.compile(r"min(maj)?\d*")


@dataclass(frozen=True)
class ChordSpans:
    """Chords one after the other: start and end, in quarter notes or seconds, and class, ``(n_chords,)`` each."""

    starts: np.ndarray
    ends: np.ndarray
    classes: np.ndarray
    in_beats: bool


def find_labels(midi_path: Path) -> Path | None:
    """Return the file with the chord labels of a piece, if there is one."""
    candidates = (midi_path.with_name(midi_path.stem + CSV_ENDING), midi_path.with_name(POP909_NAME))
    return next((path for path in candidates if path.is_file()), None)


def read_labels(path: Path) -> ChordSpans:
    """Return the chords of a file of either kind; ValueError if it is broken."""
    try:
        return read_pop909(path) if path.name == POP909_NAME else read_dcml(path)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: is not text in UTF-8") from error


def read_dcml(path: Path) -> ChordSpans:
    """Return the chords of a ``.chords.csv``; ValueError if a column is missing or a line cannot be read."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [column for column in CSV_COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise ValueError(f"{path}: has no column {missing[0]}; must have {', '.join(CSV_COLUMNS)}")
        rows = [(reader.line_num, [row[column] or "" for column in CSV_COLUMNS]) for row in reader]
    spans = []
    for line, (onset, length, root, quality) in rows:
        try:
            spans.append((float(onset), float(onset) + float(length), _class_of_root(root, quality)))
        except ValueError as error:
            raise ValueError(f"{path}: line {line}: {onset},{length},{root},{quality}: cannot be read") from error
    return to_spans(spans, in_beats=True)


def _class_of_root(root: str, quality: str) -> int:
    """Return the class of a chord of which root (pitch class) and quality (M, m or O) are written; no root is other."""
    if not root.strip() or quality not in ("M", "m"):
        return OTHER
    return int(float(root)) % 12 + (MINOR if quality == "m" else 0)


def read_pop909(path: Path) -> ChordSpans:
    """Return the chords of a ``chord_midi.txt`` of POP909; ValueError with the line that is no chord."""
    spans = []
    for line, text in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        try:
            start, end, label = text.split()
            spans.append((float(start), float(end), class_of_label(label)))
        except ValueError as error:
            if text.strip():
                raise ValueError(f"{path}: line {line}: {text!r}: must be start, end and a chord") from error
    return to_spans(spans, in_beats=False)


def class_of_label(label: str) -> int:
    """Return the class of a chord in Harte's notation; ``N`` is other, ``X`` not known; ValueError if it is none.

    >>> class_of_label("F#:maj7/3"), class_of_label("A:minmaj7"), class_of_label("N"), class_of_label("X")
    (6, 21, 24, -1)
    """
    if label in ("N", "X"):
        return OTHER if label == "N" else NO_CHORD
    match = CHORD.fullmatch(label)
    if not match:
        raise ValueError(f"{label!r}: must be a chord like C:maj7/3")
    letter, accidentals, quality = match.groups(default="")
    root = (PITCH_CLASSES[letter] + accidentals.count("#") - accidentals.count("b")) % 12
    if MINOR_QUALITY.fullmatch(quality):
        return root + MINOR
    return root if MAJOR_QUALITY.fullmatch(quality) else OTHER


def to_spans(spans: list[tuple[float, float, int]], in_beats: bool) -> ChordSpans:
    """Return the chords in order of their starts; what has no length is left out."""
    rows = np.array(sorted(span for span in spans if span[1] > span[0]), float).reshape(-1, 3)
    return ChordSpans(rows[:, 0], rows[:, 1], rows[:, 2].astype(np.int16), in_beats)


def convert_spans(spans: ChordSpans, notes: MidiNotes, in_beats: bool) -> ChordSpans:
    """Return the chords in quarter notes or in seconds, by the times that the piece's notes have in both.

    Between notes and before the first, time is interpolated; after the last note it stands still.
    """
    if spans.in_beats == in_beats:
        return spans
    beats = np.concatenate([[0.0], notes.onsets_beats, notes.ends_beats])
    seconds = np.concatenate([[0.0], notes.onsets_s, notes.ends_s])
    times, order = np.unique(seconds if in_beats else beats, return_index=True)
    values = (beats if in_beats else seconds)[order]
    starts, ends = (np.interp(edges, times, values) for edges in (spans.starts, spans.ends))
    return replace(spans, starts=starts, ends=ends, in_beats=in_beats)


def chords_per_step(spans: ChordSpans, n_steps: int, steps_per_unit: float) -> np.ndarray:
    """Return the class of each step, ``(n_steps,)``, int16; where two chords overlap, the later one counts.

    A chord's edges go to the nearest steps, as those of notes. `steps_per_unit` are the steps of a quarter note or a
    second, whatever the chords are in.
    """
    starts, ends = (np.floor(edges * steps_per_unit + 0.5).astype(int) for edges in (spans.starts, spans.ends))
    chords = np.full(n_steps, NO_CHORD, np.int16)
    for start, end, chord in zip(starts, ends, spans.classes, strict=True):
        chords[max(start, 0) : max(end, 0)] = chord
    return chords


def transpose_chords(chords: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Return the classes of chords whose music is transposed by `shifts` semitones up at each step, ``(n_steps,)``.

    >>> transpose_chords(np.array([0, 11, 12, 23, OTHER, NO_CHORD]), np.array([2, 2, -1, 1, 5, 5]))
    array([ 2,  1, 23, 12, 24, -1], dtype=int16)
    """
    transposed = (chords + shifts) % MINOR + np.where(chords >= MINOR, MINOR, 0)
    return np.where((chords == NO_CHORD) | (chords == OTHER), chords, transposed).astype(np.int16)
