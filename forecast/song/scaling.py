"""The units that forecasters work in: a trajectory in its own units is scaled, and forecasts are scaled back."""

from dataclasses import dataclass

import numpy as np

from embed.song.spread import spread


@dataclass(frozen=True)
class Scaling:
    """Shifts and scales points: ``(z - offset) / factor``."""

    offset: np.ndarray  # (latent_dim,)
    factor: np.ndarray  # (latent_dim,)

    def apply(self, z: np.ndarray) -> np.ndarray:
        """Return points ``(..., latent_dim)`` in the forecasters' units."""
        return (z - self.offset) / self.factor

    def undo(self, scaled: np.ndarray) -> np.ndarray:
        """Return points in the trajectory's own units."""
        return scaled * self.factor + self.offset


def scaling_of(z: np.ndarray, scale: str) -> Scaling:
    """Return how a trajectory ``(n_points, latent_dim)`` is scaled.

    "rms" divides all axes by the root-mean-square distance of the points from their mean, which keeps the shape;
    "axes" takes each axis to [0, 1], as the paper does, so that outliers set the unit; "own" leaves it.
    """
    if scale == "own":
        return Scaling(np.zeros(z.shape[1]), np.ones(z.shape[1]))
    z = z.astype(float)
    if scale == "rms":
        return Scaling(z.mean(axis=0), np.full(z.shape[1], spread(z)))
    extent = np.ptp(z, axis=0)
    return Scaling(z.min(axis=0), np.where(extent > 0, extent, 1.0))
