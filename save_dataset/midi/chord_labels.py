"""Chord labels that lie next to a piece: 25 classes, one for each step of its roll.

Classes 0 to 11 are major chords on C to B, 12 to 23 minor ones, 24 is any other: diminished, augmented, suspended,
without a root, no chord. The third decides: a seventh chord counts as the triad below it. `NO_CHORD` where nothing is
known. Two kinds of files are read:

- ``<piece>.chords.csv``, in quarter notes: onset_qb, dur_qb, root_pc (0 is C), quality (M, m, O for other, or a chord
  type such as MM7), as made from the annotations of the Digital and Cognitive Musicology Lab;
- ``chord_midi.txt`` of POP909, in seconds: start, end and a chord such as ``C:maj7/3`` or ``N``, in Harte's notation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from save_dataset.files import Listing, find_named
from save_dataset.midi.chord_qualities import MINOR, OTHER, class_of_label, class_of_type
from save_dataset.midi.corpus import NO_CHORD
from save_dataset.midi.files import MidiNotes
from save_dataset.tables import read_lines, read_table, to_number

CSV_ENDING, POP909_NAME = ".chords.csv", "chord_midi.txt"
CSV_COLUMNS = ("onset_qb", "dur_qb", "root_pc", "quality")
Span = tuple[float, float, int]


@dataclass(frozen=True)
class ChordSpans:
    """Chords one after the other: start and end, in quarter notes or seconds, and class, ``(n_chords,)`` each."""

    starts: np.ndarray
    ends: np.ndarray
    classes: np.ndarray
    in_beats: bool
    unknown: tuple[str, ...] = ()  # qualities that are not known, for each chord that has one: its class is `OTHER`


def find_labels(midi_path: Path, listing: Listing | None = None) -> Path | None:
    """Return the file with the chord labels of a piece, if there is one; `listing` is that of its folder."""
    folder = midi_path.parent
    own = find_named(folder, midi_path.stem, [CSV_ENDING], listing)
    return own or find_named(folder, "", [POP909_NAME], listing)  # in any capitals, as an ending


def read_labels(path: Path) -> ChordSpans:
    """Return the chords of a file of either kind; ValueError if it is broken."""
    return read_dcml(path) if path.name.lower().endswith(CSV_ENDING) else read_pop909(path)


def read_dcml(path: Path) -> ChordSpans:
    """Return the chords of a ``.chords.csv``; ValueError if a column is missing or a line cannot be read."""
    table = read_table(path, CSV_COLUMNS)
    table.check_columns(CSV_COLUMNS)
    spans: list[Span] = []
    unknown = []
    for row in table.rows:
        onset, length, root, quality = (row.cells[column] for column in CSV_COLUMNS)
        try:
            chord = class_of_type(_to_root(root), quality) if root else OTHER
            start = to_number(onset)
            _append(spans, start, start + to_number(length), chord)
        except ValueError as error:
            raise ValueError(f"{row.place}: {onset},{length},{root},{quality}: cannot be read: {error}") from error
        unknown += [quality] * (chord is None)
    _check_that_chords_came(spans, path)
    return to_spans(spans, in_beats=True, unknown=unknown)


def _to_root(text: str) -> int:
    root = to_number(text)
    if root not in range(MINOR):
        raise ValueError(f"root_pc={text}: must be a whole number from 0 to 11")
    return int(root)


def read_pop909(path: Path) -> ChordSpans:
    """Return the chords of a ``chord_midi.txt`` of POP909; ValueError with the line that is no chord."""
    spans: list[Span] = []
    unknown = []
    for place, text in read_lines(path):
        cells = text.split(maxsplit=2)
        if len(cells) < 3:
            raise ValueError(f"{place}: {text!r}: must be start, end and a chord, with tabs or spaces between them")
        start, end, label = cells
        try:
            chord = class_of_label(label)
            _append(spans, to_number(start), to_number(end), chord)
        except ValueError as error:
            raise ValueError(f"{place}: {text!r}: must be start, end and a chord ({error})") from error
        unknown += [label.partition(":")[2].partition("/")[0]] * (chord is None)
    _check_that_chords_came(spans, path)
    return to_spans(spans, in_beats=False, unknown=unknown)


def _append(spans: list[Span], start: float, end: float, chord: int | None) -> None:
    """Append a chord, of a quality that is not known as other; ValueError if it is not in order of time."""
    if end < start:
        raise ValueError("ends before it starts")
    if spans and start < spans[-1][0]:
        raise ValueError("starts before the line above: must be in order of time")
    spans.append((start, end, OTHER if chord is None else chord))


def _check_that_chords_came(spans: list[Span], path: Path) -> None:
    if not spans:
        raise ValueError(f"{path}: contains no chords; remove it if they are not known")


def to_spans(spans: list[Span], in_beats: bool, unknown: Sequence[str] = ()) -> ChordSpans:
    """Return the chords in order of their starts; what has no length is left out."""
    rows = np.array(sorted(span for span in spans if span[1] > span[0]), float).reshape(-1, 3)
    return ChordSpans(rows[:, 0], rows[:, 1], rows[:, 2].astype(np.int16), in_beats, tuple(unknown))


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
    edges = (np.clip(edges * steps_per_unit, 0, n_steps) for edges in (spans.starts, spans.ends))
    starts, ends = (np.floor(edge + 0.5).astype(int) for edge in edges)
    chords = np.full(n_steps, NO_CHORD, np.int16)
    for start, end, chord in zip(starts, ends, spans.classes, strict=True):
        chords[start:end] = chord
    return chords


def transpose_chords(chords: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Return the classes of chords whose music is transposed by `shifts` semitones up at each step, ``(n_steps,)``.

    >>> transpose_chords(np.array([0, 11, 12, 23, OTHER, NO_CHORD]), np.array([2, 2, -1, 1, 5, 5]))
    array([ 2,  1, 23, 12, 24, -1], dtype=int16)
    """
    transposed = (chords + shifts) % MINOR + np.where(chords >= MINOR, MINOR, 0)
    return np.where((chords == NO_CHORD) | (chords == OTHER), chords, transposed).astype(np.int16)
