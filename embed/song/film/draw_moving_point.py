"""Frames of a trajectory at one time of its song: the point, the path behind it and before it.

A frame is the still image, drawn once, and the little that moved, drawn on a copy of it. While the camera is fixed, the
path behind the point only grows, so that each of its segments is drawn once as well.
"""

import math
from collections.abc import Mapping
from typing import cast

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D

from embed.song.alignment import at_times
from embed.song.draw_trajectory import first_three_components, thin
from embed.song.film.camera import Camera
from embed.song.film.draw_time_strip import DARK, Layout, add_text, draw_still_image
from embed.song.film.paint import Segments, add_glow, mix, paint_disc
from pipeline.figures import TIME_COLOURS, describe_thinning

MIN_SIZE = 64  # pixels
AHEAD, BEHIND = 0.38, 1.0  # fraction of its colour that the path has before and behind the point
FARTHEST = 0.7  # fraction of it that is left at the far side of the box
UNPLAYED = 0.45
LIFT = 0.15  # white in the colours of time, of which the first are darker than any on paper
PATH_PX, TAIL_PX, MARKER_PX, GLOW_PX = 1.7, 4.5, 6.5, 24.0  # in the frame that the layout is designed for
HALO_PX = {0.9: 7.0, 0.75: 10.0, 0.6: 14.0, 0.45: 19.0, 0.3: 25.0}  # width of the glow of the last fraction of the tail
N_LAYERS, N_TAIL = 5, 48
WHITE = np.ones(3)


