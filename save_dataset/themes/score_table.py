"""The table of a score, ``<piece>.csv``: onsets in beats and MIDI pitches."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.notes import HIGHEST_PITCH
from save_dataset.tables import BETWEEN, Table, check_names, fold, looks_like_number, read_cells, to_number

SAME_BEAT = 1e-3  # tables and patterns are rounded
COLUMNS = ("onset", "pitch")
NO_ONSET = re.compile(r"pitch|midi|note(?![a-z])")  # of the name of the first column: then it holds no onsets
NO_PITCH = re.compile(r"onset|start|time|beat")  # in the name of the second
MUST = "must be a table of onsets in beats and MIDI pitches"
DECIMALS = "write decimals with a point"
LOWEST_PITCH = 12  # C0, 16 Hz: no lower one can be heard, and the MIDI of JKU marks the end of a piece with pitch 1


def read_table(path: Path) -> np.ndarray:
    """Return onsets in beats and pitches of a table, ``(n_notes, 2)``, in order.

    They are in the columns `onset` and `pitch`, or, where its first line does not name these, in the first two, unless
    the names say that something else is there. ValueError if the table is broken.
    """
    lines = read_cells(path, COLUMNS)
    first = lines[0][1] if lines else []
    names = _names_of(first)
    check_names(f"{path}: line {lines[0][0] if lines else 1}", names)
    places = _places_of(path, first, names)
    filled = places if names else [index for index, cell in enumerate(first) if cell]  # in each row
    notes: list[tuple[float, float]] = []
    for line, cells in lines[bool(names) :]:
        place = f"{path}: line {line}"
        if any(cells[len(first) :]) or not 2 <= 1 + max(filled) <= len(cells):
            hint = f"; {DECIMALS}" if len(cells) > 1 else f", {BETWEEN}, not {cells[0]!r}"
            raise ValueError(f"{place}: has {len(cells)} cells, the first line has {len(first)}: {MUST}{hint}")
        onset, pitch = (cells[index] for index in places)
        note = to_note(place, onset, pitch, MUST)
        _check_note(place, note, notes[-1] if notes else note, may_be_split=len(cells) > 2 and "." not in onset + pitch)
        notes.append(note)
    if not notes:
        raise ValueError(f"{path}: contains no notes: {MUST}")
    return in_order(np.array(notes))


def _names_of(first: Sequence[str]) -> list[str]:
    """Return the columns that a first line names, as they are compared; none if it has a number, or no letter.

    The numbers 0, 1, ... are names: pandas writes them where there are no others.
    """
    if first == [str(index) for index in range(len(first))]:
        return [*first]
    has_letters = any(character.isalpha() for cell in first for character in cell)
    return [fold(cell) for cell in first] if has_letters and not any(map(looks_like_number, first)) else []


def _places_of(path: Path, first: Sequence[str], names: Sequence[str]) -> list[int]:
    """Return in which columns onset and pitch are; ValueError if the names say that one is missing."""
    if {*COLUMNS} <= {*names}:
        return [names.index(column) for column in COLUMNS]
    onset, pitch = (*names, "", "")[:2]
    are_there = onset and pitch and not ({*COLUMNS} & {*names} or NO_ONSET.match(onset) or NO_PITCH.search(pitch))
    if names and not are_there:
        Table(path, [*filter(None, first)], []).check_columns(COLUMNS)
    return [0, 1]


def _check_note(place: str, note: tuple[float, float], before: tuple[float, float], *, may_be_split: bool) -> None:
    """Raise a ValueError if a note is before the last one, or might be an onset that is split at its decimal comma."""
    onset, pitch = note
    if may_be_split and pitch < LOWEST_PITCH:
        raise ValueError(f"{place}: {onset:g},{pitch:g}: is a decimal comma, or a pitch too low to hear; {DECIMALS}")
    if onset < before[0] - SAME_BEAT:
        raise ValueError(f"{place}: onset {onset:g} after {before[0]:g}: must be in order of onsets")


def to_note(place: str, onset: str, pitch: str, must: str) -> tuple[float, float]:
    """Return a note, onset in beats and MIDI pitch; ValueError, from its place to what it must be, if they are none."""
    try:
        note = to_number(onset), to_number(pitch)
    except ValueError as error:
        raise ValueError(f"{place}: {error}: {must}") from error
    if not (0 <= note[1] <= HIGHEST_PITCH and note[1].is_integer()):
        raise ValueError(f"{place}: pitch {pitch}: must be a whole number from 0 to {HIGHEST_PITCH}")
    return note


def in_order(notes: np.ndarray) -> np.ndarray:
    """Return rows in the order of onset in beats and pitch, the last two columns."""
    return notes[np.lexsort((notes[:, -1], notes[:, -2]))]
