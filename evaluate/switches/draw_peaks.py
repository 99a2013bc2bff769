"""The figure of the distance of peaks, which the source took for an estimate of r: it is that of the window."""

from itertools import product
from pathlib import Path

import numpy as np

from pipeline import figures, results
from pipeline.figures import new_figure
from pipeline.parameters import ROOT
from pipeline.studies.switches import Parameters

SOUNDS = {"recordings": ("each recording", "tab:blue", -0.12), "noise": ("white noise as long", "0.45", 0.12)}
MARKERS = "os^Dv"


def draw_peaks(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw the distances that `measure_peaks` returned against windows, if they are stored; return the paths."""
    arrays = results.load_if_fresh(parameters, "peaks", root)
    if arrays is None:
        return []
    figure = new_figure(7.5, 4.2)
    axes = figure.subplots()
    for (sound, (label, colour, offset)), (index, n_mels) in product(SOUNDS.items(), enumerate(arrays["n_mels"])):
        distances = arrays[sound][:, index]  # (n_recordings, 2)
        windows = np.broadcast_to(arrays["windows_bands"][index] + offset, distances.shape)
        marker, name = MARKERS[index % len(MARKERS)], f"{label}, {n_mels} mel bands"
        axes.scatter(windows, distances, 25, "none", marker=marker, edgecolors=colour, label=name)
    windows = np.unique(arrays["windows_bands"])
    axes.plot(windows, windows, color="black", linewidth=0.8, label="as far as the window is long")
    axes.set_xticks(windows)
    axes.set(xlabel="window that smooths spectra (mel bands)", ylabel="mean distance of peaks (mel bands)")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figures.save(figure, results.figure_path(parameters, "peaks", root))
