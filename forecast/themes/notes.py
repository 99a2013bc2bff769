"""The notes of a theme: spans of a recording's seconds as spans of whole beats, and what the score has in them.

A score is ``(n_notes, 3)``: onset in s of the recording, onset in beats, MIDI pitch. Between its onsets time runs
evenly, before the first and after the last at the tempo that is there.
"""

from collections.abc import Iterable

import numpy as np
from scipy.interpolate import make_interp_spline

from save_dataset.themes.recordings import Pattern

UNKNOWN_BEAT_S = 0.5  # a beat where the tempo is not known: 120 beats a minute


def to_beats(times_s: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Convert seconds of the recording to beats of the score, of the same shape."""
    onsets_s, onsets_beats = _anchors(score)
    return make_interp_spline(onsets_s, onsets_beats, k=1)(times_s)


def from_beats(beats: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Convert beats of the score to seconds of the recording, of the same shape."""
    onsets_s, onsets_beats = _anchors(score)
    return make_interp_spline(onsets_beats, onsets_s, k=1)(beats)


def _anchors(score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Seconds and beats of the distinct onsets, two at least, in order."""
    beats, first = np.unique(score[:, 1], return_index=True)
    onsets_s = score[first, 0]
    if len(beats) == 1:
        return np.append(onsets_s, onsets_s + UNKNOWN_BEAT_S), np.append(beats, beats + 1)
    return onsets_s, beats


def to_whole_beats(spans_s: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Convert spans of seconds to the nearest spans of whole beats."""
    return np.round(to_beats(spans_s, score))


def notes_of(span_s: np.ndarray, score: np.ndarray) -> list[tuple[float, float]]:
    """Return the notes (onset in beats, pitch) that begin in a span of seconds made whole beats, without its end."""
    first, last = to_whole_beats(np.asarray(span_s), score)
    inside = (score[:, 1] >= first) & (score[:, 1] < last)
    return [(float(onset), float(pitch)) for onset, pitch in np.unique(score[inside, 1:], axis=0)]


def patterns_of(themes: Iterable[np.ndarray], score: np.ndarray) -> list[Pattern]:
    """Convert themes, each ``(n_occurrences, 2)`` in s, to notes.

    Occurrences without notes are left out, and themes with fewer than two others.
    """
    patterns = [[notes for span in spans if (notes := notes_of(span, score))] for spans in themes]
    return [pattern for pattern in patterns if len(pattern) > 1]
