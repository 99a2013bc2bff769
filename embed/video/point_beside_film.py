"""Frames of a trajectory at one time of its film: the film to the left of the moving point."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from embed.song.film.draw_moving_point import MovingPoint
from save_dataset.video.film import OpenFilm


class PointBesideFilm(MovingPoint):
    """A moving point next to its film, which is read once, from its beginning on: times do not fall."""

    def __init__(self, embedding: Mapping[str, np.ndarray], film: OpenFilm, duration_s: float, **settings: Any):
        super().__init__(embedding, duration_s, film_size=film.size, **settings)
        left, bottom, width, height = self.layout.film
        top = self.layout.height - bottom - height
        self.place = np.s_[top : top + height, left : left + width, :3]
        self.rate_hz, self.index = float(film.rate_hz), -1
        self.picture = np.zeros((height, width, 3), np.uint8)
        self.pictures = film.pictures((height, width), "rgb24", decimation=1)

    def frame_at(self, time_s: float) -> np.ndarray:
        """Return the frame at one time, with the picture that the film shows then."""
        frame = super().frame_at(time_s)
        while self.index < math.floor(time_s * self.rate_hz + 1e-6):  # times on the edge of a frame are rounded
            self.picture = next(self.pictures, self.picture)
            self.index += 1
        frame[self.place] = self.picture
        return frame
