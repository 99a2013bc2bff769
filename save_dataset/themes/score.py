"""The score of a recording, and its reference patterns.

A score is a table, ``<piece>.csv``, of onset in beats and MIDI pitch, or else ``<piece>.mid``. The beats of a table are
its own: the first note may have any. Patterns are in the form of MIREX, in beats of the score.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.atomic_write import write_text
from pipeline.notes import MIDI_ENDINGS
from save_dataset.files import find_named
from save_dataset.midi.files import read_midi
from save_dataset.tables import read_lines
from save_dataset.themes.recordings import Pattern
from save_dataset.themes.score_table import DECIMALS, LOWEST_PITCH, SAME_BEAT, in_order, read_table, to_note

MAX_FRACTION, MAX_REST_S = 1.25, 5.0  # of a recording over its score, for the last note and applause
MUST_BE_NOTE = "must be onset and pitch, as in the MIREX format"
HEADING = re.compile(r"(pattern|occurrence)(?!.*(pattern|occurrence))", re.IGNORECASE)


@dataclass(frozen=True)
class Score:
    """The notes of a score, ``(n_notes, 3)``: seconds since the first, onset in beats, MIDI pitch; in order of time.

    `bpm` is the tempo at the beginning, `paths` are the files it was read from.
    """

    notes: np.ndarray
    bpm: float
    paths: tuple[Path, ...]


def read_score(path: Path, bpm: float | None) -> Score | None:
    """Return the score next to a recording, or of MIDI that is a piece by itself; None if there is none.

    Without a tempo, `bpm`, it is that of the MIDI file; ValueError if a file is broken, or a table has no tempo.
    """
    table = find_named(path.parent, path.stem, [".csv"])
    midi_path = find_named(path.parent, path.stem, MIDI_ENDINGS)
    if table:
        notes = read_table(table)
        paths = (table,) if bpm or midi_path is None else (table, midi_path)
        if bpm is None and midi_path is None:
            raise ValueError(f"{table}: has no tempo: give it under pieces.bpm")
        bpm = bpm or read_midi(midi_path).tempo_bpm  # type: ignore[arg-type]
        return Score(_with_seconds(notes, bpm), bpm, paths)
    if midi_path is None:
        return None
    midi = read_midi(midi_path)
    is_pitched = ~midi.is_drum & (midi.pitches >= LOWEST_PITCH)
    if not is_pitched.any():
        raise ValueError(f"{midi_path}: contains no notes with a pitch")
    times_s, beats, pitches = (x[is_pitched] for x in (midi.onsets_s, midi.onsets_beats, midi.pitches))
    notes = in_order(np.stack([times_s - times_s[0], beats, pitches], axis=1))
    notes = _with_seconds(notes[:, 1:], bpm) if bpm else notes
    return Score(notes, bpm or midi.tempo_bpm, (midi_path,))


def _with_seconds(notes: np.ndarray, bpm: float) -> np.ndarray:
    """Return notes ``(n_notes, 2)`` as ``(n_notes, 3)``, seconds since the first in a column before them."""
    return np.column_stack([(notes[:, 0] - notes[0, 0]) * 60 / bpm, notes])


def check_length(score: Score, lead_in_s: float, duration_s: float, sound: Path) -> None:
    """Raise a ValueError if a recording is shorter than its score, or much longer."""
    last_s = lead_in_s + score.notes[-1, 0]
    if last_s > duration_s or duration_s > MAX_FRACTION * last_s + MAX_REST_S:
        raise ValueError(
            f"{score.paths[0]}: at {score.bpm:g} bpm its last note is at {last_s:.1f} s, {sound.name} is "
            f"{duration_s:.1f} s long: give its tempo under pieces.bpm, or the whole score"
        )


def read_patterns(path: Path, score: Score | None) -> list[Pattern]:
    """Return the patterns in a file of MIREX's form; ValueError if it is none, or has notes that the score has not."""
    patterns = _parse_patterns(path)
    notes = np.array([note for pattern in patterns for occurrence in pattern for note in occurrence]).reshape(-1, 2)
    if score is not None and len(missing := not_in_score(notes, score)):
        beat, pitch = missing[0]
        raise ValueError(
            f"{path}: {len(missing)} of {len(notes)} notes are not in {score.paths[0].name}, the first at beat "
            f"{beat:g} with pitch {pitch:g}: must be patterns of that score"
        )
    return patterns


