"""How near a reconstruction is to its music, and how codes use their atoms.

Music is windows ``(n_windows, n_steps, n_channels)``; `kinds` says which channels are of a kind, as `Corpus.kinds`
does. Hits are counted in the first kind: hits of drums, onsets of keys, or keys that sound. Tokens are one channel of
numbers of unit variance, which are rounded to tokens.
"""

from collections.abc import Mapping

import numpy as np

from forecast.dictionary.noise import score_hits
from pipeline.notes import HIT_THRESHOLD
from save_dataset.midi.event_tokens import MEAN, STD

THRESHOLDS = np.arange(5, 96) / 100


def measure_reconstruction(
    reference: np.ndarray, estimated: np.ndarray, kinds: Mapping[str, slice], threshold: float = HIT_THRESHOLD
) -> dict[str, float]:
    """Return all measures of a reconstruction.

    Parameters
    ----------
    reference, estimated : np.ndarray (n_windows, n_steps, n_channels)
        Music and its reconstruction.
    kinds : mapping of str to slice
        Channels of each kind, all of them.
    threshold : float
        Above it an estimated hit is one; a reference hit is one above one half.

    Returns
    -------
    dict of str to float
        ``mse`` over all channels, and ``mse_<kind>``. ``precision``, ``recall`` and ``f1`` of `score_hits`, all cells
        counted together. ``exact``: fraction of windows in which all hits, or all tokens, are right;
        ``exact_tokens``: fraction of tokens. ``velocity_rmse`` and ``offset_rmse``: root mean square error at reference
        hits. What does not apply is NaN.

    Raises
    ------
    ValueError
        If shapes differ, kinds do not cover the channels, there is no window, or a value is not finite.
    """
    _validate(reference, estimated, kinds)
    measures = _measure_errors(reference, estimated, kinds)
    if "token" in kinds:
        cells, estimated_cells = (np.rint(music[..., kinds["token"]] * STD + MEAN) for music in (reference, estimated))
        scores = dict.fromkeys(("precision", "recall", "f1"), np.nan)
        scores["exact_tokens"] = float(np.mean(cells == estimated_cells))
    else:
        cells = _first_kind(reference, kinds) > HIT_THRESHOLD
        estimated_cells = _first_kind(estimated, kinds) > np.float64(threshold)
        scores = score_hits(cells, estimated_cells) | {"exact_tokens": np.nan}
    return measures | scores | {"exact": float(np.mean((cells == estimated_cells).all(axis=(1, 2))))}


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


def _measure_errors(reference: np.ndarray, estimated: np.ndarray, kinds: Mapping[str, slice]) -> dict[str, float]:
    sums, errors = 0.0, {}
    at_hits = {"velocity_rmse": np.nan, "offset_rmse": np.nan}
    is_hit = _first_kind(reference, kinds) > HIT_THRESHOLD
    for kind, channels in kinds.items():  # one after the other, for memory
        squares = np.square(estimated[..., channels] - reference[..., channels], dtype=float)
        sums += squares.sum()
        errors[f"mse_{kind}"] = float(squares.mean())
        if f"{kind}_rmse" in at_hits and is_hit.any():
            at_hits[f"{kind}_rmse"] = float(np.sqrt(squares[is_hit].mean()))
    return {"mse": float(sums / reference.size)} | errors | at_hits


def best_threshold(reference: np.ndarray, estimated: np.ndarray, kinds: Mapping[str, slice]) -> float:
    """Return that of `THRESHOLDS` with the best F1; of equals the one nearest to one half. Find it on validation music.

    Parameters and errors are those of `measure_reconstruction`; tokens have no threshold.

    Examples
    --------
    >>> reference, estimated = np.array([1.0, 1, 0, 0]), np.array([0.3, 0.26, 0.2, 0.1])
    >>> best_threshold(reference.reshape(1, 4, 1), estimated.reshape(1, 4, 1), {"hit": slice(0, 1)})
    0.25
    """
    _validate(reference, estimated, kinds)
    if "token" in kinds:
        raise ValueError(f"kinds={dict(kinds)}: tokens have no threshold")
    is_hit = _first_kind(reference, kinds).ravel() > HIT_THRESHOLD
    n_below = np.searchsorted(THRESHOLDS, _first_kind(estimated, kinds).ravel())  # thresholds a cell is above
    n_estimated, n_right = (
        np.bincount(cells, minlength=len(THRESHOLDS) + 1)[::-1].cumsum()[::-1][1:]
        for cells in (n_below, n_below[is_hit])
    )
    f1 = 2 * n_right / np.maximum(n_estimated + is_hit.sum(), 1)
    by_distance = np.argsort(np.abs(THRESHOLDS - 0.5), kind="stable")
    return float(THRESHOLDS[by_distance[np.argmax(f1[by_distance])]])


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
