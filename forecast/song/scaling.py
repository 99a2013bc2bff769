"""The units that forecasters work in: a trajectory in its own units is scaled, and forecasts are scaled back."""

from dataclasses import dataclass

import numpy as np

from embed.song.spread import spread


@dataclass(frozen=True)
class Scaling:
    """Moves and scales points: ``(z - offset) / factor``.

    Attributes
    ----------
    offset, factor : np.ndarray (latent_dim,)
        In the units of the trajectory.
    """

    offset: np.ndarray
    factor: np.ndarray

    def apply(self, z: np.ndarray) -> np.ndarray:
        """Points ``(..., latent_dim)`` in the forecasters' units."""
        return (z - self.offset) / self.factor

    def undo(self, scaled: np.ndarray) -> np.ndarray:
        """Points in the trajectory's own units."""
        return scaled * self.factor + self.offset


def scaling_of(z: np.ndarray, scale: str) -> Scaling:
    """How a trajectory is scaled.

    Parameters
    ----------
    z : np.ndarray (n_points, latent_dim)
        The trajectory.
    scale : str
        "rms" divides all axes by the root-mean-square distance of the points from their mean, which keeps the
        shape; "axes" takes each axis to [0, 1], as the paper does, so that outliers set the unit; "own" leaves it.
    """
    if scale == "own":
        return Scaling(np.zeros(z.shape[1]), np.ones(z.shape[1]))
    z = z.astype(float)
    if scale == "rms":
        return Scaling(z.mean(axis=0), np.full(z.shape[1], spread(z)))
    extent = np.ptp(z, axis=0)
    return Scaling(z.min(axis=0), np.where(extent > 0, extent, 1.0))
