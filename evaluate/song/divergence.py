"""How far forecasts are from what happened.

A forecast is an array (n_starts, n_steps + 1, latent_dim) in the units of the trajectory z (n_points, latent_dim).
`starts` (n_starts,) are the points that it begins at; index 0 along its steps is the initial condition itself, and the
reference of a start after i steps is z[start + i]. The distance after i steps is delta[:, i]. Errors are normalised by
the spread of the trajectory, its root mean square distance to the mean, one number for all dimensions: 1 is as bad as
always predicting the mean, in a space of any size.
"""

import numpy as np

from embed.song.spread import spread

THRESHOLD = 0.5


def evaluate(
    z: np.ndarray, starts: np.ndarray, forecast: np.ndarray, hop_s: float, threshold: float = THRESHOLD
) -> dict[str, np.ndarray]:
    """Return all measures of one forecast, which is valid up to a normalised error of `threshold`.

    Returns
    -------
    dict of str to np.ndarray
        ``delta`` (n_starts, n_steps + 1); of these, for each step, ``delta_mean`` and ``delta_standard_error``, the
        normalised RMSE ``nrmse`` and ``persistence_nrmse`` of persistence, and ``skill`` against that; ``valid_steps``
        and ``is_censored`` (n_starts,), their median ``valid_time_s`` and the fraction ``censored_share``; ``spread``,
        ``steps``, ``times_s`` after the start, and ``starts``.

    Raises
    ------
    ValueError
        If shapes do not fit, a forecast runs past the end of z, or a value is not finite.
    """
    delta = distances(z, starts, forecast)
    staying = distances(z, starts, np.repeat(z[starts][:, None], delta.shape[1], axis=1))
    z_spread = spread(z)
    delta_mean, delta_standard_error = mean_and_standard_error(delta)
    steps, is_censored = valid_steps(delta / z_spread, threshold)
    return {
        "starts": np.asarray(starts),
        "steps": np.arange(delta.shape[1]),
        "times_s": hop_s * np.arange(delta.shape[1]),
        "spread": np.array(z_spread),
        "delta": delta,
        "delta_mean": delta_mean,
        "delta_standard_error": delta_standard_error,
        "nrmse": root_mean_square(delta) / z_spread,
        "persistence_nrmse": root_mean_square(staying) / z_spread,
        "skill": skill(staying, delta),
        "valid_steps": steps,
        "is_censored": is_censored,
        "valid_time_s": np.array(hop_s * np.median(steps)),
        "censored_share": np.array(is_censored.mean()),
    }


def _validate(z: np.ndarray, starts: np.ndarray, forecast: np.ndarray) -> None:
    if not (forecast.ndim == 3 and z.ndim == 2 and np.ndim(starts) == 1):
        raise ValueError(
            f"forecast of shape {forecast.shape}, starts {np.shape(starts)}, z {z.shape}: "
            "must be (n_starts, n_steps + 1, latent_dim), (n_starts,), (n_points, latent_dim)"
        )
    if not (len(starts) == len(forecast) > 0 and forecast.shape[2] == z.shape[1] and forecast.shape[1] >= 2):
        raise ValueError(
            f"forecast of shape {forecast.shape}: must be ({len(starts)}, at least 2, {z.shape[1]}) "
            f"for {len(starts)} starts in z of shape {z.shape}"
        )
    if not np.issubdtype(np.asarray(starts).dtype, np.integer):
        raise ValueError(f"starts of type {np.asarray(starts).dtype}: must be indices of points")
    n_steps = forecast.shape[1] - 1
    if np.min(starts) < 0 or np.max(starts) + n_steps >= len(z):
        wrong = np.min(starts) if np.min(starts) < 0 else np.max(starts)
        raise ValueError(f"starts={wrong}: must be 0 to {len(z) - 1 - n_steps} for {n_steps} steps in {len(z)} points")
    for name, values in (("z", z), ("forecast", forecast)):
        if not np.isfinite(values).all():
            raise ValueError(f"{name} of shape {values.shape}: must be finite")


