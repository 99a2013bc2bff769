"""A camera that looks at a trajectory in its box, fixed or going round it: from latent space to pixels.

Each axis is scaled to the box, as in the figures. The first look is from the side that shows most. Pixels are counted
from the lower left corner of the picture, as matplotlib does.
"""

import numpy as np

HALF_SIDES = np.array([1.2, 1.2, 0.75])  # of the box, wide as the picture is
ELEVATION_DEG = 22.0
AZIMUTHS_DEG = np.arange(-60.0, 300.0, 15.0)  # to choose from; matplotlib looks from the first
ABOVE_DEG = -90.0, 90.0  # from straight above: axis 1 to the right, axis 2 up
DISTANCE = 5.0  # of the camera from the middle of the box
N_VIEWS = 64
SMALLEST = 1e-9  # extent to be divided by: a trajectory may stand still


class Camera:
    """The way from points to pixels that keeps a trajectory inside a part of the picture while the camera turns.

    Parameters
    ----------
    points : np.ndarray (n_points, 3)
        The trajectory.
    frame_px : tuple of float
        Left, bottom, width and height of the part of the picture to fill, in pixels.
    turn_deg : float
        How far the camera will turn.
    from_above : bool
        Whether to look straight down on the first two axes.
    """

    def __init__(
        self,
        points: np.ndarray,
        frame_px: tuple[float, float, float, float],
        *,
        turn_deg: float = 0.0,
        from_above: bool = False,
    ):
        low, high = points.min(axis=0), points.max(axis=0)
        self.middle = (low + high) / 2
        self.half_extent = np.where(high > low, (high - low) / 2, 1.0)
        self.azimuth_deg, self.elevation_deg = ABOVE_DEG
        if not from_above:
            self.elevation_deg = ELEVATION_DEG
            self.azimuth_deg = self.best_azimuth_deg(self.in_box(points), frame_px[2:])
        turned = np.clip(turn_deg, -360, 360) * np.linspace(0, 1, N_VIEWS if turn_deg else 1)
        seen = [self.seen_from(self.in_box(points), angle_deg)[0] for angle_deg in turned]
        low_px, high_px = np.min(seen, axis=(0, 1)), np.max(seen, axis=(0, 1))
        left, bottom, width, height = frame_px
        extent = np.maximum(high_px - low_px, SMALLEST)
        self.px_per_unit = float(np.min(np.array([width, height]) / extent))
        self.centre_px = np.array([left + width / 2, bottom + height / 2])
        self.centre = (low_px + high_px) / 2

    def best_azimuth_deg(self, in_box: np.ndarray, size_px: tuple[float, ...]) -> float:
        """The side from which the trajectory, made to fit, is spread widest over the picture."""
        spreads = []
        for self.azimuth_deg in AZIMUTHS_DEG:
            seen, _ = self.seen_from(in_box, 0.0)
            extent = max(np.max(np.ptp(seen, axis=0) / size_px), SMALLEST)
            spreads.append(np.prod(seen.std(axis=0)) / extent**2)
        return float(AZIMUTHS_DEG[np.argmax(spreads)])

    def in_box(self, points: np.ndarray) -> np.ndarray:
        """Points scaled so that the trajectory just fits into the box."""
        return (points - self.middle) / self.half_extent * HALF_SIDES

    def pixels(self, in_box: np.ndarray, turned_deg: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """Where points of the box stand in the picture, ``(n_points, 2)`` in pixels, and how near they are, 0 to 1."""
        seen, nearness = self.seen_from(in_box, turned_deg)
        return self.centre_px + (seen - self.centre) * self.px_per_unit, nearness

    def seen_from(self, in_box: np.ndarray, turned_deg: float) -> tuple[np.ndarray, np.ndarray]:
        """The same in units of the box at its middle, before it is fitted into the picture."""
        azimuth, elevation = np.radians([self.azimuth_deg + turned_deg, self.elevation_deg])
        right = np.array([-np.sin(azimuth), np.cos(azimuth), 0])
        towards = np.array(
            [np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)]
        )
        depth = in_box @ towards
        seen = in_box @ np.stack([right, np.cross(towards, right)], axis=1)  # (n_points, 2)
        radius = np.linalg.norm(HALF_SIDES)
        return seen / (1 - depth / DISTANCE)[:, None], np.clip((depth / radius + 1) / 2, 0, 1)
