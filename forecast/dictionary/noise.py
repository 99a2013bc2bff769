"""Noise on symbolic music, to see whether a dictionary removes it: spurious hits and deleted hits; and scores of hits.

A cell is a step of a drum or key. It has a channel of each kind: hit, velocity and offset, or onset and frame. The
first kind says whether a cell is a hit.
"""

from collections.abc import Mapping

import numpy as np

from pipeline.notes import HIT_THRESHOLD


def add_noise(
    steps: np.ndarray, kinds: Mapping[str, slice], *, spurious: float, deleted: float, rng: np.random.Generator
) -> np.ndarray:
    """Return a copy of a piece, ``(n_steps, n_channels)``, with spurious hits, and with some of its hits deleted.

    Parameters
    ----------
    kinds : mapping of str to slice
        Channels of each kind, as from `Corpus.kinds`, equally many of each.
    spurious : float
        Fraction of the empty cells that become hits of 1. In the other kinds such a cell takes the values of some hit
        of the piece; 0 where the piece has none.
    deleted : float
        Fraction of the hits whose cells become 0 in all kinds; of a key that sounds on, only at the step of the onset.

    Raises
    ------
    ValueError
        If a fraction is not in [0, 1], kinds are of different width, or the music is tokens.
    """
    _validate(kinds, spurious, deleted)
    cells = np.stack([steps[:, channels] for channels in kinds.values()])  # (n_kinds, n_steps, n_cells)
    is_hit = cells[0] > HIT_THRESHOLD
    hits, empty = np.argwhere(is_hit).T, np.argwhere(~is_hit).T
    noisy = cells.copy()
    noisy[:, *_draw(hits, deleted, rng)] = 0
    joins = _draw(empty, spurious, rng)
    noisy[:, *joins] = 0
    if hits.size:
        models = hits[:, rng.integers(hits.shape[1], size=joins.shape[1])]
        noisy[:, *joins] = cells[:, *models]
    noisy[0, *joins] = 1
    changed = steps.copy()
    for channels, kind in zip(kinds.values(), noisy, strict=True):
        changed[:, channels] = kind
    return changed


def _validate(kinds: Mapping[str, slice], spurious: float, deleted: float) -> None:
    for name, fraction in (("spurious", spurious), ("deleted", deleted)):
        if not 0 <= fraction <= 1:
            raise ValueError(f"{name}={fraction}: must be a fraction, from 0 to 1")
    if "token" in kinds:
        raise ValueError(f"kinds={', '.join(kinds)}: tokens have no hits to add or delete")
    widths = {kind: channels.stop - channels.start for kind, channels in kinds.items()}
    if len(set(widths.values())) != 1:
        raise ValueError(f"kinds={widths}: must have as many channels each, at least one kind")


def _draw(cells: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    """Draw a fraction of cells ``(2, n)`` without replacement."""
    return rng.permutation(cells, axis=1)[:, : round(fraction * cells.shape[1])]


def score_hits(reference: np.ndarray, estimated: np.ndarray) -> dict[str, float]:
    """Return precision, recall and F1 of hits, from arrays of booleans of one shape; 0 where they are not defined.

    Examples
    --------
    >>> score_hits(np.array([True, True, True, False]), np.array([True, False, False, False]))
    {'precision': 1.0, 'recall': 0.3333333333333333, 'f1': 0.5}
    """
    return score_counts(*(np.sum(cells) for cells in (reference & estimated, reference, estimated)))


def score_counts(n_right: int, n_reference: int, n_estimated: int) -> dict[str, float]:
    """Return the same from numbers of hits: right ones, those of the reference, and those estimated."""
    return {
        "precision": float(n_right / max(n_estimated, 1)),
        "recall": float(n_right / max(n_reference, 1)),
        "f1": float(2 * n_right / max(n_estimated + n_reference, 1)),
    }
