"""The forecasts of a song's trajectory by one method: from every initial condition, and a long one."""

from collections.abc import Mapping

import numpy as np

from forecast.song.exclusion import ExclusionRule
from forecast.song.methods import Method
from forecast.song.roll_out import roll_out
from forecast.song.scaling import scaling_of
from forecast.song.split import Split, split
from pipeline.sections.forecasting import NETWORKS
from pipeline.studies.song import Parameters
from pipeline.windows import count_overlapping_points

MAX_FRACTION = 5


def forecast_song(
    embedding: Mapping[str, np.ndarray], method: Method, parameters: Parameters, *, first_start: int = 0
) -> dict[str, np.ndarray]:
    """All forecasts by one method, in the units of the trajectory.

    Parameters
    ----------
    embedding : mapping of str to np.ndarray
        As stored by step 3.
    method : Method
        The forecaster.
    parameters : Parameters
        Of the run.
    first_start : int
        Initial conditions before this point are left out: a network was fitted on them.

    Returns
    -------
    dict of str to np.ndarray
        ``starts`` (n_starts,), the points from which is forecast, and ``starts_s``, the centres of their windows;
        ``forecast`` (n_starts, horizon_steps + 1, latent_dim), step 0 the point itself; ``long_start``, and
        ``long_forecast`` (n_steps + 1, latent_dim) from there, which ends with the song at the latest, and is no longer
        than a fifth of it, so that something is left to learn from.

    Raises
    ------
    ValueError
        If the song is too short.
    """
    z, overlap = embedding["z"], count_overlapping_points(embedding["starts_s"], embedding["ends_s"])
    starts = initial_conditions(len(z), parameters)
    starts = starts[starts >= first_start]
    if not len(starts):
        raise ValueError(
            f"forecast.every_points={parameters.forecast.every_points}: no initial condition is at point {first_start} "
            "or later, where networks may be scored"
        )
    long_start = start_of_long_forecast(embedding, parameters)
    n_long = min(parameters.forecast.long_steps, len(z) - 1 - long_start, len(z) // MAX_FRACTION)
    return {
        "starts": starts,
        "starts_s": embedding["times_s"][starts],
        "forecast": forecast_from(z, starts, parameters.forecast.horizon_steps, method, overlap),
        "long_start": np.array(long_start),
        "long_forecast": forecast_from(z, np.array([long_start]), n_long, method, overlap)[0],
    }


def forecast_from(z: np.ndarray, starts: np.ndarray, n_steps: int, method: Method, overlap: int) -> np.ndarray:
    """Forecasts ``(n_starts, n_steps + 1, latent_dim)`` of a trajectory whose points share sound over `overlap`."""
    scaling, rule = scaling_of(z, method.scale), ExclusionRule(method.learn_from, overlap + n_steps)
    scaled = scaling.apply(z)
    return scaling.undo(roll_out(scaled, starts, n_steps, method.make(scaled, starts, rule, n_steps)))


def initial_conditions(n_points: int, parameters: Parameters) -> np.ndarray:
    """Points that are forecast from, ``(n_starts,)``, the same for all methods; ValueError if there is none."""
    settings = parameters.forecast
    starts = np.arange(settings.first_point, n_points - settings.horizon_steps, settings.every_points)
    if not len(starts):
        raise ValueError(
            f"forecast.horizon_steps={settings.horizon_steps}: must be less than the "
            f"{max(0, n_points - settings.first_point)} points from forecast.first_point={settings.first_point} "
            "to the end of the song"
        )
    return starts


def split_for_networks(embedding: Mapping[str, np.ndarray], parameters: Parameters) -> Split:
    """What networks are fitted on, and what they are scored on; ValueError if the song is too short for both."""
    return split(
        len(embedding["z"]),
        parameters.fit.fraction,
        window_points=count_overlapping_points(embedding["starts_s"], embedding["ends_s"]),
        n_seen=parameters.lstm.points,
        horizon_steps=parameters.forecast.horizon_steps,
    )


def first_compared_start(embedding: Mapping[str, np.ndarray], parameters: Parameters) -> int:
    """The first initial condition that all methods of the file may be scored from: 0 if no network is among them."""
    if not set(NETWORKS) & set(parameters.forecast.methods):
        return 0
    return split_for_networks(embedding, parameters).first_unseen


def start_of_long_forecast(embedding: Mapping[str, np.ndarray], parameters: Parameters) -> int:
    """The point that the long forecast starts from; ValueError if it lies too near an end of the song."""
    times_s, start_s = embedding["times_s"], parameters.forecast.long_start_s
    if start_s is None:
        return first_compared_start(embedding, parameters) or len(times_s) // 2
    start = int(np.argmin(np.abs(times_s - start_s)))
    first = min(parameters.forecast.first_point, len(times_s) - 2)
    if not first <= start < len(times_s) - 1:
        raise ValueError(f"forecast.long_start_s={start_s}: must be from {times_s[first]:.2f} to {times_s[-2]:.2f}")
    return start