def not_in_score(notes: np.ndarray, score: Score) -> np.ndarray:
    """Return those of the notes, onset in beats and pitch, that the score has not, ``(n_missing, 2)``."""
    onsets = {pitch: score.notes[score.notes[:, 2] == pitch, 1] for pitch in np.unique(notes[:, 1])}
    is_there = [np.abs(onsets[pitch] - beat).min(initial=np.inf) <= SAME_BEAT for beat, pitch in notes]
    return notes[~np.array(is_there, bool)]


def _parse_patterns(path: Path) -> list[Pattern]:
    """Return what `mir_eval.io.load_patterns` does; also read are blank lines, comments, and headings in capitals."""
    patterns: list[Pattern] = []
    place = str(path)
    for place, text in read_lines(path):
        heading = HEADING.match(text)
        kind = heading[1].lower() if heading else None
        if kind == "pattern":
            _check_that_notes_came(patterns, place)
            patterns.append([])
        elif not patterns:
            raise ValueError(f"{place}: {text!r}: the first line must be pattern1, as in the MIREX format")
        elif kind == "occurrence":
            if patterns[-1]:
                _check_that_notes_came(patterns, place)
            patterns[-1].append([])
        else:
            if not patterns[-1]:
                patterns[-1].append([])
            patterns[-1][-1].append(_to_note(place, text))
    if not patterns:
        raise ValueError(f"{path}: contains no patterns; remove it if they are not known")
    _check_that_notes_came(patterns, place)
    return patterns


def _to_note(place: str, text: str) -> tuple[float, float]:
    """Return the note of a line, its first two cells: onset and pitch; ValueError if they are none."""
    delimiter = next((mark for mark in ";\t," if mark in text), None)
    cells = [cell.strip() for cell in text.split(delimiter)]
    if len(cells) < 2:
        raise ValueError(f"{place}: {text!r}: {MUST_BE_NOTE}")
    note = to_note(f"{place}: {text!r}", cells[0], cells[1], MUST_BE_NOTE)
    if note[1] < LOWEST_PITCH and len(cells) > 2 and "." not in text:
        raise ValueError(f"{place}: {text!r}: {MUST_BE_NOTE}; {DECIMALS}")
    return note


def _check_that_notes_came(patterns: list[Pattern], place: str) -> None:
    if patterns and not (patterns[-1] and patterns[-1][-1]):
        raise ValueError(f"{place}: pattern {len(patterns)} has no notes in its last occurrence")


def write_patterns(patterns: list[Pattern], path: Path) -> Path:
    """Write patterns in the form of MIREX, which `mir_eval.io.load_patterns` reads; returns the path."""
    return write_text(path, patterns_to_text(patterns))


def patterns_to_text(patterns: list[Pattern]) -> str:
    """Return patterns in the form of MIREX.

    >>> patterns_to_text([[[(0.0, 60.0), (0.5, 62.0)]]]).splitlines()
    ['pattern1', 'occurrence1', '0.000000, 60.000000', '0.500000, 62.000000']
    """
    lines = []
    for pattern_index, pattern in enumerate(patterns, 1):
        lines.append(f"pattern{pattern_index}")
        for occurrence_index, occurrence in enumerate(pattern, 1):
            lines.append(f"occurrence{occurrence_index}")
            lines += [f"{onset:f}, {pitch:f}" for onset, pitch in occurrence]
    return "".join(f"{line}\n" for line in lines)
