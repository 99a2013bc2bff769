"""What every forecast is shown beside: staying, going straight on, and knowing nothing but the mean."""

import numpy as np

from forecast.song.roll_out import Forecaster


def persistence() -> Forecaster:
    """Forecaster that stays where it is."""
    return Forecaster(1, lambda seen, step: np.zeros_like(seen[:, -1]))


def constant_velocity() -> Forecaster:
    """Forecaster that goes on as it came."""
    return Forecaster(2, lambda seen, step: seen[:, -1] - seen[:, -2])


def climatology(z: np.ndarray) -> Forecaster:
    """Forecaster that goes to the mean of the trajectory at once and stays there."""
    mean = z.mean(axis=0)
    return Forecaster(1, lambda seen, step: mean - seen[:, -1])
