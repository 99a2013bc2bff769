"""Scores of three pieces, made by hand."""

import numpy as np

from evaluate.themes.pattern_scores import METRICS

PIECES = ("A", "B", "C")
UPPER_BOUND = {"names": np.array(PIECES), "metrics": np.array(METRICS), "scores": np.full((3, len(METRICS)), 0.9)}


def scores_of(by_member, lag=0.25):
    """A run with these scores, all metrics alike, ``(n_members, n_pieces)``; each piece chooses for itself."""
    by_member = np.array(by_member, float)
    n_members, n_pieces = by_member.shape
    others = [np.delete(by_member, piece, axis=1) for piece in range(n_pieces if n_pieces > 1 else 0)]
    return {
        "names": np.array(PIECES[:n_pieces]),
        "metrics": np.array(METRICS),
        "lag": np.full((n_pieces, len(METRICS)), lag),
        "nieto_farbood": np.full((n_pieces, len(METRICS)), 0.125),
        "grid": np.array([[0.1 * (member + 5), 0.3, 8] for member in range(n_members)]),
        "grid_scores": np.repeat(by_member[:, :, None], len(METRICS), axis=2),
        "chosen": np.array([np.argmax(each.mean(axis=1)) for each in others], int),
        "n_pairs": np.array([4, 0, 7]),
        "lag_repeats": np.array([0.75, np.nan, 0.5]),
        "nieto_farbood_repeats": np.array([0.25, np.nan, 0.0]),
    }


SCORES = {"RAW": scores_of([[0.9, 0, 0], [0.2, 0.2, 0.2]]), "OTHER": scores_of([[0.1, 0.6, 0.6], [0, 0, 0.5]])}
