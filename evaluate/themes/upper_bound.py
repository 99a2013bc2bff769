"""The upper bound of any method that finds stretches of time: the reference, with all notes that sound between.

A pattern may be one voice of many; a method that finds when it comes, not which voice it is, gives all of them.
"""

from collections.abc import Sequence

import numpy as np

from evaluate.themes.pattern_scores import METRICS, score_patterns
from save_dataset.themes.recordings import Pattern, Recordings


def widen(patterns: Sequence[Pattern], score: np.ndarray) -> list[Pattern]:
    """Return patterns with all notes of the score ``(n_notes, 3)`` from first onset to last, both among them."""
    return [[_within(score[:, 1:], min(notes)[0], max(notes)[0]) for notes in pattern] for pattern in patterns]


def _within(notes: np.ndarray, first: float, last: float) -> list[tuple[float, float]]:
    """Those notes ``(n_notes, 2)`` that begin in a span of beats; one that two voices share is one, as in patterns."""
    chosen = notes[(notes[:, 0] >= first) & (notes[:, 0] <= last)]
    return [(float(onset), float(pitch)) for onset, pitch in np.unique(chosen, axis=0)]


def pieces_with_reference(recordings: Recordings) -> np.ndarray:
    """Return the indices of the pieces that are searched and have a score and reference patterns."""
    pieces = range(recordings.n_searched)
    return np.array([piece for piece in pieces if len(recordings.score(piece)) and recordings.patterns(piece)], int)


def measure_upper_bound(recordings: Recordings) -> dict[str, np.ndarray]:
    """Return the upper bound for every piece with a reference, as arrays for `pipeline.results.save`.

    Returns
    -------
    dict of str to np.ndarray
        ``names`` (n_pieces,), ``metrics`` (n_metrics,), ``scores`` (n_pieces, n_metrics).
    """
    pieces = pieces_with_reference(recordings)
    scores = []
    for piece in pieces:
        reference = recordings.patterns(piece)
        scores.append(list(score_patterns(reference, widen(reference, recordings.score(piece))).values()))
    table = np.array(scores).reshape(len(pieces), len(METRICS))
    return {"names": recordings.names[pieces], "metrics": np.array(METRICS), "scores": table}
