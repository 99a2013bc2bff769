"""Figures of complex bases, by the kind of data they are of: parts of an image side by side, of a window as two lines.

Bases are ``(2 * n_bases, n_values)``: real parts, then imaginary parts. The clearest of them, as `basis_shapes` defines
it, are shown.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline import figures, results
from pipeline.figures import new_figure
from pipeline.parameters import ROOT
from pipeline.patches import unflatten
from pipeline.studies import digits, signal, themes
from train_model.complex import basis_shapes
from train_model.complex.parameters import ComplexParameters

PATCHES_SHOWN, PATCH_COLUMNS = 24, 6
IMAGES_SHOWN, IMAGE_COLUMNS = 32, 8
WAVES_SHOWN, WAVE_COLUMNS = 18, 3
PARTS_GAP, PAIRS_GAP, ROWS_GAP = 0.06, 0.35, 0.3  # between images on a sheet, of their side
PATCH_SIZE_IN, IMAGE_SIZE_IN, WAVE_SIZE_IN = (0.75, 1.25), (0.6, 0.6), (4.2, 1.2)
SIGNED_COLOURS = "RdBu_r"
REAL_COLOUR, IMAGINARY_COLOUR = "tab:blue", "tab:red"

Colours = Literal["grey", "signed"]  # of values, of bases around 0


class View(Protocol):
    """How the flat values of a kind of data, and complex bases of them ``(n_bases, n_values)``, are drawn."""

    def clearness(self, bases: np.ndarray) -> np.ndarray:
        """Return how clear each basis is, ``(n_bases,)``, 0 to 1."""

    def draw(self, axes: Axes, values: np.ndarray, colours: Colours) -> None:
        """Draw flat values."""

    def draw_bases(self, bases: np.ndarray) -> Figure:
        """Draw the clearest bases."""


class PatchView:
    """Patches of a constant-Q transform: time to the right, frequency upwards."""

    def __init__(self, parameters: themes.Parameters):
        self.parameters, self.patch_frames = parameters, parameters.model.patch_frames

    def clearness(self, bases: np.ndarray) -> np.ndarray:
        """Return the clearness of gratings."""
        return basis_shapes.clearness(basis_shapes.power_of_patches(unflatten(bases, self.patch_frames)))

    def draw(self, axes: Axes, values: np.ndarray, colours: Colours) -> None:
        """Draw a patch."""
        _draw_image(axes, unflatten(values, self.patch_frames).T, "lower", colours)

    def draw_bases(self, bases: np.ndarray) -> Figure:
        """Draw the clearest bases, from slow to fast changes in frequency and time."""
        cqt, patches = self.parameters.cqt, unflatten(bases, self.patch_frames)
        shown = patches[clearest(self, bases, PATCHES_SHOWN)]
        shown = shown[np.argsort(basis_shapes.cycles_of(shown), kind="stable")]
        length_s = shown.shape[1] * cqt.hop_samples / cqt.sample_rate_hz
        heading = (
            f"{self.parameters.run}: the {len(shown)} clearest of {len(bases)} bases, real and imaginary part;\n"
            f"each {length_s:.1f} s from left to right, {shown.shape[2] / cqt.bins_per_octave:g} octaves upwards"
        )
        return draw_sheet(shown.transpose(0, 2, 1)[:, ::-1], PATCH_COLUMNS, [""] * len(shown), heading, PATCH_SIZE_IN)


class ImageView:
    """Square images."""

    def __init__(self, parameters: digits.Parameters):
        self.parameters, self.side_pixels = parameters, parameters.images.side_pixels

    def clearness(self, bases: np.ndarray) -> np.ndarray:
        """Return the clearness of circular harmonics."""
        return basis_shapes.clearness(basis_shapes.power_of_images(unflatten(bases, self.side_pixels)), near_bins=0)

    def draw(self, axes: Axes, values: np.ndarray, colours: Colours) -> None:
        """Draw an image."""
        _draw_image(axes, values.reshape(round(np.sqrt(len(values))), -1), "upper", colours)
        axes.set_aspect("equal")

    def draw_bases(self, bases: np.ndarray) -> Figure:
        """Draw the clearest bases, the clearest first, with the order of the circular harmonic of each."""
        shown = clearest(self, bases, IMAGES_SHOWN)
        images = unflatten(bases[shown], self.side_pixels)
        orders = basis_shapes.angular_orders(basis_shapes.power_of_images(images))
        fractions = self.clearness(bases[shown])
        titles = [f"{order}, {100 * fraction:.0f} %" for order, fraction in zip(orders, fractions, strict=True)]
        heading = (
            f"{self.parameters.run}: the {len(shown)} clearest of {len(bases)} bases, real and imaginary part;\n"
            "above, how often a whole turn repeats each, and how much of its power does"
        )
        return draw_sheet(images, IMAGE_COLUMNS, titles, heading, IMAGE_SIZE_IN)


class WindowView:
    """Windows of sound."""

    def __init__(self, parameters: signal.Parameters):
        self.run, self.sample_rate_hz = parameters.run, parameters.sound.sample_rate_hz

    def clearness(self, bases: np.ndarray) -> np.ndarray:
        """Return the clearness of waves."""
        return basis_shapes.clearness(basis_shapes.power_of_waves(bases))

    def draw(self, axes: Axes, values: np.ndarray, colours: Colours) -> None:
        """Draw a window."""
        axes.plot(values, linewidth=0.7, color="0.2" if colours == "grey" else "tab:blue")
        axes.set(xticks=[], yticks=[], xmargin=0)

    def draw_bases(self, bases: np.ndarray) -> Figure:
        """Draw some of the clearest half of the bases, from the lowest to the highest, both parts as lines."""
        frequencies_hz = np.abs(np.fft.fftfreq(bases.shape[1], 1 / self.sample_rate_hz))
        peaks_hz = frequencies_hz[basis_shapes.power_of_waves(bases).argmax(axis=1)]
        clear = clearest(self, bases, max(WAVES_SHOWN, len(bases) // 2))
        clear = clear[np.argsort(peaks_hz[clear], kind="stable")]
        shown = clear[np.linspace(0, len(clear) - 1, min(WAVES_SHOWN, len(clear))).round().astype(int)]
        n_rows = -(-len(shown) // WAVE_COLUMNS)
        figure = new_figure(WAVE_SIZE_IN[0] * WAVE_COLUMNS, WAVE_SIZE_IN[1] * n_rows + 1)
        panels = figure.subplots(n_rows, WAVE_COLUMNS, sharex=True, squeeze=False).ravel()
        times_ms = 1000 * np.arange(bases.shape[1]) / self.sample_rate_hz
        for axes, basis in zip(panels, shown, strict=False):
            axes.plot(times_ms, bases[basis].real, color=REAL_COLOUR, label="real part", linewidth=0.7)
            axes.plot(times_ms, bases[basis].imag, color=IMAGINARY_COLOUR, label="imaginary part", linewidth=0.7)
            axes.set_title(f"{peaks_hz[basis]:.0f} Hz", fontsize=9)
            axes.set(yticks=[], xlim=(0, times_ms[-1]))
        for axes in panels[len(shown) :]:
            axes.set_axis_off()
        figure.supxlabel("time (ms)", fontsize="medium")
        figure.suptitle(f"{self.run}: {len(shown)} of the {len(clear)} clearest of {len(bases)} bases")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower right", ncols=2)
        return figure


VIEWS: dict[str, Callable[[Any], View]] = {"recordings": PatchView, "samples": WindowView, "images": ImageView}


def view_of(parameters: ComplexParameters) -> View:
    """Return the view of what a run learns from."""
    return VIEWS[parameters.DATA](parameters)


def draw_bases(parameters: ComplexParameters, root: Path = ROOT) -> list[Path]:
    """Draw the figure `bases_<run>` of each run that is trained, and return the paths."""
    runs = [run for run in parameters.for_runs() if run.has("history")]
    paths = []
    for name, history in results.load_fresh(runs, "history", root).items():
        figure = view_of(parameters.for_run(name)).draw_bases(to_complex(history["bases"]))
        paths += figures.save(figure, results.figure_path(parameters, f"bases_{name}", root))
    return paths


def to_complex(bases: np.ndarray) -> np.ndarray:
    """Return real and imaginary parts as complex numbers, ``(n_bases, n_values)``."""
    real, imaginary = np.split(bases.astype(np.float32), 2)
    return real + 1j * imaginary


def clearest(view: View, bases: np.ndarray, n: int) -> np.ndarray:
    """Return the indices of the n clearest bases, the clearest first."""
    return np.argsort(-view.clearness(bases), kind="stable")[:n]


def _draw_image(axes: Axes, image: np.ndarray, origin: Literal["lower", "upper"], colours: Colours) -> None:
    """Draw an image ``(height, width)``: values grey by grey, bases in two colours around 0."""
    largest = max(np.abs(image).max(), 1e-12)
    scale = {"cmap": "gray_r"} if colours == "grey" else {"cmap": SIGNED_COLOURS, "vmin": -largest, "vmax": largest}
    axes.imshow(image, origin=origin, aspect="auto", interpolation="nearest", **scale)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)


def draw_sheet(
    images: np.ndarray, n_columns: int, titles: list[str], heading: str, size_in: tuple[float, float]
) -> Figure:
    """Draw complex images ``(n, height, width)``, parts of `size_in` side by side on one scale, a title above each."""
    _, height, width = images.shape
    n_rows = -(-len(images) // n_columns)
    rows_gap = ROWS_GAP if any(titles) else PARTS_GAP * 2
    pitch = np.array([height * (1 + rows_gap), 2 * width + (PARTS_GAP + PAIRS_GAP) * width]).round().astype(int)
    other_part = width + round(PARTS_GAP * width)
    sheet = np.full((n_rows * pitch[0], n_columns * pitch[1]), np.nan, np.float32)
    figure = new_figure(sheet.shape[1] / width * size_in[0], sheet.shape[0] / height * size_in[1] + 0.7)
    axes = figure.subplots()
    for index, (image, title) in enumerate(zip(images, titles, strict=True)):
        row, column = np.divmod(index, n_columns) * pitch
        row += pitch[0] - height
        scale = max(np.abs(image.real).max(), np.abs(image.imag).max()) or 1.0
        for part, left in ((image.real, column), (image.imag, column + other_part)):
            sheet[row : row + height, left : left + width] = part / scale
        axes.text(column + other_part, row - 0.5, title, ha="center", va="bottom", fontsize=8)
    axes.imshow(sheet, cmap=SIGNED_COLOURS, vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
    axes.set_axis_off()
    figure.suptitle(heading)
    return figure
