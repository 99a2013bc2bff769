"""Trajectories with known futures, and forecasting them in one call."""

import numpy as np

from evaluate.song.divergence import distances, root_mean_square
from forecast.song.exclusion import ExclusionRule
from forecast.song.roll_out import roll_out

N_STEPS = 30
BLOCK = ExclusionRule("block", 22 + N_STEPS)  # as windows of 22 points and this horizon ask for


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
