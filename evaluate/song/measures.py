"""How far the forecasts of a song are from what happened: over all initial conditions, and those networks never saw."""

from collections.abc import Mapping
from math import ceil

import numpy as np

from evaluate.bootstrap import interval
from evaluate.song.divergence import distances, evaluate, mean_and_standard_error, one_step_scores
from forecast.song.scaling import scaling_of
from pipeline.windows import count_overlapping_points, mean_hop_s


def measure_forecasts(
    embedding: Mapping[str, np.ndarray],
    forecasts: Mapping[str, np.ndarray],
    *,
    first_start: int,
    threshold: float,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """All measures of the forecasts of a song by one method.

    Parameters
    ----------
    embedding : mapping of str to np.ndarray
        As stored by step 3.
    forecasts : mapping of str to np.ndarray
        As stored by step 6.
    first_start : int
        Methods are compared from this initial condition on, which is the first that networks may be scored from.
    threshold : float
        Error in spreads at which a forecast is no longer valid.
    seed : int
        Of the bootstrap.

    Returns
    -------
    dict of str to np.ndarray
        What `evaluate.song.divergence.evaluate` tells of all initial conditions, and, with ``compared_`` before each
        name, of those from `first_start` on, where there is any; ``axes_mean`` and ``axes_standard_error``
        (n_steps + 1,), of the distance where each axis is scaled to [0, 1], the paper's; ``threshold``.
    """
    z, starts, forecast = embedding["z"].astype(float), forecasts["starts"], forecasts["forecast"]
    axes = scaling_of(z, "axes")
    axes_mean, axes_error = mean_and_standard_error(distances(axes.apply(z), starts, axes.apply(forecast)))
    measures = {"threshold": np.array(threshold), "axes_mean": axes_mean, "axes_standard_error": axes_error}
    hop_s = mean_hop_s(embedding["times_s"])
    overlap = count_overlapping_points(embedding["starts_s"], embedding["ends_s"])
    compared = starts >= first_start
    for prefix, chosen in {"": np.full(len(starts), True), "compared_": compared}.items():
        if chosen.any():
            all_of = evaluate(z, starts[chosen], forecast[chosen], hop_s, threshold)
            all_of |= interval_of_valid_time(all_of, hop_s, overlap, seed)
            v_hat, v = np.diff(forecast[chosen, :2], axis=1)[:, 0], z[starts[chosen] + 1] - z[starts[chosen]]
            all_of |= {
                name: np.array(score) for name, score in one_step_scores(v_hat, v, float(all_of["spread"])).items()
            }
            measures |= {prefix + name: value for name, value in all_of.items()}
    return measures


def interval_of_valid_time(
    measures: Mapping[str, np.ndarray], hop_s: float, overlap: int, seed: int
) -> dict[str, np.ndarray]:
    """The 95 % interval of the median, ``valid_time_low_s`` and ``valid_time_high_s``; NaN if there are too few starts.

    Initial conditions are drawn in blocks twice as long as windows and forecasts overlap.
    """
    starts, n_steps = measures["starts"], measures["delta"].shape[1] - 1
    every = int(starts[1] - starts[0]) if len(starts) > 1 else 1
    block_units = ceil(2 * (overlap + n_steps) / every)
    low = high = np.array(np.nan)
    if len(starts) >= 2 * block_units:
        low, high = interval(measures["valid_steps"] * hop_s, np.median, block_units=block_units, seed=seed)
    return {"valid_time_low_s": np.asarray(low), "valid_time_high_s": np.asarray(high)}


def tell_valid_time(measures: Mapping[str, np.ndarray]) -> str:
    """How long forecasts are valid where methods are compared, in words."""
    time_s, n_starts = measures["compared_valid_time_s"], len(measures["compared_starts"])
    at_least = "at least " if measures["compared_censored_share"] > 0.5 else ""
    return f"valid for {at_least}{time_s:.2f} s, median of {n_starts} starts"
