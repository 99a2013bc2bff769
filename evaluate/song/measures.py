"""How far forecasts of a song are from what happened: over all initial conditions, and those unseen by networks."""

from collections.abc import Callable, Mapping
from math import ceil

import numpy as np

from evaluate.bootstrap import interval
from evaluate.song.divergence import distances, evaluate, mean_and_standard_error, one_step_errors
from forecast.song.scaling import scaling_of
from pipeline.windows import count_overlapping_points, mean_hop_s

# Of many starts an interval is found from fewer resamples: its ends vary little, and draws take nearly all of the time
MAX_RESAMPLES, MIN_RESAMPLES = 9999, 999
MAX_DRAWS = 10_000_000


def measure_forecasts(
    embedding: Mapping[str, np.ndarray],
    forecasts: Mapping[str, np.ndarray],
    *,
    first_start: int,
    threshold: float,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """Return all measures of the forecasts of a song by one method, stored by step 6.

    Methods are compared from `first_start` on, which is the first that networks may be scored from. A forecast is no
    longer valid where its normalised error is above `threshold`.

    Returns
    -------
    dict of str to np.ndarray
        What `evaluate.song.divergence.evaluate` returns for all initial conditions, and, with ``compared_`` before each
        name, for those from `first_start` on, where there is any; ``axes_mean`` and ``axes_standard_error``
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
            scores = evaluate(z, starts[chosen], forecast[chosen], hop_s, threshold)
            scores |= interval_of_valid_time(scores, hop_s, overlap, seed)
            v, v_hat = z[starts[chosen] + 1] - z[starts[chosen]], np.diff(forecast[chosen, :2], axis=1)[:, 0]
            errors = one_step_errors(v, v_hat, float(scores["spread"]))
            for name, values in zip(("mean_squared_error", "mean_cosine"), errors, strict=True):
                scores[name] = np.array(values.mean() if len(values) else np.nan)
                scores[f"{name}_interval"] = _interval_in_time(values, np.mean, starts[chosen], overlap + 1, seed)
            measures |= {prefix + name: value for name, value in scores.items()}
    return measures


def interval_of_valid_time(
    measures: Mapping[str, np.ndarray], hop_s: float, overlap: int, seed: int
) -> dict[str, np.ndarray]:
    """Return the 95 % interval of the median, ``valid_time_low_s`` and ``valid_time_high_s``; NaN of too few starts.

    Initial conditions are drawn in blocks twice as long as windows and forecasts overlap.
    """
    n_steps = measures["delta"].shape[1] - 1
    times_s = measures["valid_steps"] * hop_s
    low, high = _interval_in_time(times_s, np.median, measures["starts"], overlap + n_steps, seed)
    return {"valid_time_low_s": low, "valid_time_high_s": high}


def _interval_in_time(
    values: np.ndarray, statistic: Callable[..., np.ndarray], starts: np.ndarray, overlap: int, seed: int
) -> np.ndarray:
    """The 95 % interval ``(2,)`` of a statistic over starts, in blocks of twice the overlap; NaN of too few of them."""
    every = int(starts[1] - starts[0]) if len(starts) > 1 else 1
    block_units = ceil(2 * overlap / every)
    if len(values) < max(2, 2 * block_units):
        return np.full(2, np.nan)
    n_resamples = int(np.clip(MAX_DRAWS // len(values), MIN_RESAMPLES, MAX_RESAMPLES))
    return np.array(interval(values, statistic, block_units=block_units, n_resamples=n_resamples, seed=seed))


def describe_valid_time(measures: Mapping[str, np.ndarray]) -> str:
    """Return in words how long forecasts are valid from the starts by which methods are compared."""
    time_s, n_starts = measures["compared_valid_time_s"], len(measures["compared_starts"])
    at_least = "at least " if measures["compared_censored_share"] > 0.5 else ""
    return f"valid for {at_least}{time_s:.2f} s, median of {n_starts} starts"
