"""Figures of how forecasts depart from what happened."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.figures import METHOD_COLOURS, METHOD_NAMES, colour_of, describe_thinning, new_figure, thinning
from pipeline.results import Arrays

MAX_DOTS = 1000  # of a method and run
CLIMATOLOGY = 1.0  # normalised RMSE of always predicting the mean


def draw_divergence(groups: Sequence[Mapping[str, Mapping[str, Arrays]]]) -> Figure:
    """Draw the paper's figure next to the leak-free one: a row for each group of runs, a curve for each run.

    Measures are by run, then by method, as step 7 stores them; each run has ``knn`` and ``knn_paper``.
    """
    figure = new_figure(9.5, 3.5 * len(groups))
    titles = {"knn_paper": "paper's protocol, which sees the future", "knn": "leak-free"}
    for row, group in zip(figure.subplots(len(groups), 2, squeeze=False, sharey="row"), groups, strict=True):
        for axes, (method, title) in zip(row, titles.items(), strict=True):
            for run, by_method in group.items():
                measures = by_method[method]
                axes.errorbar(
                    measures["steps"],
                    measures["axes_mean"],
                    yerr=measures["axes_standard_error"],
                    color=colour_of(run, list(group)),
                    capsize=2,
                    linewidth=1,
                    elinewidth=0.7,
                    label=run,
                )
            axes.set(xlabel="number of forecast steps", title=f"{title} ({len(measures['starts'])} starts)")
            axes.legend(loc="upper left")
        row[0].set_ylabel("distance from forecasted path\nto true path (each axis scaled to [0, 1])")
        row[0].set_ylim(bottom=0)
    return figure


def draw_errors(measures: Mapping[str, Mapping[str, Arrays]]) -> Figure:
    """Draw a panel for each run: error over time by every method, on the part of the song unseen by networks."""
    return _panels_over_time(measures, _draw_error, "normalised RMSE")


def draw_skills(measures: Mapping[str, Mapping[str, Arrays]]) -> Figure:
    """Draw a panel for each run: skill of every method against persistence, on the same part."""
    return _panels_over_time(measures, _draw_skill, "skill: 1 - RMSE / RMSE of persistence")


def _panels_over_time(measures: Mapping[str, Mapping[str, Arrays]], draw_panel, label: str) -> Figure:
    figure = new_figure(3.4 * len(measures) + 2.2, 3.9)
    panels = figure.subplots(1, len(measures), squeeze=False, sharey=True)[0]
    for axes, (run, by_method) in zip(panels, measures.items(), strict=True):
        for method, of_method in by_method.items():
            if "compared_nrmse" in of_method:
                draw_panel(axes, method, of_method)
        axes.set(title=run, xlabel="time after the start (s)")
    panels[0].set_ylabel(label)
    handles = {line.get_label(): line for axes in panels for line in axes.get_lines() if line.get_label()[0] != "_"}
    figure.legend(handles.values(), handles.keys(), loc="outside right center")
    return figure


def _draw_error(axes: Axes, method: str, measures: Arrays) -> None:
    """One method's error, with lines where a forecast ceases to be valid and where it is as bad as the mean."""
    times_s = measures["times_s"][1:]
    axes.semilogy(times_s, measures["compared_nrmse"][1:], color=METHOD_COLOURS[method], label=METHOD_NAMES[method])
    for level in (float(measures["threshold"]), CLIMATOLOGY):
        axes.axhline(level, color="0.6", linestyle=":", linewidth=0.8)
    axes.set_ylim(0.02, 3)


def _draw_skill(axes: Axes, method: str, measures: Arrays) -> None:
    """One method's skill; below zero it is worse than persistence."""
    if method != "persistence":
        skill = measures["compared_skill"][1:]
        axes.plot(measures["times_s"][1:], skill, color=METHOD_COLOURS[method], label=METHOD_NAMES[method])
    axes.axhline(0, color="0.6", linestyle=":", linewidth=0.8)
    axes.set_ylim(-1, 1)


def draw_valid_times(measures: Mapping[str, Mapping[str, Arrays]]) -> Figure:
    """Draw for every method and run how long forecasts are valid: median, its 95 % interval, and all starts as dots."""
    methods = [name for name in METHOD_NAMES if any(name in by_method for by_method in measures.values())]
    runs = list(measures)
    figure = new_figure(8, 0.9 + (0.2 * len(runs) + 0.25) * len(methods))
    axes = figure.add_subplot()
    rng, width, dots = np.random.default_rng(0), 0.8 / len(runs), ""
    for row, method in enumerate(methods):
        for index, run in enumerate(runs):
            of_run = measures[run].get(method, {})
            if "compared_valid_steps" not in of_run:
                continue
            y = row - 0.4 + (index + 0.5) * width
            n_starts = len(of_run["compared_valid_steps"])
            every = thinning(n_starts, MAX_DOTS)
            dots = dots or describe_thinning(every, n_starts, "starts")
            times_s = of_run["compared_valid_steps"][::every] * of_run["times_s"][1]
            jittered = y + rng.uniform(-0.3, 0.3, len(times_s)) * width
            axes.plot(times_s, jittered, ".", color=colour_of(run, runs), markersize=2.5, alpha=0.35)
            low, median, high = (of_run[f"compared_valid_time_{end}s"] for end in ("low_", "", "high_"))
            axes.plot([low, high], [y, y], color=colour_of(run, runs), linewidth=1.5)
            axes.plot(median, y, "D", color=colour_of(run, runs), markersize=4.5, label=run)
    axes.set(yticks=range(len(methods)), yticklabels=[METHOD_NAMES[name] for name in methods], xlim=(0, None))
    axes.invert_yaxis()
    threshold = next(float(of_run["threshold"]) for by_method in measures.values() for of_run in by_method.values())
    axes.set_xlabel(f"valid prediction time (s): until the normalised error exceeds {threshold:g}")
    axes.set_title(f"dots: {dots}" if dots else "", fontsize=10)
    handles, labels = axes.get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    figure.legend(once.values(), once.keys(), loc="outside right center")
    return figure
