"""The pictures of complex bases: real and imaginary part of each side by side, or as two lines.

Bases are ``(2 * n_bases, n_values)``: real parts, then imaginary parts. Which are shown, and in what order, is told by
their Fourier transform: along time and frequency for patches, around the middle for pictures, along time for windows.
"""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from scipy.ndimage import map_coordinates

from pipeline import figures, results
from pipeline.figures import new_figure
from pipeline.parameters import ROOT, StudyParameters
from pipeline.patches import unflatten

PATCHES_SHOWN, PATCH_COLUMNS = 24, 6
PICTURES_SHOWN, PICTURE_COLUMNS = 48, 8
WAVES_SHOWN, WAVE_COLUMNS = 20, 4
PARTS_GAP, PAIRS_GAP, ROWS_GAP = 0.06, 0.35, 0.3  # between pictures on a sheet, of their side
PATCH_SIZE_IN, PICTURE_SIZE_IN = (0.75, 1.25), (0.6, 0.6)
COLOURS = "RdBu_r"
REAL_COLOUR, IMAGINARY_COLOUR = "tab:blue", "tab:red"
N_ANGLES = 128  # places on a circle, at which the order of a rotation is read


def draw_bases(parameters: StudyParameters, root: Path = ROOT) -> list[Path]:
    """Draw the figure `bases_<run>` of each run that is trained; returns the paths."""
    runs = [run for run in parameters.for_runs() if run.has("history")]
    stored = results.load_fresh(runs, "history", root)
    draw = {"themes": draw_patches, "signal": draw_waves, "digits": draw_pictures}[parameters.study]
    paths = []
    for run in (each for each in runs if each.run in stored):
        figure = draw(to_complex(stored[str(run.run)]["bases"]), run)
        paths += figures.save(figure, results.figure_path(parameters, f"bases_{run.run}", root))
    return paths


def to_complex(bases: np.ndarray) -> np.ndarray:
    """Real and imaginary parts as complex numbers, ``(n_bases, n_values)``."""
    real, imaginary = np.split(bases.astype(np.float32), 2)
    return real + 1j * imaginary


def draw_patches(bases: np.ndarray, parameters: Any) -> Figure:
    """The bases of patches with the largest norms, in order of how fast they change in frequency and time."""
    largest = np.argsort(-np.linalg.norm(bases, axis=1), kind="stable")[:PATCHES_SHOWN]
    patches = unflatten(bases[largest], parameters.model.patch_frames)
    patches = patches[np.argsort(cycles_of(patches), kind="stable")]
    length_s = patches.shape[1] * parameters.cqt.hop_samples / parameters.cqt.sample_rate_hz
    octaves = patches.shape[2] / parameters.cqt.bins_per_octave
    heading = (
        f"{parameters.run}: the {len(patches)} largest of {len(bases)} bases, real and imaginary part;\n"
        f"each {length_s:.1f} s from left to right, {octaves:g} octaves upwards"
    )
    return draw_sheet(patches.transpose(0, 2, 1)[:, ::-1], PATCH_COLUMNS, [""] * len(patches), heading, PATCH_SIZE_IN)


def cycles_of(patches: np.ndarray) -> np.ndarray:
    """How many cycles each complex patch ``(n, n_frames, n_bins)`` has at the peak of its Fourier transform."""
    power = np.abs(np.fft.fft2(patches)).reshape(len(patches), -1)
    rates = [np.fft.fftfreq(n, 1 / n) for n in patches.shape[1:]]
    return np.hypot(*np.meshgrid(*rates, indexing="ij")).ravel()[power.argmax(axis=1)]


def draw_pictures(bases: np.ndarray, parameters: Any) -> Figure:
    """The bases of pictures with the largest norms, in the order of the rotation that they turn with."""
    largest = np.argsort(-np.linalg.norm(bases, axis=1), kind="stable")[:PICTURES_SHOWN]
    side = parameters.images.side_pixels
    pictures = unflatten(bases[largest], side)
    orders = angular_orders(pictures)
    in_order = np.argsort(orders, kind="stable")
    titles = [str(order) for order in orders[in_order]]
    heading = (
        f"{parameters.run}: {len(pictures)} of {len(bases)} bases, real and imaginary part;\n"
        "above, how often a turn brings each back to itself"
    )
    return draw_sheet(pictures[in_order], PICTURE_COLUMNS, titles, heading, PICTURE_SIZE_IN)


def angular_orders(pictures: np.ndarray) -> np.ndarray:
    """The order of the circular harmonic with most power in each complex picture ``(n, side, side)``."""
    middle = (pictures.shape[1] - 1) / 2
    radii = np.arange(1, np.floor(middle) + 1)
    angles = 2 * np.pi * np.arange(N_ANGLES) / N_ANGLES
    places = middle + radii[:, None] * np.stack([-np.sin(angles), np.cos(angles)])[:, None]
    rings = np.array([map_coordinates(p.real, places, order=1) + 1j * map_coordinates(p.imag, places, order=1)
                      for p in pictures])  # fmt: skip
    power = (np.square(np.abs(np.fft.fft(rings))) * radii[:, None]).sum(axis=1)  # (n_pictures, N_ANGLES)
    orders = np.abs(np.fft.fftfreq(N_ANGLES, 1 / N_ANGLES)).astype(int)
    both_ways = np.array([np.bincount(orders, each) for each in power])
    return both_ways.argmax(axis=1)


def draw_sheet(
    pictures: np.ndarray, n_columns: int, titles: list[str], heading: str, size_in: tuple[float, float]
) -> Figure:
    """Complex pictures ``(n, height, width)``, their parts side by side on one scale, row by row, a title above each.

    `size_in` are the width and height of a part.
    """
    _, height, width = pictures.shape
    n_rows = -(-len(pictures) // n_columns)
    pitch = np.array([height * (1 + ROWS_GAP), 2 * width + (PARTS_GAP + PAIRS_GAP) * width]).round().astype(int)
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
    """Bases of windows from the lowest to the highest, both parts as lines."""
    rate_hz = parameters.sound.sample_rate_hz
    peaks_hz = np.square(np.abs(np.fft.rfft([bases.real, bases.imag]))).sum(axis=0).argmax(axis=1) * rate_hz
    peaks_hz = peaks_hz / bases.shape[1]
    in_order = np.argsort(peaks_hz, kind="stable")
    shown = in_order[np.linspace(0, len(bases) - 1, min(WAVES_SHOWN, len(bases))).round().astype(int)]
    n_rows = -(-len(shown) // WAVE_COLUMNS)
    figure = new_figure(2.5 * WAVE_COLUMNS, 1.3 * n_rows + 1)
    panels = figure.subplots(n_rows, WAVE_COLUMNS, sharex=True, squeeze=False).ravel()
    times_ms = 1000 * np.arange(bases.shape[1]) / rate_hz
    for axes, number in zip(panels, shown, strict=False):
        for part, colour, label in (("real", REAL_COLOUR, "real part"), ("imag", IMAGINARY_COLOUR, "imaginary part")):
            axes.plot(times_ms, getattr(bases[number], part), color=colour, label=label, linewidth=0.9)
        axes.set_title(f"{peaks_hz[number]:.0f} Hz", fontsize=9)
        axes.set(yticks=[], xlim=(0, times_ms[-1]))
    for axes in panels[len(shown) :]:
        axes.set_axis_off()
    figure.supxlabel("time (ms)", fontsize="medium")
    figure.suptitle(f"{parameters.run}: {len(shown)} of {len(bases)} bases")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right upper")
    return figure
