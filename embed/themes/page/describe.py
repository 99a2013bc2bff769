"""Found themes and reference patterns as the compact JSON that the theme page reads.

A theme is its strength, and the spans of its occurrences in seconds of the recording.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embed.themes.theme import EXTRACTORS, spans_of, strengths_of
from save_dataset.themes.recordings import Pattern

MAX_LAST_NOTE_S = 1.5  # how long the last note of a pattern is heard, unless another begins before


def describe_found(themes: Mapping[str, np.ndarray], piece: int) -> dict[str, list[dict[str, Any]]]:
    """The themes of a piece by extractor, in their order; empty if none were looked for yet.

    Parameters
    ----------
    themes : mapping of str to np.ndarray
        As stored by step 6, or empty.
    piece : int
        Index of the piece.
    """
    there = [extractor for extractor in EXTRACTORS if f"{extractor}_piece" in themes]
    return {extractor: _describe_themes(themes, extractor, piece) for extractor in there}


def _describe_themes(themes: Mapping[str, np.ndarray], extractor: str, piece: int) -> list[dict[str, Any]]:
    """The themes of a piece that one extractor found."""
    themes_of_piece = zip(strengths_of(themes, extractor, piece), spans_of(themes, extractor, piece), strict=True)
    return [
        {"strength": round(float(strength), 4), "spans_s": _round_spans(spans_s)}
        for strength, spans_s in themes_of_piece
    ]


def describe_known(patterns: Sequence[Pattern], score: np.ndarray) -> list[dict[str, Any]]:
    """The patterns known of a piece, ``score`` (n_notes, 3) as `Recordings.score` gives it; none without a score."""
    if not len(score):
        return []
    return [
        {"strength": None, "spans_s": _round_spans(np.array([_span_of(notes, score) for notes in pattern]))}
        for pattern in patterns
    ]


def _span_of(notes: Sequence[tuple[float, float]], score: np.ndarray) -> tuple[float, float]:
    """From the first onset of an occurrence to the onset in the score that follows on its last, in seconds."""
    beats, firsts = np.unique(score[:, 1], return_index=True)
    onsets_s = score[firsts, 0]
    onsets = [onset for onset, _ in notes]
    start_s, last_s = np.interp([min(onsets), max(onsets)], beats, onsets_s)
    following_s = onsets_s[onsets_s > last_s + 1e-6]
    return float(start_s), float(min([last_s + MAX_LAST_NOTE_S, *following_s[:1]]))


def _round_spans(spans_s: np.ndarray) -> list[list[float]]:
    """Spans to the millisecond, in order of time."""
    return sorted(spans_s.round(3).tolist())
