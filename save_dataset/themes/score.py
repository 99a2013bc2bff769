"""The score of a recording, and its reference patterns.

A score is a table, ``<piece>.csv``, whose first two columns are onset in beats and MIDI pitch, or else
``<piece>.mid``. The beats of a table are its own: the first note may have any. Patterns are in the form of MIREX, in
beats of the score.
"""

from dataclasses import dataclass
from pathlib import Path

import mir_eval
import numpy as np

from pipeline.atomic_write import write_text
from pipeline.notes import MIDI_ENDINGS
from save_dataset.files import find_by_pattern
from save_dataset.midi.files import read_midi
from save_dataset.themes.recordings import Pattern

MAX_FRACTION, MAX_REST_S = 1.25, 5.0  # of a recording over its score, for the last note and applause
SAME_BEAT = 1e-3  # tables and patterns are rounded
LOWEST_PITCH = 12  # C0, 16 Hz: no lower one can be heard, and the MIDI of JKU marks the end of a piece with pitch 1


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
    table = path.with_suffix(".csv")
    scores = find_by_pattern(path.parent, "*", MIDI_ENDINGS)
    midi_path = next((score for score in scores if score.stem == path.stem), None)
    if table.is_file():
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
    notes = _in_order(np.stack([times_s - times_s[0], beats, pitches], axis=1))
    notes = _with_seconds(notes[:, 1:], bpm) if bpm else notes
    return Score(notes, bpm or midi.tempo_bpm, (midi_path,))


def read_table(path: Path) -> np.ndarray:
    """Return onsets in beats and pitches of a table, ``(n_notes, 2)``, in order; its first line may be names."""
    must = "must be a table of onsets in beats and MIDI pitches"
    try:
        rows = [line.split(",")[:2] for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
        has_names = bool(rows) and not _is_number(rows[0][0])
        notes = np.array(rows[has_names:], float)
    except ValueError as error:
        raise ValueError(f"{path}: {must} ({error})") from error
    if notes.ndim != 2 or notes.shape[1] != 2 or not np.isfinite(notes).all():
        raise ValueError(f"{path}: {must}, two numbers in each of its rows")
    return _in_order(notes)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _with_seconds(notes: np.ndarray, bpm: float) -> np.ndarray:
    """Return notes ``(n_notes, 2)`` as ``(n_notes, 3)``, seconds since the first in a column before them."""
    return np.column_stack([(notes[:, 0] - notes[0, 0]) * 60 / bpm, notes])


def _in_order(notes: np.ndarray) -> np.ndarray:
    """Return rows in the order of onset in beats and pitch, the last two columns."""
    return notes[np.lexsort((notes[:, -1], notes[:, -2]))]


def check_length(score: Score, lead_in_s: float, duration_s: float, sound: Path) -> None:
    """Raise a ValueError if a recording is shorter than its score, or much longer."""
    last_s = lead_in_s + score.notes[-1, 0]
    if last_s > duration_s or duration_s > MAX_FRACTION * last_s + MAX_REST_S:
        raise ValueError(
            f"{score.paths[0].name}: at {score.bpm:g} bpm its last note is at {last_s:.1f} s, {sound.name} is "
            f"{duration_s:.1f} s long: give its tempo under pieces.bpm, or the whole score"
        )


def read_patterns(path: Path, score: Score | None) -> list[Pattern]:
    """Return the patterns in a file of MIREX's form; ValueError if it is none, or has notes that the score has not."""
    try:
        patterns = mir_eval.io.load_patterns(str(path))
    except (ValueError, IndexError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: is not a file of patterns in the MIREX format ({error})") from error
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
