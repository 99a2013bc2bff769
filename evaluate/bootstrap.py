"""Confidence intervals by drawing from the units that were measured, with replacement.

A unit is what was repeated independently: a song, not one of its thirty steps. Percentiles of the statistic of the
resamples are its interval. Of few units it is too narrow, so that percentiles farther out are taken, those that make
the interval of a mean as wide as Student's: the expanded percentile interval of Hesterberg (2015), What teachers should
know about the bootstrap, The American Statistician 69.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import scipy.stats

VALUES_AT_ONCE = 1_000_000


def interval(
    values: np.ndarray,
    statistic: Callable[..., np.ndarray] = np.mean,
    *,
    block_units: int = 1,
    confidence: float = 0.95,
    n_resamples: int = 9999,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and upper end of the interval of a statistic over units.

    Parameters
    ----------
    values : np.ndarray (n_units, ...)
        At least two units. What else a unit has, such as steps, is drawn together.
    statistic : callable
        From an array and ``axis`` to the statistic along that axis.
    block_units : int
        How many units in a row are drawn together: more than one where units stand in the order of time and those near
        each other are alike, such as initial conditions whose windows or forecasts overlap; then about twice as many as
        it takes until they are not.
    confidence : float
        How often the interval is to hold the truth.

    Returns
    -------
    low, high : np.ndarray (...)

    Raises
    ------
    ValueError
        If there are fewer than two blocks of units, or a value is not finite.

    References
    ----------
    Blocks from anywhere in the order, which goes round, so that no unit is drawn less than others: Politis and Romano
    (1992), A circular block-resampling procedure for stationary data, in Exploring the Limits of Bootstrap.

    Examples
    --------
    >>> low, high = interval(np.arange(30.0))
    >>> bool(low < 14.5 < high)
    True
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence={confidence}: must be greater than 0 and less than 1")
    if len(values) < 2 or not 1 <= block_units <= len(values) / 2:
        raise ValueError(f"block_units={block_units}: must be at least 1 and at most half of the {len(values)} units")
    if not np.isfinite(values).all():
        raise ValueError(f"values of shape {values.shape}: must be finite")
    round_ = np.concatenate([values, values[: block_units - 1]])  # blocks at the end go on with the beginning
    blocks = np.moveaxis(np.lib.stride_tricks.sliding_window_view(round_, block_units, axis=0), -1, 1)
    result = scipy.stats.bootstrap(
        (np.arange(len(values)),),
        partial(_statistic_of_blocks, blocks=blocks, statistic=statistic),
        vectorized=True,
        method="percentile",
        confidence_level=expanded(confidence, len(values) // block_units),
        n_resamples=n_resamples,
        batch=max(1, VALUES_AT_ONCE // values.size),
        rng=np.random.default_rng(seed),
    )
    return result.confidence_interval.low, result.confidence_interval.high


def _statistic_of_blocks(
    starts: np.ndarray, axis: int, *, blocks: np.ndarray, statistic: Callable[..., np.ndarray]
) -> np.ndarray:
    """Return the statistic of each resample ``(..., n_resamples)``, made of blocks that begin at the first `starts`.

    Blocks are ``(n_units, block_units, ...)``, by the unit that they begin at. SciPy draws as many starts as there are
    units, ``(n_resamples, n_units)``: more than are used.
    """
    n_units, block_units, *rest = blocks.shape
    drawn = blocks[starts[..., : -(-n_units // block_units)]]  # (n_resamples, n_blocks, block_units, ...)
    drawn = drawn.reshape(len(starts), -1, *rest)[:, :n_units]
    return np.moveaxis(statistic(drawn, axis=1), 0, -1)


def expanded(confidence: float, n_units: int) -> float:
    """Return the confidence at which the percentile interval of a mean is as wide as Student's at `confidence`."""
    ends = np.sqrt(n_units / (n_units - 1)) * scipy.stats.t.ppf((1 + confidence) / 2, n_units - 1)
    return float(2 * scipy.stats.norm.cdf(ends) - 1)


def draw_within(strata: np.ndarray, n_resamples: int, seed: int) -> np.ndarray:
    """Return how often each unit is drawn in each resample, ``(n_resamples, n_units)``, when none leaves its stratum.

    Of each stratum one unit fewer is drawn than it has: then the variance of a mean is not underestimated, which of few
    units it would be otherwise. The only unit of a stratum is always drawn.

    Parameters
    ----------
    strata : np.ndarray (n_units,)
        What is never empty in a resample, such as the class of each unit.

    References
    ----------
    Rao and Wu (1988), Resampling inference with complex survey data, Journal of the American Statistical Association
    83; Hesterberg (2015), section 3, on the bias that makes intervals of few units too narrow.
    """
    rng = np.random.default_rng(seed)
    draws = np.zeros((n_resamples, len(strata)), int)
    for stratum in np.unique(strata):
        units = np.flatnonzero(strata == stratum)
        draws[:, units] = rng.multinomial(max(1, len(units) - 1), np.full(len(units), 1 / len(units)), n_resamples)
    return draws


def paired_difference(
    a: np.ndarray, b: np.ndarray, *, confidence: float = 0.95, n_resamples: int = 9999, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mean of ``a - b`` over songs and seeds, and the ends of its interval.

    Songs are drawn, each with the mean over its seeds. Seeds of a song share the song and are no independent
    measurements, and the question is what happens on another song. Drawing seeds anew within the drawn songs would
    count their chance twice, because the means over them differ by it already.

    Parameters
    ----------
    a, b : np.ndarray (n_songs, n_seeds, ...)
        One measure of two methods on the same songs, at least two. Seeds need not belong together, nor be as many.

    Returns
    -------
    mean, low, high : np.ndarray (...)

    References
    ----------
    Davison and Hinkley (1997), Bootstrap Methods and their Application, section 3.8: of hierarchical data, draw the
    highest level with replacement and keep what is below. Field and Welsh (2007), Bootstrapping clustered data, Journal
    of the Royal Statistical Society B 69: the variance is then estimated consistently.
    """
    if min(a.ndim, b.ndim) < 2 or len(a) != len(b) or a.shape[2:] != b.shape[2:]:
        raise ValueError(f"a of shape {a.shape}, b {b.shape}: must be (n_songs, n_seeds, ...) of the same songs")
    if len(a) < 2:
        raise ValueError(f"a of shape {a.shape}: must have two songs at least")
    differences = a.mean(axis=1) - b.mean(axis=1)  # (n_songs, ...)
    low, high = interval(differences, confidence=confidence, n_resamples=n_resamples, seed=seed)
    return differences.mean(axis=0), low, high
