"""Pictures of what the protocol does, and of how a trajectory comes back to itself."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from pipeline.figures import METHOD_COLOURS, METHOD_NAMES, colour_of, new_figure

Measures = Mapping[str, np.ndarray]
SIGNIFICANT = 0.05  # a period is told only where shuffled pieces return as well more rarely than this


def draw_exclusion(controls: Mapping[str, Measures]) -> Figure:
    """How long KNN forecasts are valid against the block around the start that they may not learn from.

    A leak shows as a curve that falls until windows cease to share sound, which is marked.

    Parameters
    ----------
    controls : mapping of str to mapping of str to np.ndarray
        By run, as step 7 stores them.
    """
    figure = new_figure(7, 3.8)
    axes = figure.add_subplot()
    for run, each in controls.items():
        colour = colour_of(run, list(controls))
        sizes_s, times_s = (each["hop_s"] * each[name] for name in ("exclusion_points", "exclusion_valid_steps"))
        axes.plot(sizes_s, times_s, ".-", color=colour, label=run)
        axes.axvline(float(each["overlap_points"] * each["hop_s"]), color=colour, linestyle=":", linewidth=0.8)
    axes.set(xlabel="nothing is learned from this near the start (s); dotted: a window", ylim=(0, None), xlim=(0, None))
    axes.set_ylabel("median valid prediction time (s)")
    axes.legend()
    return figure


def draw_controls(controls: Mapping[str, Measures]) -> Figure:
    """How many steps forecasts are valid of the song and of trajectories with known behaviour: a panel for each run."""
    figure = new_figure(3.3 * len(controls) + 1.6, 3.6)
    panels = figure.subplots(1, len(controls), squeeze=False, sharey=True, sharex=True)[0]
    for axes, (run, each) in zip(panels, controls.items(), strict=True):
        height = 0.8 / len(each["methods"])
        for number, method in enumerate(each["methods"]):
            places = np.arange(len(each["controls"])) - 0.4 + (number + 0.5) * height
            steps = each["valid_steps"][:, number]
            axes.barh(places, steps, height, color=METHOD_COLOURS[method], label=METHOD_NAMES[method])
        axes.set(title=run, xlabel="median valid steps", yticks=range(len(places)), yticklabels=each["controls"])
    panels[0].invert_yaxis()
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right center")
    return figure


def draw_recurrence(recurrences: Mapping[str, Measures], bpm: float | None = None) -> Figure:
    """Distance of points against the time between them, by run; the period that is found is marked."""
    figure = new_figure(9, 3.8)
    axes = figure.add_subplot()
    for run, each in recurrences.items():
        colour = colour_of(run, list(recurrences))
        label = f"{run}: loop score {each['score']:.2f}, of its pieces shuffled {each['shuffled_scores'].mean():.2f}"
        if each["shuffled_p"] <= SIGNIFICANT:
            label += f", period {each['period_s']:.3f} s"
            label += f" ({each['period_s'] * bpm / 60:.2f} beats)" if bpm else ""
            axes.axvline(float(each["period_s"]), color=colour, linestyle=":", linewidth=0.8)
        axes.plot(each["lags_s"], each["distance_after_lag"], color=colour, linewidth=0.9, label=label)
    axes.set(xlabel="time between two points (s)", ylabel="distance / that of random pairs")
    axes.set(xlim=(0, None), ylim=(0, None))
    figure.legend(loc="outside upper left")
    return figure
