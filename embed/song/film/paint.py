"""Lines, discs and light for frames that are drawn many times a second.

Positions are in pixels from the lower left corner, x to the right and y upwards, as matplotlib counts them. A frame
is an array ``(height, width, 4)`` of 8 bits, and is painted on in place.
"""

from typing import Any

import numpy as np
from matplotlib.collections import Collection
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform


def mix(one: Any, other: Any, fraction: Any) -> Any:
    """Return colours or numbers between one (fraction 0) and the other (fraction 1)."""
    return one + (other - one) * fraction


class Segments(Collection):
    """Straight segments of a path in pixels, each with its colour, all of one width.

    Matplotlib's own collection makes a Path of each segment. Here one Path is transformed to all of them, which takes a
    fifth of the time.

    Parameters
    ----------
    starts, ends : np.ndarray (n_segments, 2)
        Where they begin and end.
    colours : np.ndarray (n_segments, 3)
        Red, green and blue in [0, 1].
    """

    def __init__(self, starts: np.ndarray, ends: np.ndarray, colours: np.ndarray, width_px: float):
        super().__init__(
            edgecolors=np.column_stack([colours, np.ones(len(colours))]),  # type: ignore[arg-type]  # its stub knows no arrays
            facecolors="none",
            linewidths=width_px,
            capstyle="round",
            antialiaseds=[True, True],  # two, or a single segment would be taken for a marker and put on whole pixels
            offsets=starts,  # type: ignore[arg-type]
            offset_transform=IdentityTransform(),
        )
        self.set_transform(IdentityTransform())
        self.set_paths([Path([[0, 0], [1, 0]])])
        self.set_snap(False)
        self.transforms = np.zeros((len(starts), 3, 3))
        self.transforms[:, :2, 0] = ends - starts
        self.transforms[:, 1, 1] = self.transforms[:, 2, 2] = 1

    def get_transforms(self) -> np.ndarray:  # type: ignore[override]  # which returns an array as well
        """Return how the path is rotated and scaled before it is put at the starts, ``(n_segments, 3, 3)``."""
        return self.transforms


def add_glow(frame: np.ndarray, position: np.ndarray, colour: np.ndarray, radius: float) -> None:
    """Add a soft spot of light; `radius` is its standard deviation in pixels."""
    patch, across, up = _around(frame, position, 3 * radius)
    light = np.exp(-0.5 * (up / radius) ** 2)[:, None] * np.exp(-0.5 * (across / radius) ** 2)
    patch[..., :3] = np.minimum(patch[..., :3] + 255 * light[..., None] * colour, 255)


def paint_disc(frame: np.ndarray, position: np.ndarray, colour: np.ndarray, radius: float) -> None:
    """Cover a disc with a colour; its rim is a pixel wide."""
    patch, across, up = _around(frame, position, radius + 1)
    covered = np.clip(radius - np.hypot(across, up[:, None]) + 0.5, 0, 1)[..., None]
    patch[..., :3] = 255 * mix(patch[..., :3] / 255, colour, covered)


def _around(frame: np.ndarray, position: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a view of a frame around a position, and the distances of its columns and rows from there."""
    height, width = frame.shape[:2]
    column, row = (
        position[0] - 0.5,
        height - position[1] - 0.5,
    )  # the first pixel's centre is half a pixel from the edge
    columns = np.arange(max(round(column - radius), 0), min(round(column + radius) + 1, width))
    rows = np.arange(max(round(row - radius), 0), min(round(row + radius) + 1, height))
    patch = frame[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return patch, columns - column, rows - row
