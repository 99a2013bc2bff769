"""A camera that looks at a trajectory in its box, fixed or rotating round it: from latent space to pixels.

Each axis is scaled to the box, as in the figures. The camera starts on the side that shows most. Pixels are counted
from the lower left corner of the frame, as matplotlib does.
"""

import numpy as np

HALF_SIDES = np.array([1.2, 1.2, 0.75])  # of the box, wide as the frame is
ELEVATION_DEG = 22.0
AZIMUTHS_DEG = np.arange(-60.0, 300.0, 15.0)  # to choose from; matplotlib looks from the first
ABOVE_DEG = -90.0, 90.0  # from straight above: axis 1 to the right, axis 2 up
DISTANCE = 5.0  # of the camera from the middle of the box
N_VIEWS = 64
MIN_EXTENT = 1e-9  # to be divided by: a trajectory may be a single point


class Camera:
    """The map from points to pixels that keeps a trajectory inside a part of the frame while the camera rotates.

    Parameters
    ----------
    points : np.ndarray (n_points, 3)
        The trajectory.
    view_px : tuple of float
        Left, bottom, width and height of the part of the frame to fill.
    rotation_deg : float
        How far the camera will rotate.
    from_above : bool
        Whether to look straight down on the first two axes.
    """

    def __init__(
        self,
        points: np.ndarray,
        view_px: tuple[float, float, float, float],
        *,
        rotation_deg: float = 0.0,
        from_above: bool = False,
    ):
        low, high = points.min(axis=0), points.max(axis=0)
        self.middle = (low + high) / 2
        self.half_extent = np.where(high > low, (high - low) / 2, 1.0)
        self.azimuth_deg, self.elevation_deg = ABOVE_DEG
        in_box = self.in_box(points)
        if not from_above:
            self.elevation_deg = ELEVATION_DEG
            self.azimuth_deg = self._best_azimuth_deg(in_box, view_px[2:])
        angles_deg = np.clip(rotation_deg, -360, 360) * np.linspace(0, 1, N_VIEWS if rotation_deg else 1)
        projected = (self._project(in_box, angle_deg)[0] for angle_deg in angles_deg)
        ends = np.array([(positions.min(axis=0), positions.max(axis=0)) for positions in projected])
        low_px, high_px = ends[:, 0].min(axis=0), ends[:, 1].max(axis=0)
        left, bottom, width, height = view_px
        extent = np.maximum(high_px - low_px, MIN_EXTENT)
        self.px_per_unit = float(np.min(np.array([width, height]) / extent))
        self.centre_px = np.array([left + width / 2, bottom + height / 2])
        self.centre = (low_px + high_px) / 2

    def in_box(self, points: np.ndarray) -> np.ndarray:
        """Return points scaled so that the trajectory just fits into the box."""
        return (points - self.middle) / self.half_extent * HALF_SIDES

    def pixels(self, in_box: np.ndarray, rotation_deg: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """Return the positions of points of the box in pixels, ``(n_points, 2)``, and how near they are, 0 to 1."""
        projected, nearness = self._project(in_box, rotation_deg)
        return self.centre_px + (projected - self.centre) * self.px_per_unit, nearness

    def _best_azimuth_deg(self, in_box: np.ndarray, size_px: tuple[float, ...]) -> float:
        """Return the side from which the trajectory, made to fit, covers most of the frame."""
        areas = []
        for self.azimuth_deg in AZIMUTHS_DEG:
            projected, _ = self._project(in_box, 0.0)
            extent = max(np.max(np.ptp(projected, axis=0) / size_px), MIN_EXTENT)
            areas.append(np.prod(projected.std(axis=0)) / extent**2)
        return float(AZIMUTHS_DEG[np.argmax(areas)])

    def _project(self, in_box: np.ndarray, rotation_deg: float) -> tuple[np.ndarray, np.ndarray]:
        """Return positions in units of the box at its middle, ``(n_points, 2)``, and nearness."""
        azimuth, elevation = np.radians([self.azimuth_deg + rotation_deg, self.elevation_deg])
        right = np.array([-np.sin(azimuth), np.cos(azimuth), 0])
        towards = np.array(
            [np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)]
        )
        depth = in_box @ towards
        projected = in_box @ np.stack([right, np.cross(towards, right)], axis=1)  # (n_points, 2)
        radius = np.linalg.norm(HALF_SIDES)
        return projected / (1 - depth / DISTANCE)[:, None], np.clip((depth / radius + 1) / 2, 0, 1)
