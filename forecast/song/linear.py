"""Forecasting by linear least squares: a vector autoregression.

References
----------
H. Luetkepohl, "New Introduction to Multiple Time Series Analysis", 2005, chapter 3.
"""

from collections.abc import Iterator
from typing import Self

import numpy as np

from forecast.song.exclusion import ExclusionRule
from forecast.song.roll_out import Forecaster, clips_and_velocities
from pipeline.memory import check_memory

COPIES = 4  # of all clips: as they are, with a constant, orthonormal and rotated


class VAR(Forecaster):
    """Forecast the next point as a linear function of the last, fitted anew for each start on what it may learn from.

    Parameters
    ----------
    points : int
        Last points that the next is a function of.
    """

    def __init__(self, points: int = 20):
        self.n_seen = points

    def fit(self, z: np.ndarray, starts: np.ndarray, rule: ExclusionRule, n_steps: int) -> Self:
        """Fit a map for each start; ValueError if a start may learn from fewer rows than there are coefficients."""
        if len(z) <= self.n_seen:
            raise ValueError(f"var.points={self.n_seen}: must be less than the {len(z)} points of the trajectory")
        n_values = (len(z) - self.n_seen) * (self.n_seen * z.shape[1] + 1)
        check_memory(f"var.points={self.n_seen}", COPIES * z.itemsize * n_values, "take fewer")
        clips, velocities = clips_and_velocities(z, self.n_seen)
        directions, whitened = _whiten(_with_constant(clips))
        first = np.arange(len(clips))  # points of each row; the last is the one that is learned to be forecast
        fits = _fit_by_start(whitened, velocities, first, first + self.n_seen, starts, rule)
        self.maps = np.stack([directions @ fit for fit in fits])  # (n_starts, points * latent_dim + 1, latent_dim)
        return self

    def velocity(self, seen: np.ndarray, step: int) -> np.ndarray:
        """Return what the map of each start makes of its last points."""
        return np.einsum("sp,spd->sd", _with_constant(seen), self.maps)


def _with_constant(seen: np.ndarray) -> np.ndarray:
    """Points ``(n, points, latent_dim)`` as rows with a constant 1 at the end, ``(n, points * latent_dim + 1)``."""
    return np.pad(seen.reshape(len(seen), -1), ((0, 0), (0, 1)), constant_values=1.0)


def _whiten(seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Directions, and the rows along them as orthonormal columns: overlapping windows make the rows all but dependent.

    What is less than rounding errors, as in an exact loop, is left out.
    """
    orthonormal, triangle = np.linalg.qr(seen)  # first, because it is quick on many rows, and the rest is small
    rotation, strengths, directions = np.linalg.svd(triangle, full_matrices=False)
    kept = strengths > strengths[0] * len(seen) * np.finfo(float).eps
    return directions[kept].T / strengths[kept], orthonormal @ rotation[:, kept]


def _fit_by_start(
    whitened: np.ndarray,
    velocities: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    starts: np.ndarray,
    rule: ExclusionRule,
) -> Iterator[np.ndarray]:
    """Least squares for each start on the rows it may learn from, in turn; rows hold the points `first` to `last`.

    Whichever are fewer, the allowed rows are summed or the forbidden ones taken off the sum over all.
    """
    gram, moments = np.eye(whitened.shape[1]), whitened.T @ velocities
    for start in starts:
        allowed = rule.allow(first, last, start, present=last - 1)
        n_allowed = np.count_nonzero(allowed)
        if n_allowed < whitened.shape[1]:
            raise ValueError(
                f"var.points: {whitened.shape[1]} coefficients are to be fitted to the {n_allowed} pieces of the "
                f"song that point {start} may learn from; take fewer, or another forecast.first_point"
            )
        sums_allowed = 2 * n_allowed < len(allowed)
        rows = np.flatnonzero(allowed if sums_allowed else ~allowed)
        part_gram, part_moments = whitened[rows].T @ whitened[rows], whitened[rows].T @ velocities[rows]
        if not sums_allowed:
            part_gram, part_moments = gram - part_gram, moments - part_moments
        yield np.linalg.lstsq(part_gram, part_moments, rcond=1e-10)[0]