class MovingPoint:
    """Frames of a trajectory with the point at the window whose centre is played.

    Before the first centre and after the last the point rests.

    Parameters
    ----------
    embedding : mapping of str to np.ndarray
        As stored by step 3: ``z`` (n_points, latent_dim), ``times_s``, ``starts_s`` and ``ends_s`` (n_points,).
    duration_s : float
        Of the sound or film.
    spectrogram : mapping of str to np.ndarray or None
        As stored by step 1, for the strip below.
    film_size : tuple of int or None
        Height and width of the film for which room is left.
    title : str
        In the upper left corner.
    width, height : int
        Size in pixels, even.
    tail_s : float
        Duration of the bright tail.
    rotation_deg_per_s : float
        How fast the camera rotates round the trajectory; 0 for a fixed camera.

    Raises
    ------
    ValueError
        If the size, the tail or the rotation cannot be used.
    """

    def __init__(
        self,
        embedding: Mapping[str, np.ndarray],
        duration_s: float,
        *,
        spectrogram: Mapping[str, np.ndarray] | None = None,
        film_size: tuple[int, int] | None = None,
        title: str = "",
        width: int = 1280,
        height: int = 720,
        tail_s: float = 0.5,
        rotation_deg_per_s: float = 0.0,
    ):
        _check(width, height, tail_s, rotation_deg_per_s)
        latent_dim = embedding["z"].shape[1]
        points, kept = first_three_components(embedding["z"])
        self.times_s, self.duration_s = embedding["times_s"], duration_s
        self.tail_s, self.rotation_deg_per_s = tail_s, rotation_deg_per_s
        self.half_window_s = float(embedding["ends_s"][0] - embedding["starts_s"][0]) / 2
        self.layout = Layout(width, height, spectrogram is not None, film_size)
        rotation_deg = rotation_deg_per_s * duration_s
        self.camera = Camera(points, self.layout.view, rotation_deg=rotation_deg, from_above=latent_dim < 3)
        self.in_box = self.camera.in_box(points)
        self.path, _, every = thin(self.in_box)  # what is drawn of it; the point moves along all of it
        self.path_times_s = self.times_s[::every]
        colours = matplotlib.colormaps[TIME_COLOURS](self.times_s / self.times_s[-1])[:, :3]
        self.colours = mix(colours, WHITE, LIFT)
        self.path_colours = self.colours[::every]
        notes = (
            [] if kept is None else [f"3 principal components of {latent_dim} dimensions, {kept:.0%} of the variance"]
        )
        if every > 1:
            notes.append(f"path: {describe_thinning(every, len(points), 'points')}")
        note = "; ".join(notes)
        self.figure = draw_still_image(self.layout, duration_s, self.times_s[-1], spectrogram, title, note)
        self.clock = add_text(self.figure, self.layout, "", size=26, align="right")
        self._keep_still_image()

    def _keep_still_image(self) -> None:
        """Draw all that does not move, once; the strip both dark, as it lies ahead, and bright, as it was played."""
        self.figure.canvas.draw()
        self.renderer = cast(FigureCanvasAgg, self.figure.canvas).get_renderer()
        self.frame = np.asarray(self.renderer.buffer_rgba())  # (height, width, 4), what the renderer draws on
        left, bottom, right, top = self.layout.strip
        self.strip = np.s_[self.layout.height - top : self.layout.height - bottom, left:right]
        self.played = self.frame[self.strip].copy()
        self.frame[self.strip] = 255 * mix(np.array([*DARK, 1.0]), self.played / 255, UNPLAYED)
        if not self.rotation_deg_per_s:
            self._draw_path(0, len(self.path) - 1, AHEAD)
        self.still, self.so_far, self.n_behind = self.frame.copy(), self.frame.copy(), 0

    def frame_at(self, time_s: float) -> np.ndarray:
        """Return the frame at one time, ``(height, width, 4)``, RGBA of 8 bits; the next call overwrites it."""
        n_behind = max(int(np.searchsorted(self.path_times_s, time_s, side="right")) - 1, 0)
        if self.rotation_deg_per_s:
            np.copyto(self.frame, self.still)
            self._draw_path(n_behind, len(self.path) - 1, AHEAD, time_s)
            self._draw_path(0, n_behind, BEHIND, time_s)
        else:
            if n_behind < self.n_behind:
                self.so_far, self.n_behind = self.still.copy(), 0
            np.copyto(self.frame, self.so_far)
            for index in range(self.n_behind, n_behind):  # one by one, or frames depended on the frame rate
                self._draw_path(index, index + 1, BEHIND)
            np.copyto(self.so_far, self.frame)
            self.n_behind = n_behind
        self._draw_point(time_s)
        self._draw_cursor(time_s)
        self.clock.set_text(f"{time_s:.1f} s")
        self.clock.draw(self.renderer)
        return self.frame

    def pixels_at(self, times_s: np.ndarray, time_s: float) -> np.ndarray:
        """Return where the trajectory is at some times, as the camera sees it at `time_s`: ``(n_times, 2)``."""
        in_box = at_times(self.in_box, self.times_s, times_s)
        return self.camera.pixels(in_box, self.rotation_deg_per_s * time_s)[0]

    def _draw_path(self, first: int, end: int, strength: float, time_s: float = 0.0) -> None:
        """Draw the segments from point `first` to point `end`, the far ones first, thinner and darker."""
        pixels, nearness = self.camera.pixels(self.path[first : end + 1], self.rotation_deg_per_s * time_s)
        starts, ends = pixels[:-1], pixels[1:]
        strengths = strength * mix(FARTHEST, 1, nearness[:-1, None])
        colours = mix(DARK, self.path_colours[first:end], strengths)
        for layer in np.array_split(np.argsort(nearness[:-1]), min(N_LAYERS, len(starts)) or 1):
            width_px = PATH_PX * mix(0.7, 1.3, nearness[layer].mean()) if len(layer) else PATH_PX
            self._draw(Segments(starts[layer], ends[layer], colours[layer], width_px * self.layout.unit))

    def _draw_point(self, time_s: float) -> None:
        """Draw the tail, brighter and thicker towards the point, its glow, and the point as a white disc."""
        now_s = np.clip(time_s, self.times_s[0], self.times_s[-1])
        tail_s = np.linspace(max(now_s - self.tail_s, self.times_s[0]), now_s, N_TAIL + 1)
        pixels = self.pixels_at(tail_s, time_s)
        colours = at_times(self.colours, self.times_s, tail_s)
        unit = self.layout.unit
        for fraction, width_px in HALO_PX.items():
            halo = pixels[round((1 - fraction) * N_TAIL) :]
            self._draw(Line2D(*halo.T, color=colours[-1], alpha=0.07, lw=width_px * unit, solid_capstyle="round"))
        add_glow(self.frame, pixels[-1], 0.5 * colours[-1], GLOW_PX * unit)
        ramp = np.linspace(0, 1, N_TAIL)
        for part in np.array_split(np.arange(N_TAIL), N_LAYERS):
            whitened = mix(colours[part], WHITE, 0.65 * ramp[part, None])
            width_px = mix(PATH_PX, TAIL_PX, ramp[part].mean()) * unit
            self._draw(Segments(pixels[part], pixels[part + 1], whitened, width_px))
        paint_disc(self.frame, pixels[-1], WHITE, MARKER_PX * unit)

    def _draw(self, artist: Artist) -> None:
        artist.set_figure(self.figure)
        artist.draw(self.renderer)

    def _draw_cursor(self, time_s: float) -> None:
        """Brighten the strip as far as it was played and the window of the point; draw a line at the time."""
        column = self.layout.columns_of(time_s, self.duration_s)
        strip = self.frame[self.strip]
        strip[:, :column] = self.played[:, :column]
        now_s = np.clip(time_s, self.times_s[0], self.times_s[-1])
        begin, end = self.layout.columns_of(now_s + self.half_window_s * np.array([-1, 1]), self.duration_s)
        strip[:, begin:end] = 255 * mix(strip[:, begin:end] / 255, np.ones(4), 0.22)
        strip[:, max(column - 1, 0) : column + 1] = 255


def _check(width: int, height: int, tail_s: float, rotation_deg_per_s: float) -> None:
    for name, size in {"width": width, "height": height}.items():
        if size < MIN_SIZE or size % 2:
            raise ValueError(f"{name}={size}: must be even and at least {MIN_SIZE}")
    if not 0 <= tail_s < math.inf:
        raise ValueError(f"tail_s={tail_s}: must be at least 0")
    if not math.isfinite(rotation_deg_per_s):
        raise ValueError(f"rotation_deg_per_s={rotation_deg_per_s}: must be finite")