def distances(z: np.ndarray, starts: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Return the Euclidean distance of a forecast to what happened, ``(n_starts, n_steps + 1)``."""
    _validate(z, starts, forecast)
    reference = z[np.asarray(starts)[:, None] + np.arange(forecast.shape[1])]  # (n_starts, n_steps + 1, latent_dim)
    return np.linalg.norm(forecast.astype(float) - reference, axis=2)


def mean_and_standard_error(delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both over initial conditions, for each step; the standard error of a single one is NaN.

    It takes initial conditions for independent; where their windows or forecasts overlap, `evaluate.bootstrap.interval`
    draws them in blocks.
    """
    if len(delta) == 1:
        return delta[0], np.full(delta.shape[1], np.nan)
    return delta.mean(axis=0), delta.std(axis=0, ddof=1) / np.sqrt(len(delta))


def root_mean_square(delta: np.ndarray) -> np.ndarray:
    """Return it over initial conditions, for each step."""
    return np.sqrt(np.mean(delta**2, axis=0))


def valid_steps(error: np.ndarray, threshold: float = THRESHOLD) -> tuple[np.ndarray, np.ndarray]:
    """Return the first step at which each error ``(n_starts, n_steps + 1)`` exceeds `threshold`, and if there is none.

    Where there is none (the forecast is censored) the step is the last: a median of steps is right while fewer than
    half are censored, and else too low.

    References
    ----------
    Valid prediction time with threshold 0.5: Vlachas et al. (2020), Backpropagation algorithms and reservoir computing
    in recurrent neural networks for the forecasting of complex spatiotemporal dynamics, Neural Networks 126.
    """
    if not threshold > 0:
        raise ValueError(f"threshold={threshold}: must be greater than 0")
    if np.isnan(error).any():
        raise ValueError(f"error of shape {error.shape}: must not be NaN")
    exceeds = error > threshold
    is_censored = np.logical_not(exceeds.any(axis=1))
    return np.where(is_censored, error.shape[1] - 1, exceeds.argmax(axis=1)), is_censored


def skill(reference: np.ndarray, estimated: np.ndarray) -> np.ndarray:
    """Return the skill score of errors ``(n_starts, n_steps + 1)`` against those of a reference, ``(n_steps + 1,)``.

    It is 1 - RMSE / RMSE of the reference: 1 is without error, 0 as good as the reference, less than 0 worse. NaN where
    the reference is without error: at step 0.
    """
    if estimated.shape != reference.shape:
        raise ValueError(f"reference of shape {reference.shape}: must be {estimated.shape} as the errors compared")
    error, other = root_mean_square(estimated), root_mean_square(reference)
    return 1 - np.divide(error, other, out=np.full(len(other), np.nan), where=other > 0)


def one_step_errors(reference: np.ndarray, estimated: np.ndarray, z_spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Return how well each velocity is predicted.

    Returns
    -------
    squared_errors, cosines : np.ndarray (n_velocities,)
        ``||v - v_hat||^2 / z_spread^2``, a sum over dimensions; and of the angle between the two, 1 for the same
        direction. Pairs with a velocity of norm zero have no angle and are left out.
    """
    if estimated.shape != reference.shape or reference.ndim != 2 or len(reference) == 0:
        raise ValueError(
            f"reference of shape {reference.shape}, estimated {estimated.shape}: must both be "
            "(n_velocities, latent_dim)"
        )
    if not (np.isfinite(estimated).all() and np.isfinite(reference).all()):
        raise ValueError(f"reference and estimated of shape {reference.shape}: must be finite")
    if not z_spread > 0:
        raise ValueError(f"z_spread={z_spread}: must be greater than 0")
    v_hat, v = estimated.astype(float), reference.astype(float)
    norms = np.linalg.norm(v_hat, axis=1) * np.linalg.norm(v, axis=1)
    has_angle = norms > 0
    cosines = np.sum(v_hat * v, axis=1)[has_angle] / norms[has_angle]
    return np.sum((v - v_hat) ** 2, axis=1) / z_spread**2, cosines
