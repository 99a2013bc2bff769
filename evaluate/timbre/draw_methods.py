"""Figures of all methods: the timbre that is reached against the pitch that is lost, and where notes are lost."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluate.timbre.methods import SOURCE_COLOUR, Methods, by_method, colours_of, load_runs
from evaluate.timbre.statistics import Estimate, estimate
from pipeline import figures
from pipeline.figures import new_figure, new_panels
from pipeline.parameters import ROOT
from pipeline.studies.timbre import Parameters

Estimator: TypeAlias = Callable[..., Estimate]  # `estimate`, with the settings of its bootstrap

LECTURE_LOST = 12.0  # % of 1000 notes, as the lecture reports
MARKERS = "osD^vP*X<>h"
LINEAR_PERCENT = 10.0  # above it the axis is logarithmic
TICKS_PERCENT = (0, 2, 5, 10, 20, 50, 100)
LOSSES = {"lost": "notes whose pitch is lost (%)", "pitch_kept": "voiced frames whose pitch is not kept (%)"}
PARTS = {  # of notes: name, opacity, offset from the line of a method
    "lost_inside": ("within the pitches learned", 1.0, -0.2),
    "lost_outside": ("beyond them", 0.4, 0.2),
}


def draw_methods(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw timbre and pitch of all methods measured, and where notes are lost if there are any; return the paths."""
    methods, colours = by_method(parameters, load_runs(parameters, root)), colours_of(parameters)
    settings = parameters.measures
    of_runs = partial(estimate, n_bootstrap=settings.n_bootstrap, seed=settings.seed)
    losses = [measure for measure in LOSSES if any(of_runs(runs, measure).n_values for runs in methods.values())]
    drawn = {}
    if losses:
        drawn["timbre_and_pitch"] = draw_timbre_and_pitch(methods, losses, of_runs, colours)
    if "lost" in losses:
        drawn["notes"] = draw_notes(methods, of_runs, colours)
    return figures.save_all(drawn, parameters, root)


def draw_timbre_and_pitch(
    methods: Methods, losses: list[str], of_runs: Estimator, colours: Mapping[str, str]
) -> Figure:
    """Draw a point for each method: to the left those closer to the target, below those that lose fewer pitches.

    `losses`, of `LOSSES`, have a panel each.
    """
    figure = new_figure(4.0 * len(losses) + 2.8, 4.2)
    panels = figure.subplots(1, len(losses), squeeze=False)[0]
    for axes, measure in zip(panels, losses, strict=True):
        for index, (name, runs) in enumerate(methods.items()):
            style = {"color": colours[name], "marker": MARKERS[index % len(MARKERS)], "label": name}
            _draw_point(axes, of_runs(runs, "distance_db"), of_runs(runs, measure), measure == "pitch_kept", style)
        sources_db = of_runs(next(iter(methods.values())), "source_distance_db").mean
        axes.axvline(sources_db, color=SOURCE_COLOUR, linestyle=":", linewidth=0.8, label="distance of the sources")
        if measure == "lost":
            axes.axhline(LECTURE_LOST, color="0.6", linestyle="--", linewidth=0.8, label="lost in the lecture")
        _finish_plane(axes, LOSSES[measure])
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right center")
    return figure


def _draw_point(axes: Axes, distance: Estimate, pitch: Estimate, is_kept: bool, style: dict[str, Any]) -> None:
    """Draw a method and its intervals."""
    lost, *ends = (100 * (1 - value if is_kept else value) for value in (pitch.mean, pitch.low, pitch.high))
    axes.plot([distance.low, distance.high], [lost, lost], color=style["color"], linewidth=0.8, alpha=0.7)
    axes.plot([distance.mean] * 2, ends, color=style["color"], linewidth=0.8, alpha=0.7)
    axes.plot(distance.mean, lost, linestyle="", clip_on=False, zorder=3, **style)


def _finish_plane(axes: Axes, label: str) -> None:
    """Name the axes and the best corner; small losses get half of the axis."""
    axes.set_yscale("symlog", linthresh=LINEAR_PERCENT)
    axes.set_yticks(TICKS_PERCENT, [str(tick) for tick in TICKS_PERCENT])
    axes.minorticks_off()
    axes.set(xlabel="log-spectral distance to the target (dB)", ylabel=label, xlim=(0, None), ylim=(0, 100))
    axes.annotate("best", (0, 0), (0.1, 0.12), textcoords="axes fraction", ha="center", color="0.3",
                  arrowprops={"arrowstyle": "->", "color": "0.3"}, backgroundcolor="white")  # fmt: skip


def draw_notes(methods: Methods, of_runs: Estimator, colours: Mapping[str, str]) -> Figure:
    """Draw which part of the notes is lost by each method, over all targets and for each; lines are intervals."""
    targets = targets_of(methods)
    panels_of: dict[str, str | None] = {target: target for target in targets}
    if len(targets) > 1:
        panels_of = {"all targets": None, **panels_of}
    figure, panels = new_panels(len(panels_of), 2.2, 0.7 + 0.26 * len(methods))
    for axes, (title, target) in zip(panels, panels_of.items(), strict=True):
        for row, (name, runs) in enumerate(methods.items()):
            for part, (_, opacity, offset) in PARTS.items():
                lost = of_runs(runs, part, target=target)
                axes.barh(row + offset, 100 * lost.mean, 0.36, color=colours[name], alpha=opacity)
                axes.plot([100 * lost.low, 100 * lost.high], [row + offset] * 2, color="black", linewidth=0.8)
        axes.set_title(title, loc="left")
        axes.grid(axis="x")
        axes.set_axisbelow(True)
    for label, opacity, _ in PARTS.values():
        panels[0].barh(0, np.nan, color="0.3", alpha=opacity, label=label)
    panels[0].set(xlim=(0, 100), ylim=(len(methods) - 0.5, -0.5))
    panels[0].set_yticks(range(len(methods)), list(methods))
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    figure.supxlabel("notes whose pitch is lost (%), with the interval of 95 %", fontsize="medium")
    return figure


def targets_of(methods: Methods) -> list[str]:
    """Return the names of targets, those of blends included, in the order of the file."""
    names = (name for runs in methods.values() for name in runs[0].target_names[~runs[0].held_out].tolist())
    return list(dict.fromkeys(names))
