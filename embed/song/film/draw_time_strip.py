"""What does not move in the video of a trajectory: title, colours of time and the spectrogram along the lower edge."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize, PowerNorm, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from embed.song.player.spectrogram import shorten
from pipeline.figures import PIXEL_COLOURS, TIME_COLOURS, as_drawn, new_figure

BACKGROUND = "#0b0d13"
DARK = np.array(to_rgb(BACKGROUND))
BRIGHT, GREY = "#f2f4f8", "#8b93a3"
PIXELS_PER_INCH = 72  # a point of matplotlib is a pixel
DESIGN_HEIGHT = 720  # of the frame that the sizes below are meant for
MARGIN, STRIP_LEFT, STRIP_BOTTOM, STRIP_HEIGHT, BAR_HEIGHT, HEADING = 40, 72, 46, 92, 6, 34
FILM_FRACTION = 0.55  # of the width, that a film next to the trajectory takes at most


@dataclass(frozen=True)
class Layout:
    """The parts of a frame in pixels, counted from its lower left corner."""

    width: int
    height: int
    has_spectrogram: bool
    film_size: tuple[int, int] | None = None  # height and width

    @property
    def unit(self) -> float:
        """Pixels to a pixel of the design."""
        return self.height / DESIGN_HEIGHT

    @property
    def strip(self) -> tuple[int, int, int, int]:
        """Left, bottom, right and top of all that runs along time."""
        top = STRIP_BOTTOM + BAR_HEIGHT + STRIP_HEIGHT * self.has_spectrogram
        right = self.width - round(MARGIN * self.unit)
        return round(STRIP_LEFT * self.unit), round(STRIP_BOTTOM * self.unit), right, round(top * self.unit)

    @property
    def view(self) -> tuple[float, float, float, float]:
        """Left, bottom, width and height of the part that the trajectory fills."""
        left, bottom, width, height = self._middle
        if self.film_size:
            taken = self.film[2] + MARGIN * self.unit
            left, width = left + taken, width - taken
        return left, bottom, width, height

    @property
    def film(self) -> tuple[int, int, int, int]:
        """Left, bottom, width and height of the film, if there is one, to the left of the trajectory."""
        left, bottom, width, height = self._middle
        film_height, film_width = self.film_size or (1, 1)
        scale = min(FILM_FRACTION * width / film_width, height / film_height)
        shown_width, shown_height = max(round(scale * film_width), 1), max(round(scale * film_height), 1)
        return round(left), round(bottom + (height - shown_height) / 2), shown_width, shown_height

    @property
    def _middle(self) -> tuple[float, float, float, float]:
        """Left, bottom, width and height of what lies between title and strip."""
        margin, bottom = MARGIN * self.unit, self.strip[3] + MARGIN * self.unit
        return margin, bottom, self.width - 2 * margin, self.height - bottom - 1.9 * margin

    def columns_of(self, times_s: np.ndarray | float, duration_s: float) -> np.ndarray:
        """Return the distance of times from the left end of the strip, rounded to pixels."""
        left, _, right, _ = self.strip
        return np.rint((right - left) * np.clip(np.asarray(times_s) / duration_s, 0, 1)).astype(int)


def draw_still_image(
    layout: Layout,
    duration_s: float,
    last_s: float,
    spectrogram: Mapping[str, np.ndarray] | None,
    title: str,
    note: str,
) -> Figure:
    """Draw title, note, time axis, and the spectrogram at full brightness; colours of time end at `last_s`."""
    figure = new_figure(layout.width / PIXELS_PER_INCH, layout.height / PIXELS_PER_INCH, layout=None)
    figure.set_dpi(PIXELS_PER_INCH)
    figure.set_facecolor(BACKGROUND)
    _make_fit(add_text(figure, layout, as_drawn(title), size=26), layout)
    add_text(figure, layout, note, size=14, colour=GREY, lower=38 if title else 0)
    left, bottom, right, top = layout.strip
    bar_top = bottom + round(BAR_HEIGHT * layout.unit)
    bar = _add_axes(figure, layout, (left, bottom, right, bar_top))
    colours = np.linspace(0, duration_s / last_s, right - left)[None]
    bar.imshow(colours, cmap=TIME_COLOURS, vmin=0, vmax=1, extent=(0, duration_s, 0, 1), aspect="auto")
    _label_seconds(bar, layout, duration_s)
    if spectrogram is not None:
        axes = _add_axes(figure, layout, (left, bar_top, right, top))
        _draw_pixels(axes, layout, duration_s, spectrogram)
    return figure


def _make_fit(title: Text, layout: Layout) -> None:
    """Make a title smaller, down to half, and then shorter, until there is room for the time to the right of it."""
    room = layout.width - 5.5 * MARGIN * layout.unit
    width = title.get_window_extent().width
    if width > room:
        title.set_fontsize(float(title.get_fontsize()) * max(room / width, 0.5))
    while title.get_window_extent().width > room:
        title.set_text(title.get_text()[:-2] + "…")


def _draw_pixels(axes: Axes, layout: Layout, duration_s: float, spectrogram: Mapping[str, np.ndarray]) -> None:
    """Draw the frames of a spectrogram at their times, and the ends of its frequency axis."""
    frames, frequencies_hz = spectrogram["frames"], spectrogram["frequencies_hz"]
    half_hop_s = float(spectrogram["hop_s"]) / 2
    extent = (spectrogram["times_s"][0] - half_hop_s, spectrogram["times_s"][-1] + half_hop_s, 0, 1)
    linear = str(spectrogram["scale"]) == "magnitude"  # in which all but the loudest is black: brighten it
    norm = PowerNorm(0.5, 0, np.quantile(frames, 0.998)) if linear else Normalize(0, 1)
    axes.imshow(shorten(frames).T, cmap=PIXEL_COLOURS, norm=norm, extent=extent, origin="lower", aspect="auto")
    ends = [f"{hz / 1000:.1f}" for hz in frequencies_hz[[0, -1]]]
    axes.set(xlim=(0, duration_s), ylim=(0, 1), xticks=[], yticks=[0.07, 0.93], yticklabels=ends)
    axes.set_ylabel("kHz", color=GREY, fontsize=12 * layout.unit, labelpad=-2 * layout.unit)
    axes.tick_params(axis="y", length=0, colors=GREY, labelsize=12 * layout.unit, pad=6 * layout.unit)


def _label_seconds(axes: Axes, layout: Layout, duration_s: float) -> None:
    """Write seconds below the strip, the unit behind the last of them."""
    locator = MaxNLocator(12, steps=[1, 2, 3, 5, 6, 10])
    seconds = [tick for tick in locator.tick_values(0, duration_s) if 0 <= tick <= duration_s]
    labels = [f"{tick:g}" for tick in seconds[:-1]] + [f"{seconds[-1]:g} s"]
    axes.set(xlim=(0, duration_s), xticks=seconds, xticklabels=labels, yticks=[])
    axes.tick_params(length=0, colors=GREY, labelsize=12 * layout.unit, pad=7 * layout.unit)


def _add_axes(figure: Figure, layout: Layout, corners: tuple[int, int, int, int]) -> Axes:
    """Add axes without a frame between pixels: left, bottom, right, top."""
    left, bottom, right, top = corners
    position = np.array([left, bottom, right - left, top - bottom]) / (2 * [layout.width, layout.height])
    axes = figure.add_axes(tuple(position))
    axes.set_facecolor(matplotlib.colormaps[PIXEL_COLOURS](0.0))
    axes.spines[:].set_visible(False)
    return axes


def add_text(
    figure: Figure,
    layout: Layout,
    text: str,
    *,
    size: float,
    colour: str = BRIGHT,
    align: Literal["left", "right"] = "left",
    lower: float = 0.0,
) -> Text:
    """Add text to one of the upper corners, or `lower` pixels below it; a dollar sign is no formula."""
    from_edge = MARGIN * layout.unit / layout.width
    x, y = from_edge if align == "left" else 1 - from_edge, 1 - (HEADING + lower) * layout.unit / layout.height
    style: dict[str, Any] = {"fontsize": size * layout.unit, "color": colour, "ha": align, "parse_math": False}
    return figure.text(x, y, text, va="top", **style)
