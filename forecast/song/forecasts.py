"""The forecasts of a song's trajectory by one method: from every initial condition, and a long one."""

import numpy as np

from forecast.song.exclusion import ExclusionRule
from forecast.song.methods import forecaster_of, protocol_of
from forecast.song.roll_out import Forecaster, roll_out
from forecast.song.scaling import scaling_of
from pipeline.results import Arrays
from pipeline.sections.forecasting import NETWORKS
from pipeline.sections.trajectory_study import TrajectoryParameters
from pipeline.windows import count_overlapping_points

MAX_FRACTION = 5  # the long forecast is no longer than a fifth of the song


def forecast_song(
    embedding: Arrays, name: str, parameters: TrajectoryParameters, network: Forecaster | None = None
) -> dict[str, np.ndarray]:
    """Return all forecasts by one method, in the units of the trajectory.

    `embedding` is as stored by step 3, `network` the forecaster of a method that is a network.

    Returns
    -------
    dict of str to np.ndarray
        ``starts`` (n_starts,), the points from which is forecast, and ``starts_s``, the centres of their windows;
        ``forecast`` (n_starts, horizon_steps + 1, latent_dim), step 0 the point itself; ``long_start``, and
        ``long_forecast`` (n_steps + 1, latent_dim) from there, which ends with the song at the latest, and leaves
        something to learn from.

    Raises
    ------
    ValueError
        If the song is too short.
    """
    z, overlap = embedding["z"], count_overlapping_points(embedding["starts_s"], embedding["ends_s"])
    first_start = first_compared_start(embedding, parameters) if name in NETWORKS else 0  # those before are fitted on
    starts = initial_conditions(len(z), parameters)
    starts = starts[starts >= first_start]
    if not len(starts):
        raise ValueError(
            f"forecast.every_points={parameters.forecast.every_points}: no initial condition is at point {first_start} "
            "or later, where networks may be scored"
        )
    forecaster, protocol = network or forecaster_of(name, parameters), protocol_of(name, parameters)
    long_start = start_of_long_forecast(embedding, parameters)
    n_long = min(parameters.forecast.long_steps, len(z) - 1 - long_start, len(z) // MAX_FRACTION)
    return {
        "starts": starts,
        "starts_s": embedding["times_s"][starts],
        "forecast": forecast_from(z, starts, parameters.forecast.horizon_steps, forecaster, overlap, **protocol),
        "long_start": np.array(long_start),
        "long_forecast": forecast_from(z, np.array([long_start]), n_long, forecaster, overlap, **protocol)[0],
    }


def forecast_from(
    z: np.ndarray, starts: np.ndarray, n_steps: int, forecaster: Forecaster, overlap: int, scale: str, learn_from: str
) -> np.ndarray:
    """Forecast ``(n_starts, n_steps + 1, latent_dim)`` a trajectory whose windows share sound over `overlap` points."""
    scaling, rule = scaling_of(z, scale), ExclusionRule(learn_from, overlap + n_steps)
    scaled = scaling.apply(z)
    return scaling.undo(roll_out(scaled, starts, n_steps, forecaster.fit(scaled, starts, rule, n_steps)))


def initial_conditions(n_points: int, parameters: TrajectoryParameters) -> np.ndarray:
    """Points that are forecast from, ``(n_starts,)``, the same for all methods; ValueError if there is none."""
    settings = parameters.forecast
    starts = np.arange(settings.first_point, n_points - settings.horizon_steps, settings.every_points)
    if not len(starts):
        raise ValueError(
            f"forecast.horizon_steps={settings.horizon_steps}: must be less than the "
            f"{max(0, n_points - settings.first_point)} points from forecast.first_point={settings.first_point} "
            "to the end of the trajectory"
        )
    return starts


def split(
    n_points: int, n_fitted: int, *, window_points: int, n_seen: int, horizon_steps: int, key: str = "fit.fraction"
) -> int:
    """Return the first start that networks are scored from which are fitted on the first `n_fitted` points.

    Between them lies a gap of `window_points`, so that no sound is part of both, and of the `n_seen` points that a
    forecaster sees, so that it is not shown what it was fitted on.

    Raises
    ------
    ValueError
        If too little is left to fit on, or to score forecasts of `horizon_steps` on; it begins with `key`.

    Examples
    --------
    >>> split(1270, 635, window_points=22, n_seen=20, horizon_steps=30)
    677
    """
    first_unseen = n_fitted + window_points + n_seen
    if n_fitted <= n_seen or first_unseen + horizon_steps >= n_points:
        raise ValueError(
            f"{key}: of {n_points} points {n_fitted} are to fit on and those from {first_unseen} to score on, over "
            f"{horizon_steps} steps: take a longer recording, another fraction, or a shorter forecast.horizon_steps"
        )
    return first_unseen


def split_for_networks(embedding: Arrays, parameters: TrajectoryParameters) -> tuple[int, int]:
    """Return how many points of a stored embedding networks are fitted on, and the first start they are scored from."""
    n_points = len(embedding["z"])
    n_fitted, first_scored, key = parameters.count_fitted(n_points)
    first_unseen = split(
        n_points,
        n_fitted,
        window_points=count_overlapping_points(embedding["starts_s"], embedding["ends_s"]),
        n_seen=parameters.lstm.points,
        horizon_steps=parameters.forecast.horizon_steps,
        key=key,
    )
    return n_fitted, max(first_unseen, first_scored)


def first_compared_start(embedding: Arrays, parameters: TrajectoryParameters) -> int:
    """The first initial condition that all methods of the file may be scored from: 0 if no network is among them."""
    if not set(NETWORKS) & set(parameters.forecast.methods):
        return 0
    return split_for_networks(embedding, parameters)[1]


def start_of_long_forecast(embedding: Arrays, parameters: TrajectoryParameters) -> int:
    """The point that the long forecast starts from; ValueError if it lies too near an end of the song."""
    times_s, start_s = embedding["times_s"], parameters.forecast.long_start_s
    if start_s is None:
        return first_compared_start(embedding, parameters) or len(times_s) // 2
    start = int(np.argmin(np.abs(times_s - start_s)))
    first = min(parameters.forecast.first_point, len(times_s) - 2)
    if not first <= start < len(times_s) - 1:
        raise ValueError(f"forecast.long_start_s={start_s}: must be from {times_s[first]:.2f} to {times_s[-2]:.2f}")
    return start
