"""Trajectories with known futures, and forecasting them in one call."""

import numpy as np

from evaluate.song.divergence import distances, root_mean_square
from evaluate.song.measures import measure_forecasts
from forecast.song.exclusion import ExclusionRule
from forecast.song.roll_out import roll_out
from pipeline.studies.song import Parameters

N_STEPS = 30
BLOCK = ExclusionRule("block", 22 + N_STEPS)  # as windows of 22 points and this horizon ask for


def parameters_of(**sections):
    """Parameters of a run of a song, with what the sections change."""
    values = {"name": "song", "study": "song", "run": "RF", "runs": {"RF": {}}, "sound": {"file": "none.wav"}}
    return Parameters(**values, **sections)


def forecast_of(forecaster, z, starts, rule=BLOCK, n_steps=N_STEPS):
    """What a forecaster makes of a trajectory, ``(n_starts, n_steps + 1, latent_dim)``."""
    starts = np.asarray(starts)
    return roll_out(z, starts, n_steps, forecaster.fit(z, starts, rule, n_steps))


def truth_of(z, starts, n_steps=N_STEPS):
    """What happened."""
    return z[np.asarray(starts)[:, None] + np.arange(n_steps + 1)]


def error_of(forecaster, z, starts, rule=BLOCK, n_steps=N_STEPS):
    """Root mean square error at each step."""
    return root_mean_square(distances(z, starts, forecast_of(forecaster, z, starts, rule, n_steps)))


def circle(n_points, period):
    """Round and round in two dimensions."""
    angles = 2 * np.pi * np.arange(n_points) / period
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


HOP_S = 0.25


def embedding_of_walk(rng, n_points=100, window_s=HOP_S):
    """A walk as step 3 stores it, seen through windows of this length."""
    starts_s, z = HOP_S * np.arange(n_points), np.cumsum(rng.normal(size=(n_points, 3)), axis=0)
    return {"z": z, "starts_s": starts_s, "times_s": starts_s + window_s / 2, "ends_s": starts_s + window_s}


def measures_of_astray(rng, starts, n_steps, first_start=40, size=1.0):
    """Measures of forecasts that go astray, from starts of which those from `first_start` on are compared."""
    embedding = embedding_of_walk(rng, 200)
    astray = np.cumsum(size * rng.normal(size=(len(starts), n_steps + 1, 3)), axis=1)
    astray[:, 0] = 0
    forecasts = {"starts": starts, "forecast": truth_of(embedding["z"], starts, n_steps) + astray}
    return measure_forecasts(embedding, forecasts, first_start=first_start, threshold=0.5)
