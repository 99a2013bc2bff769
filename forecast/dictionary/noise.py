"""Noise on symbolic music, to see whether a dictionary takes it away: hits that nobody played, hits that are missing.

A cell is a step of a drum or key. It has a channel of each kind: hit, velocity and offset, or onset and frame. Whether
a cell is hit is told by the first kind.
"""

from collections.abc import Mapping

import numpy as np

from pipeline.notes import HIT_THRESHOLD


def add_noise(
    steps: np.ndarray, kinds: Mapping[str, slice], *, spurious: float, deleted: float, rng: np.random.Generator
) -> np.ndarray:
    """A copy of music with spurious hits, and with some of its hits deleted, shaped as `steps`.

    Parameters
    ----------
    steps : np.ndarray (n_steps, n_channels)
        A piece.
    kinds : mapping of str to slice
        Its channels, as `Corpus.kinds` gives them; all kinds have as many.
    spurious : float
        Share of the empty cells that become hits of 1, rounded to whole cells. In the other kinds such a cell takes
        the values of some hit of the piece; 0 where the piece has none.
    deleted : float
        Share of the hits whose cells become 0 in all kinds. Of a key that sounds on, only the step of the onset does.
    rng : np.random.Generator
        Draws the cells.

    Raises
    ------
    ValueError
        If a share is not in [0, 1], kinds are of different width, or the music is tokens.
    """
    check(kinds, spurious, deleted)
    cells = np.stack([steps[:, channels] for channels in kinds.values()])  # (n_kinds, n_steps, n_cells)
    is_hit = cells[0] > HIT_THRESHOLD
    hits, empty = np.argwhere(is_hit).T, np.argwhere(~is_hit).T
    noisy = cells.copy()
    noisy[:, *draw(hits, deleted, rng)] = 0
    joins = draw(empty, spurious, rng)
    noisy[:, *joins] = 0
    if hits.size:
        models = hits[:, rng.integers(hits.shape[1], size=joins.shape[1])]
        noisy[:, *joins] = cells[:, *models]
    noisy[0, *joins] = 1
    changed = steps.copy()
    for channels, kind in zip(kinds.values(), noisy, strict=True):
        changed[:, channels] = kind
    return changed


def check(kinds: Mapping[str, slice], spurious: float, deleted: float) -> None:
    """Raises ValueError unless there are cells, and shares are shares."""
    for name, share in (("spurious", spurious), ("deleted", deleted)):
        if not 0 <= share <= 1:
            raise ValueError(f"{name}={share}: must be a fraction, from 0 to 1")
    if "token" in kinds:
        raise ValueError(f"kinds={', '.join(kinds)}: tokens have no hits to add or delete")
    widths = {kind: channels.stop - channels.start for kind, channels in kinds.items()}
    if len(set(widths.values())) != 1:
        raise ValueError(f"kinds={widths}: must have as many channels each, at least one kind")


def draw(cells: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of cells ``(2, n)``, drawn without putting back."""
    return rng.permutation(cells, axis=1)[:, : round(share * cells.shape[1])]


def score_hits(true: np.ndarray, found: np.ndarray, kinds: Mapping[str, slice]) -> float:
    """F1 of the hits of music, ``(n_steps, n_channels)``, if those of `true` are meant; NaN of tokens, 0 of silence."""
    if "token" in kinds:
        return np.nan
    first = next(iter(kinds.values()))
    is_hit, is_found = true[:, first] > HIT_THRESHOLD, found[:, first] > HIT_THRESHOLD
    return 2 * int(np.sum(is_hit & is_found)) / max(1, int(np.sum(is_hit) + np.sum(is_found)))
