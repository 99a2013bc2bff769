"""Figures of what the protocol does, and of how a trajectory comes back to itself."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from pipeline.figures import METHOD_COLOURS, METHOD_NAMES, colour_of, new_figure
from pipeline.results import Arrays

SIGNIFICANT = 0.05  # a period is reported only where shuffled pieces return as well more rarely than this


def draw_exclusion(controls: Mapping[str, Arrays]) -> Figure:
    """Draw how long KNN forecasts are valid against the block around the start that they may not learn from.

    A leak shows as a curve that falls until windows cease to share sound, which is marked.
    """
    figure = new_figure(7, 3.8)
    axes = figure.add_subplot()
    for run, measures in controls.items():
        colour, hop_s = colour_of(run, list(controls)), measures["hop_s"]
        sizes_s, times_s = hop_s * measures["exclusion_points"], hop_s * measures["exclusion_valid_steps"]
        axes.plot(sizes_s, times_s, ".-", color=colour, label=run)
        axes.axvline(float(measures["overlap_points"] * hop_s), color=colour, linestyle=":", linewidth=0.8)
    axes.set(xlabel="excluded on either side of the start (s); dotted: a window", ylim=(0, None), xlim=(0, None))
    axes.set_ylabel("median valid prediction time (s)")
    axes.set_title(_which_starts(controls), fontsize=10)
    axes.legend()
    return figure


def draw_controls(controls: Mapping[str, Arrays]) -> Figure:
    """Draw how many steps forecasts of the song and of reference systems are valid: a panel for each run."""
    figure = new_figure(3.3 * len(controls) + 1.6, 3.6)
    panels = figure.subplots(1, len(controls), squeeze=False, sharey=True, sharex=True)[0]
    for axes, (run, measures) in zip(panels, controls.items(), strict=True):
        methods, systems = measures["methods"], measures["controls"]
        height = 0.8 / len(methods)
        for index, method in enumerate(methods):
            y, steps = np.arange(len(systems)) - 0.4 + (index + 0.5) * height, measures["valid_steps"][:, index]
            axes.barh(y, steps, height, color=METHOD_COLOURS[method], label=METHOD_NAMES[method])
        axes.set(title=run, xlabel="median valid steps", yticks=range(len(systems)), yticklabels=systems)
    panels[0].invert_yaxis()
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right center")
    if thinned := _which_starts(controls):
        figure.suptitle(thinned, fontsize=10)
    return figure


def _which_starts(controls: Mapping[str, Arrays]) -> str:
    """Which starts the measures of the song are of, if not all; what was measured before has no word on it."""
    return next((str(measures["thinned"]) for measures in controls.values() if "thinned" in measures), "")


def draw_recurrence(recurrences: Mapping[str, Arrays], bpm: float | None = None) -> Figure:
    """Draw the distance of points against the time between them, by run, and mark the period."""
    figure = new_figure(9, 3.8)
    axes = figure.add_subplot()
    for run, measures in recurrences.items():
        colour, period_s = colour_of(run, list(recurrences)), float(measures["period_s"])
        label = f"{run}: loop score {measures['score']:.2f}, "
        label += f"of its pieces shuffled {measures['shuffled_scores'].mean():.2f}"
        if measures["shuffled_p"] <= SIGNIFICANT:
            label += f", period {period_s:.3f} s"
            label += f" ({period_s * bpm / 60:.2f} beats)" if bpm else ""
            axes.axvline(period_s, color=colour, linestyle=":", linewidth=0.8)
        axes.plot(measures["lags_s"], measures["distance_after_lag"], color=colour, linewidth=0.9, label=label)
    axes.set(xlabel="time between two points (s)", ylabel="distance / that of random pairs")
    axes.set(xlim=(0, None), ylim=(0, None))
    figure.legend(loc="outside upper left")
    return figure
