"""How near a reconstruction is to its music, and how codes use their atoms.

Music is windows ``(n_windows, n_steps, n_channels)``; `kinds` says which channels are of a kind, as `Corpus.kinds`
does. Hits are counted in the first kind: hits of drums, onsets of keys, or keys that sound. Tokens are one channel of
numbers of unit variance, which are rounded to tokens.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from forecast.dictionary.noise import score_counts
from pipeline.notes import HIT_THRESHOLD
from save_dataset.midi.event_tokens import MEAN, STD

THRESHOLDS = np.arange(5, 96) / 100
KINDS_AT_HITS = ("velocity", "offset")  # that mean something where there is a hit


class Reconstruction:
    """The measures of a reconstruction, added up over blocks of windows, as a Keras metric is.

    Parameters
    ----------
    kinds : mapping of str to slice
        Channels of each kind, all of them.
    threshold : float
        Above it an estimated hit is one; a reference hit is one above one half.
    """

    def __init__(self, kinds: Mapping[str, slice], threshold: float = HIT_THRESHOLD):
        self.kinds, self.threshold = kinds, np.float64(threshold)
        self.sums: Counter[str] = Counter()

    def update(self, reference: np.ndarray, estimated: np.ndarray) -> None:
        """Add windows of music and their reconstructions, both ``(n_windows, n_steps, n_channels)``.

        Raises
        ------
        ValueError
            If shapes differ, kinds do not cover the channels, there is no window, or a value is not finite.
        """
        _validate(reference, estimated, self.kinds)
        cells = is_hit = _first_kind(reference, self.kinds) > HIT_THRESHOLD
        estimated_cells = _first_kind(estimated, self.kinds) > self.threshold
        if "token" in self.kinds:
            cells, estimated_cells = (np.rint(music * STD + MEAN) for music in (reference, estimated))
        is_right = cells == estimated_cells
        sums: dict[str, Any] = {
            "windows": len(cells),
            "exact": is_right.all(axis=(1, 2)).sum(),
            "cells": cells.size,
            "right": is_right.sum(),
            "hits": is_hit.sum(),
            "estimated_hits": np.count_nonzero(estimated_cells),
            "right_hits": np.sum(is_right & is_hit),
        }
        for kind, channels in self.kinds.items():  # one after the other, for memory
            squares = np.square(estimated[..., channels] - reference[..., channels], dtype=float)
            sums |= {f"values_{kind}": squares.size, f"squares_{kind}": squares.sum()}
            if kind in KINDS_AT_HITS:
                sums[f"{kind}_at_hits"] = squares[is_hit].sum()
        self.sums.update(sums)

    def result(self) -> dict[str, float]:
        """Return all measures of the windows so far, of which there is one at least.

        Returns
        -------
        dict of str to float
            ``mse`` over all channels, and ``mse_<kind>``. ``precision``, ``recall`` and ``f1`` of hits, all cells
            counted together, see `score_counts`. ``exact``: fraction of windows in which all hits, or all tokens, are
            right; ``exact_tokens``: fraction of tokens. ``velocity_rmse`` and ``offset_rmse``: root mean square error
            at reference hits. What does not apply is NaN.
        """
        sums = self.sums
        squares, values = ([sums[f"{of}_{kind}"] for kind in self.kinds] for of in ("squares", "values"))
        measures = {"mse": sum(squares) / sum(values)}
        measures |= {f"mse_{kind}": square / n for kind, square, n in zip(self.kinds, squares, values, strict=True)}
        for kind in KINDS_AT_HITS:
            known = kind in self.kinds and sums["hits"]
            measures[f"{kind}_rmse"] = np.sqrt(sums[f"{kind}_at_hits"] / sums["hits"]) if known else np.nan
        if "token" in self.kinds:
            measures |= dict.fromkeys(("precision", "recall", "f1"), np.nan)
            measures["exact_tokens"] = sums["right"] / sums["cells"]
        else:
            measures |= score_counts(sums["right_hits"], sums["hits"], sums["estimated_hits"])
            measures["exact_tokens"] = np.nan
        measures["exact"] = sums["exact"] / sums["windows"]
        return {name: float(value) for name, value in measures.items()}


def measure_reconstruction(
    blocks: Iterable[tuple[np.ndarray, np.ndarray]], kinds: Mapping[str, slice], threshold: float = HIT_THRESHOLD
) -> dict[str, float]:
    """Return all measures of a reconstruction; blocks, and errors, are those of `Reconstruction.update`."""
    reconstruction = Reconstruction(kinds, threshold)
    for reference, estimated in blocks:
        reconstruction.update(reference, estimated)
    return reconstruction.result()


def _validate(reference: np.ndarray, estimated: np.ndarray, kinds: Mapping[str, slice]) -> None:
    if reference.ndim != 3 or reference.shape != estimated.shape or not reference.size:
        raise ValueError(
            f"reference of shape {reference.shape}, estimated {estimated.shape}: "
            "must be the same (n_windows, n_steps, n_channels), not empty"
        )
    covered = np.sort(np.concatenate([np.arange(reference.shape[2])[channels] for channels in kinds.values()]))
    if not np.array_equal(covered, np.arange(reference.shape[2])):
        raise ValueError(f"kinds={dict(kinds)}: must cover each of {reference.shape[2]} channels once")
    for name, values in (("reference", reference), ("estimated", estimated)):
        if not np.isfinite(values).all():
            raise ValueError(f"{name} of shape {values.shape}: must be finite")


def _first_kind(x: np.ndarray, kinds: Mapping[str, slice]) -> np.ndarray:
    """Return the channels that hits are counted in."""
    return x[..., next(iter(kinds.values()))]


def best_threshold(blocks: Iterable[tuple[np.ndarray, np.ndarray]], kinds: Mapping[str, slice]) -> float:
    """Return that of `THRESHOLDS` with the best F1; of equals the one nearest to one half. Find it on validation music.

    Blocks are windows of music and their reconstructions, as `Reconstruction.update` takes them, which raises the same
    errors; tokens have no threshold.

    Examples
    --------
    >>> reference, estimated = np.array([1.0, 1, 0, 0]), np.array([0.3, 0.26, 0.2, 0.1])
    >>> best_threshold([(reference.reshape(1, 4, 1), estimated.reshape(1, 4, 1))], {"hit": slice(0, 1)})
    0.25
    """
    if "token" in kinds:
        raise ValueError(f"kinds={dict(kinds)}: tokens have no threshold")
    n_reference, n_estimated, n_right = 0, np.zeros(len(THRESHOLDS), int), np.zeros(len(THRESHOLDS), int)
    for reference, estimated in blocks:
        _validate(reference, estimated, kinds)
        is_hit, values = _first_kind(reference, kinds) > HIT_THRESHOLD, _first_kind(estimated, kinds)
        n_reference += is_hit.sum()
        n_estimated += _count_above(values)
        n_right += _count_above(values[is_hit])
    f1 = 2 * n_right / np.maximum(n_estimated + n_reference, 1)
    by_distance = np.argsort(np.abs(THRESHOLDS - 0.5), kind="stable")
    return float(THRESHOLDS[by_distance[np.argmax(f1[by_distance])]])


def _count_above(values: np.ndarray) -> np.ndarray:
    """Return how many values are above each of `THRESHOLDS`."""
    n_below = np.searchsorted(THRESHOLDS, values[values > THRESHOLDS[0]])  # thresholds a value is above, 1 or more
    return np.bincount(n_below, minlength=len(THRESHOLDS) + 1)[::-1].cumsum()[::-1][1:]


def measure_codes(usage: np.ndarray, n_bars: float) -> dict[str, float]:
    """Measure how codes of `n_bars` use their atoms, from the number of non-zero values of each, ``(n_atoms,)``.

    Returns
    -------
    dict of str to float
        ``atoms_used``; ``perplexity``, the exponential of the entropy of the frequencies of atoms: equally frequent
        atoms that are as hard to guess, 0 if none is used; ``nonzeros_per_bar``.

    Raises
    ------
    ValueError
        If a count is negative or there is no bar.

    Examples
    --------
    >>> measure_codes(np.array([5, 5, 0]), n_bars=10)
    {'atoms_used': 2, 'perplexity': 2.0, 'nonzeros_per_bar': 1.0}
    """
    if n_bars <= 0 or np.any(np.asarray(usage) < 0):
        raise ValueError(f"n_bars={n_bars}, usage of shape {np.shape(usage)}: must be above 0, and at least 0")
    used = np.asarray(usage, float)[np.asarray(usage) > 0]
    fractions = used / used.sum()
    perplexity = float(np.exp(-np.sum(fractions * np.log(fractions)))) if used.size else 0.0
    return {"atoms_used": len(used), "perplexity": perplexity, "nonzeros_per_bar": float(used.sum() / n_bars)}
