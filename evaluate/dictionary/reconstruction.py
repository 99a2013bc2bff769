"""How near reconstructed music is to the true, and how codes use their atoms.

Music is windows ``(n_windows, n_steps, n_channels)``; `kinds` says which channels are of a kind, as `Corpus.kinds`
does. Hits are counted in the first kind: hits of drums, onsets of keys, or keys that sound. Tokens are one channel of
numbers, which are rounded to be heard.
"""

from collections.abc import Mapping

import numpy as np

from pipeline.notes import HIT_THRESHOLD

THRESHOLDS = np.arange(5, 96) / 100


def measure_reconstruction(
    true: np.ndarray,
    reconstructed: np.ndarray,
    kinds: Mapping[str, slice],
    threshold: float = HIT_THRESHOLD,
    *,
    token_mean: float = 0.0,
    token_std: float = 1.0,
) -> dict[str, float]:
    """All measures of a reconstruction.

    Parameters
    ----------
    true, reconstructed : np.ndarray (n_windows, n_steps, n_channels)
        Music.
    kinds : mapping of str to slice
        Channels of each kind, all of them.
    threshold : float
        Above it a reconstructed hit is one; a true hit is one above one half.
    token_mean, token_std : float
        Tokens are the values times `token_std` plus `token_mean`, rounded.

    Returns
    -------
    dict of str to float
        ``mse`` over all channels, and ``mse_<kind>``. ``precision``, ``recall`` and ``f1`` of hits, all cells counted
        together, 0 where nothing is found or nothing is there. ``exact``: share of windows in which all hits, or all
        tokens, are right; ``exact_tokens``: share of tokens. ``velocity_rmse`` and ``offset_rmse``: root mean square
        error at true hits. What does not apply is NaN.

    Raises
    ------
    ValueError
        If shapes differ, kinds do not cover the channels, there is no window, or a value is not finite.
    """
    _validate(true, reconstructed, kinds)
    measures = _measure_errors(true, reconstructed, kinds)
    if "token" in kinds:
        tokens, found = (np.rint(x[..., kinds["token"]] * token_std + token_mean) for x in (true, reconstructed))
        scores = dict.fromkeys(("precision", "recall", "f1"), np.nan)
        scores["exact_tokens"] = float(np.mean(tokens == found))
    else:
        tokens, found = (
            _first_kind(true, kinds) > HIT_THRESHOLD,
            _first_kind(reconstructed, kinds) > np.float64(threshold),
        )
        scores = score((tokens & found).sum(), found.sum(), tokens.sum()) | {"exact_tokens": np.nan}
    return measures | scores | {"exact": float(np.mean((tokens == found).all(axis=(1, 2))))}


def _validate(true: np.ndarray, reconstructed: np.ndarray, kinds: Mapping[str, slice]) -> None:
    """Raises ValueError unless the one can be a reconstruction of the other."""
    if true.ndim != 3 or true.shape != reconstructed.shape or not true.size:
        raise ValueError(
            f"true of shape {true.shape}, reconstructed {reconstructed.shape}: "
            "must be the same (n_windows, n_steps, n_channels), not empty"
        )
    covered = np.sort(np.concatenate([np.arange(true.shape[2])[channels] for channels in kinds.values()]))
    if not np.array_equal(covered, np.arange(true.shape[2])):
        raise ValueError(f"kinds={dict(kinds)}: must cover each of {true.shape[2]} channels once")
    for name, values in (("true", true), ("reconstructed", reconstructed)):
        if not np.isfinite(values).all():
            raise ValueError(f"{name} of shape {values.shape}: must be finite")


def _first_kind(x: np.ndarray, kinds: Mapping[str, slice]) -> np.ndarray:
    """The channels that hits are counted in."""
    return x[..., next(iter(kinds.values()))]


def _measure_errors(true: np.ndarray, reconstructed: np.ndarray, kinds: Mapping[str, slice]) -> dict[str, float]:
    """Mean square errors, and root mean square errors of velocity and offset at true hits."""
    sums, errors = 0.0, {}
    at_hits = {"velocity_rmse": np.nan, "offset_rmse": np.nan}
    is_hit = _first_kind(true, kinds) > HIT_THRESHOLD
    for kind, channels in kinds.items():  # one after the other, for memory
        squares = np.square(reconstructed[..., channels] - true[..., channels], dtype=float)
        sums += squares.sum()
        errors[f"mse_{kind}"] = float(squares.mean())
        if f"{kind}_rmse" in at_hits and is_hit.any():
            at_hits[f"{kind}_rmse"] = float(np.sqrt(squares[is_hit].mean()))
    return {"mse": float(sums / true.size)} | errors | at_hits


def score(n_right: float, n_found: float, n_true: float) -> dict[str, float]:
    """Precision, recall and their harmonic mean; 0 where they are not defined."""
    return {
        "precision": float(n_right / max(n_found, 1)),
        "recall": float(n_right / max(n_true, 1)),
        "f1": float(2 * n_right / max(n_found + n_true, 1)),
    }


def best_threshold(true: np.ndarray, reconstructed: np.ndarray, kinds: Mapping[str, slice]) -> float:
    """Of `THRESHOLDS` that of the best F1; of equals the one nearest to one half. Find it on validation music.

    Parameters
    ----------
    true, reconstructed, kinds
        As in `measure_reconstruction`.

    Raises
    ------
    ValueError
        As there, or if channels are tokens.
    """
    _validate(true, reconstructed, kinds)
    if "token" in kinds:
        raise ValueError(f"kinds={dict(kinds)}: tokens have no threshold")
    is_true = _first_kind(true, kinds).ravel() > HIT_THRESHOLD
    n_below = np.searchsorted(THRESHOLDS, _first_kind(reconstructed, kinds).ravel())  # thresholds a cell is above
    n_found, n_right = (
        np.bincount(cells, minlength=len(THRESHOLDS) + 1)[::-1].cumsum()[::-1][1:]
        for cells in (n_below, n_below[is_true])
    )
    f1 = 2 * n_right / np.maximum(n_found + is_true.sum(), 1)
    by_distance = np.argsort(np.abs(THRESHOLDS - 0.5), kind="stable")
    return float(THRESHOLDS[by_distance[np.argmax(f1[by_distance])]])


def measure_codes(usage: np.ndarray, n_bars: float) -> dict[str, float]:
    """How codes use their atoms.

    Parameters
    ----------
    usage : np.ndarray (n_atoms,)
        How often each atom is used: its non-zero values.
    n_bars : float
        Length of the music.

    Returns
    -------
    dict of str to float
        ``atoms_used``; ``perplexity``, the exponential of the entropy of their shares: so many atoms used equally often
        are as hard to guess, 0 if none is used; ``nonzeros_per_bar``.

    Raises
    ------
    ValueError
        If a count is negative or there is no bar.
    """
    if n_bars <= 0 or np.any(np.asarray(usage) < 0):
        raise ValueError(f"n_bars={n_bars}, usage of shape {np.shape(usage)}: must be above 0, and at least 0")
    used = np.asarray(usage, float)[np.asarray(usage) > 0]
    shares = used / used.sum()
    perplexity = float(np.exp(-np.sum(shares * np.log(shares)))) if used.size else 0.0
    return {"atoms_used": len(used), "perplexity": perplexity, "nonzeros_per_bar": float(used.sum() / n_bars)}
