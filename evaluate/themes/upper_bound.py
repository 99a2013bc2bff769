"""The upper bound of any method that finds stretches of time: the patterns known, with all notes that sound between.

A pattern may be one voice of many; a method that finds when it comes, not which voice it is, gives all of them.
"""

from collections.abc import Sequence

import numpy as np

from evaluate.themes.pattern_scores import METRICS, score_patterns
from save_dataset.themes.recordings import Pattern, Recordings


def widen(patterns: Sequence[Pattern], score: np.ndarray, min_beats: float = 0.0) -> list[Pattern]:
    """The patterns with all notes of the score from first onset to last, both among them.

    Parameters
    ----------
    patterns : sequence of patterns
        Those known of a piece.
    score : np.ndarray (n_notes, 3)
        Of the piece: onset in s, onset in beats, pitch.
    min_beats : float
        Occurrences that are shorter are left out, and so are patterns with none other.
    """
    spans = [[(min(occurrence)[0], max(occurrence)[0]) for occurrence in pattern] for pattern in patterns]
    widened = [
        [_within(score[:, 1:], first, last) for first, last in pattern if last - first >= min_beats]
        for pattern in spans
    ]
    return [pattern for pattern in widened if pattern]


def _within(notes: np.ndarray, first: float, last: float) -> list[tuple[float, float]]:
    """Those notes ``(n_notes, 2)`` that begin in a span of beats; one that two voices share is one, as in patterns."""
    chosen = notes[(notes[:, 0] >= first) & (notes[:, 0] <= last)]
    return [(float(onset), float(pitch)) for onset, pitch in np.unique(chosen, axis=0)]


def known_pieces(recordings: Recordings) -> np.ndarray:
    """Indices of the pieces that are searched and whose patterns and score are known."""
    known = [len(recordings.score(piece)) and recordings.patterns(piece) for piece in range(recordings.n_searched)]
    return np.flatnonzero([bool(each) for each in known])


def measure_upper_bound(recordings: Recordings, min_beats: float = 0.0) -> dict[str, np.ndarray]:
    """The upper bound for every piece that is known, as arrays for `pipeline.results.save`.

    Returns
    -------
    dict of str to np.ndarray
        ``names`` (n_pieces,), ``metrics`` (n_metrics,), ``scores`` (n_pieces, n_metrics).
    """
    pieces = known_pieces(recordings)
    scores = []
    for piece in pieces:
        patterns = recordings.patterns(piece)
        widened = widen(patterns, recordings.score(piece), min_beats)
        scores.append(list(score_patterns(patterns, widened).values()))
    table = np.array(scores).reshape(len(pieces), len(METRICS))
    return {"names": recordings.names[pieces], "metrics": np.array(METRICS), "scores": table}
