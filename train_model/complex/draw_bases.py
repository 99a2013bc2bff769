"""The pictures of complex bases: real and imaginary part of each side by side, or as two lines.

Bases are ``(2 * n_bases, n_values)``: real parts, then imaginary parts. The clearest of them, as `basis_shapes` tells,
are shown.
"""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from pipeline import figures, results
from pipeline.figures import new_figure
from pipeline.parameters import ROOT, StudyParameters
from pipeline.patches import unflatten
from train_model.complex.basis_shapes import angular_orders, clearness_of, cycles_of, power_of_pictures, power_of_waves

PATCHES_SHOWN, PATCH_COLUMNS = 24, 6
PICTURES_SHOWN, PICTURE_COLUMNS = 32, 8
WAVES_SHOWN, WAVE_COLUMNS = 18, 3
PARTS_GAP, PAIRS_GAP, ROWS_GAP = 0.06, 0.35, 0.3  # between pictures on a sheet, of their side
PATCH_SIZE_IN, PICTURE_SIZE_IN, WAVE_SIZE_IN = (0.75, 1.25), (0.6, 0.6), (4.2, 1.2)
COLOURS = "RdBu_r"
REAL_COLOUR, IMAGINARY_COLOUR = "tab:blue", "tab:red"


def draw_bases(parameters: StudyParameters, root: Path = ROOT) -> list[Path]:
    """Draw the figure `bases_<run>` of each run that is trained; returns the paths."""
    runs = [run for run in parameters.for_runs() if run.has("history")]
    stored = results.load_fresh(runs, "history", root)
    draw = {"themes": draw_patches, "signal": draw_waves, "digits": draw_pictures}[parameters.study]
    paths = []
    for run in (each for each in runs if each.run in stored):
        figure = draw(_to_complex(stored[str(run.run)]["bases"]), run)
        paths += figures.save(figure, results.figure_path(parameters, f"bases_{run.run}", root))
    return paths


def _to_complex(bases: np.ndarray) -> np.ndarray:
    """Real and imaginary parts as complex numbers, ``(n_bases, n_values)``."""
    real, imaginary = np.split(bases.astype(np.float32), 2)
    return real + 1j * imaginary


def _clearest(bases: np.ndarray, parameters: Any, n: int) -> np.ndarray:
    """Numbers of the bases that are clearest, the clearest first."""
    return np.argsort(-clearness_of(bases, parameters), kind="stable")[:n]


def draw_patches(bases: np.ndarray, parameters: Any) -> Figure:
    """The clearest bases of patches, from slow to fast changes in frequency and time."""
    patches = unflatten(bases, parameters.model.patch_frames)
    shown = patches[_clearest(bases, parameters, PATCHES_SHOWN)]
    shown = shown[np.argsort(cycles_of(shown), kind="stable")]
    length_s = shown.shape[1] * parameters.cqt.hop_samples / parameters.cqt.sample_rate_hz
    octaves = shown.shape[2] / parameters.cqt.bins_per_octave
    heading = (
        f"{parameters.run}: the {len(shown)} clearest of {len(bases)} bases, real and imaginary part;\n"
        f"each {length_s:.1f} s from left to right, {octaves:g} octaves upwards"
    )
    return draw_sheet(shown.transpose(0, 2, 1)[:, ::-1], PATCH_COLUMNS, [""] * len(shown), heading, PATCH_SIZE_IN)


def draw_pictures(bases: np.ndarray, parameters: Any) -> Figure:
    """The clearest bases of pictures, the clearest first, with the order of the rotation that they turn with."""
    pictures = unflatten(bases, parameters.images.side_pixels)
    shown = _clearest(bases, parameters, PICTURES_SHOWN)
    orders, shares = angular_orders(power_of_pictures(pictures[shown])), clearness_of(bases[shown], parameters)
    titles = [f"{order}, {100 * share:.0f} %" for order, share in zip(orders, shares, strict=True)]
    heading = (
        f"{parameters.run}: the {len(shown)} clearest of {len(bases)} bases, real and imaginary part;\n"
        "above, how often a whole turn repeats each, and how much of its power does"
    )
    return draw_sheet(pictures[shown], PICTURE_COLUMNS, titles, heading, PICTURE_SIZE_IN)


def draw_sheet(
    pictures: np.ndarray, n_columns: int, titles: list[str], heading: str, size_in: tuple[float, float]
) -> Figure:
    """Complex pictures ``(n, height, width)``, their parts side by side on one scale, row by row, a title above each.

    `size_in` are the width and height of a part.
    """
    _, height, width = pictures.shape
    n_rows = -(-len(pictures) // n_columns)
    rows_gap = ROWS_GAP if any(titles) else PARTS_GAP * 2
    pitch = np.array([height * (1 + rows_gap), 2 * width + (PARTS_GAP + PAIRS_GAP) * width]).round().astype(int)
    other_part = width + round(PARTS_GAP * width)
    sheet = np.full((n_rows * pitch[0], n_columns * pitch[1]), np.nan, np.float32)
    figure = new_figure(sheet.shape[1] / width * size_in[0], sheet.shape[0] / height * size_in[1] + 0.7)
    axes = figure.subplots()
    for number, (picture, title) in enumerate(zip(pictures, titles, strict=True)):
        row, column = np.divmod(number, n_columns) * pitch
        row += pitch[0] - height
        scale = max(np.abs(picture.real).max(), np.abs(picture.imag).max()) or 1.0
        for part, left in ((picture.real, column), (picture.imag, column + other_part)):
            sheet[row : row + height, left : left + width] = part / scale
        axes.text(column + other_part, row - 0.5, title, ha="center", va="bottom", fontsize=8)
    axes.imshow(sheet, cmap=COLOURS, vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
    axes.set_axis_off()
    figure.suptitle(heading)
    return figure


def draw_waves(bases: np.ndarray, parameters: Any) -> Figure:
    """Some of the clearest half of the bases of windows, from the lowest to the highest, both parts as lines."""
    rate_hz = parameters.sound.sample_rate_hz
    peaks_hz = np.abs(np.fft.fftfreq(bases.shape[1], 1 / rate_hz))[power_of_waves(bases).argmax(axis=1)]
    clear = _clearest(bases, parameters, max(WAVES_SHOWN, len(bases) // 2))
    clear = clear[np.argsort(peaks_hz[clear], kind="stable")]
    shown = clear[np.linspace(0, len(clear) - 1, min(WAVES_SHOWN, len(clear))).round().astype(int)]
    n_rows = -(-len(shown) // WAVE_COLUMNS)
    figure = new_figure(WAVE_SIZE_IN[0] * WAVE_COLUMNS, WAVE_SIZE_IN[1] * n_rows + 1)
    panels = figure.subplots(n_rows, WAVE_COLUMNS, sharex=True, squeeze=False).ravel()
    times_ms = 1000 * np.arange(bases.shape[1]) / rate_hz
    for axes, number in zip(panels, shown, strict=False):
        for part, colour, label in (("real", REAL_COLOUR, "real part"), ("imag", IMAGINARY_COLOUR, "imaginary part")):
            axes.plot(times_ms, getattr(bases[number], part), color=colour, label=label, linewidth=0.7)
        axes.set_title(f"{peaks_hz[number]:.0f} Hz", fontsize=9)
        axes.set(yticks=[], xlim=(0, times_ms[-1]))
    for axes in panels[len(shown) :]:
        axes.set_axis_off()
    figure.supxlabel("time (ms)", fontsize="medium")
    figure.suptitle(f"{parameters.run}: {len(shown)} of the {len(clear)} clearest of {len(bases)} bases")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower right", ncols=2)
    return figure
