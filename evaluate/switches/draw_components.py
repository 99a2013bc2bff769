"""Figure and table of codes: the map of clips, how much of them each slider explains, and what it does."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from embed.switches.codes import Codes, load_codes
from embed.switches.sliders import chance_level, describe_slider
from pipeline import figures, results, tables
from pipeline.figures import new_figure
from pipeline.parameters import ROOT
from pipeline.studies.switches import Parameters
from save_dataset.switches.clips import load_clips

MAX_SLIDERS = 16
MAX_NAMES = 24  # of clips that are on the map by their numbers


def draw_components(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw the components of the run that is drawn, and write the table of sliders, if it is embedded."""
    drawn = parameters.for_run(parameters.figures.run or next(iter(parameters.runs)))
    if not (drawn.has("embedding") and results.is_fresh(drawn, "embedding", root)):
        return []
    codes, names = load_codes(drawn, root), load_clips(parameters, root).names
    paths = figures.save_all({"components": draw_codes(codes, names)}, parameters, root)
    return paths + tables.save_all({"sliders": slider_rows(codes)}, parameters, root)


def draw_codes(codes: Codes, names: np.ndarray) -> Figure:
    """Draw codes on the first two components with the names of their clips, and the first sixteen sliders."""
    figure = new_figure(12, 4.8)
    on_map, bars, matrix = figure.subplots(1, 3, width_ratios=[2, 1, 1])
    positions = np.pad(codes.sliders_of(codes.codes), ((0, 0), (0, 1)))[:, :2]  # of two clips there is one slider
    for number, (position, name) in enumerate(zip(positions, names, strict=True), start=1):
        on_map.plot(*position, "o", markersize=3, color="tab:blue", label=f"{number}: {name}")
        on_map.annotate(str(number), position, (3, 2), textcoords="offset points", fontsize=7)
    if len(names) <= MAX_NAMES:
        figure.legend(loc="outside left upper", fontsize=7, handlelength=0, handletextpad=0, markerscale=0)
    on_map.set(xlabel="slider 1 (standard deviations)", ylabel="slider 2 (standard deviations)")
    numbers, n_properties = np.arange(1, min(codes.n_sliders, MAX_SLIDERS) + 1), len(codes.properties)
    bars.barh(numbers, 100 * codes.explained[: len(numbers)], color="tab:gray")
    bars.set(xlabel="variance explained (%)", ylabel="slider", yticks=numbers, ylim=(len(numbers) + 0.5, 0.5))
    shown, extent = codes.correlations[: len(numbers)], (0, n_properties, len(numbers) + 0.5, 0.5)
    image = matrix.imshow(shown, cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto", extent=extent)
    for slider, index in np.argwhere(np.abs(shown) > chance_level(codes.correlations.size)):
        colour = "white" if abs(shown[slider, index]) > 0.6 else "black"
        at = (index + 0.5, slider + 1)
        matrix.text(*at, f"{shown[slider, index]:.2f}", ha="center", va="center", fontsize=7, color=colour)
    matrix.set_xticks(np.arange(n_properties) + 0.5, codes.properties.tolist(), rotation=30)
    matrix.set(yticks=numbers, ylabel="slider", xlabel="numbers: beyond chance")
    figure.colorbar(image, ax=matrix, label="correlation with the generated sound")
    return figure


def slider_rows(codes: Codes) -> list[dict[str, str]]:
    """Return a row for each slider: variance, change of the sound, correlations, and what it does in words."""
    return [
        {"slider": str(slider + 1), "variance (%)": f"{100 * codes.explained[slider]:.1f}"}
        | {"change from -2 to 2 (dB)": f"{codes.change_db[slider]:.1f}"}
        | {str(name): f"{r:.2f}" for name, r in zip(codes.properties, codes.correlations[slider], strict=True)}
        | {"does": describe_slider(codes, slider)}
        for slider in range(codes.n_sliders)
    ]
