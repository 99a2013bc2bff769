"""Figures of what features and extractors are worth: scores of themes, invariance, how well phases predict shifts."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from evaluate.themes.measures import CRITERION
from evaluate.themes.pattern_scores import METRICS
from evaluate.themes.tables import CHOSEN, UPPER_BOUND, UPPER_BOUND_HOW, extractions
from pipeline import figures, results
from pipeline.figures import colour_of, new_figure
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from pipeline.studies.themes import Parameters

EXTRACTOR_COLOURS = {"nieto_farbood": "0.75", "lag": "#9ecae1", CHOSEN: "#2171b5"}
TITLES = {"est_f": "establishment", "occ75_f": "occurrence at 0.75", "three_f": "three-layer"}
AXES = {"pitch": "shift in pitch (bins)", "time": "shift in time (frames)"}
SHIFT_COLOURS = "RdYlBu"
MARKERS = "osD^vP"
BAR_IN, GAP_BARS = 0.22, 0.7  # height of a bar in inches; between groups of bars


def draw_theme_measures(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw every figure for which there are measures; return the paths."""
    runs = parameters.for_runs()
    scores = results.load_fresh(runs, "scores", root)
    invariance = results.load_fresh(runs, "invariance", root)
    upper_bound = results.load_if_fresh(parameters, "upper_bound", root)
    drawn: dict[str, Figure] = {}
    if scores:
        drawn["scores"] = draw_scores(scores, upper_bound)
    if invariance:
        drawn["invariance"] = draw_invariance(invariance)
    if phases := {run: invariance[run] for run in invariance if "pca" in invariance[run]}:
        drawn["phases"] = draw_phases(phases)
    return figures.save_all(drawn, parameters, root)


def draw_scores(scores: Mapping[str, Arrays], upper_bound: Arrays | None) -> Figure:
    """Draw F of three measures: a bar for each run and extractor, a dot for each piece, a line for the upper bound."""
    bars = [bar for bar in extractions(scores, upper_bound) if bar[0] != UPPER_BOUND]
    is_new = [0, *(bar[0] != before[0] for before, bar in zip(bars, bars[1:], strict=False))]
    ys = np.arange(len(bars)) + GAP_BARS * np.cumsum(is_new)
    figure = new_figure(9.5, 1.2 + BAR_IN * (ys[-1] + 1))
    for axes, metric in zip(figure.subplots(1, len(CRITERION), sharey=True), CRITERION, strict=True):
        column = METRICS.index(metric)
        for y, (_, extractor, values) in zip(ys, bars, strict=True):
            of_pieces = 100 * values[:, column]
            axes.barh(y, of_pieces.mean(), height=0.9, color=EXTRACTOR_COLOURS[extractor])
            axes.plot(of_pieces, np.full(len(of_pieces), y), "o", color="black", markersize=2.5, alpha=0.6)
        if upper_bound is not None:
            axes.axvline(100 * upper_bound["scores"][:, column].mean(), color="tab:red", linestyle="--")
        axes.set(xlim=(0, 103), xlabel="F (%)", title=TITLES[metric])
        axes.tick_params(axis="y", length=0)
    _name_groups(figure.axes[0], ys, [run for run, *_ in bars])
    figure.legend(handles=_keys_of_scores({extractor for _, extractor, _ in bars}, upper_bound is not None),
                  loc="outside lower center", ncols=5)  # fmt: skip
    return figure


def _name_groups(axes: Axes, ys: np.ndarray, runs: Sequence[str]) -> None:
    names = list(dict.fromkeys(runs))
    middles = [ys[[run == name for run in runs]].mean() for name in names]
    axes.set_yticks(middles, [figures.shown(name) for name in names])
    axes.set_ylim(ys[-1] + 0.7, ys[0] - 0.7)


def _keys_of_scores(extractors: set[str], has_upper_bound: bool) -> list[Patch | Line2D]:
    keys: list[Patch | Line2D] = [
        Patch(color=colour, label=name) for name, colour in EXTRACTOR_COLOURS.items() if name in extractors
    ]
    keys.append(Line2D([], [], color="black", alpha=0.6, marker="o", markersize=2.5, linestyle="", label="a piece"))
    if has_upper_bound:
        keys.append(Line2D([], [], color="tab:red", linestyle="--", label=f"{UPPER_BOUND}: {UPPER_BOUND_HOW}"))
    return keys


def draw_invariance(invariance: Mapping[str, Arrays]) -> Figure:
    """Draw the accuracy of retrieval above the cosine to the unshifted patches, against the shift: a line a run."""
    figure = new_figure(9.0, 5.6)
    rows = figure.subplots(2, 2, sharex="col", sharey="row")
    for column, (kind, label) in zip(rows.T, AXES.items(), strict=True):
        for index, (run, arrays) in enumerate(invariance.items()):
            style = {"color": colour_of(run, [*invariance]), "marker": MARKERS[index % len(MARKERS)], "markersize": 4}
            column[0].plot(arrays[f"{kind}_shifts"], 100 * arrays[f"{kind}_found"], **style, clip_on=False)
            column[1].plot(arrays[f"{kind}_shifts"], arrays[f"{kind}_cosine"], **style, label=run)
        unrelated = np.mean([arrays[f"{kind}_unrelated"] for arrays in invariance.values()])
        column[1].axhline(unrelated, color="0.6", linewidth=0.8, zorder=0, label="any two patches")
        column[1].set_xlabel(label)
        column[1].xaxis.set_major_locator(MaxNLocator(7, integer=True))
    rows[0, 0].set(ylabel="patches retrieved (%)", ylim=(0, 100))
    rows[1, 0].set_ylabel("cosine to the unshifted")
    figure.legend(*rows[1, 0].get_legend_handles_labels(), loc="outside right upper")
    return figure


def draw_phases(phases: Mapping[str, Arrays]) -> Figure:
    """Draw two principal components of differences of phases, coloured by the shift: a row for each run."""
    figure = new_figure(8.0, 0.4 + 3.4 * len(phases))
    for row, (run, arrays) in zip(figure.subplots(len(phases), 2, squeeze=False), phases.items(), strict=True):
        kinds = (("pitch", "shift_bins", "bins"), ("time", "shift_frames", "frames"))
        for first, (axes, (kind, name, unit)) in enumerate(zip(row, kinds, strict=True)):
            pca, shifts = arrays["pca"][first::2], arrays[name][first::2]
            limit = max(1, np.abs(shifts).max())
            dots = axes.scatter(*pca.T, c=shifts, cmap=SHIFT_COLOURS, norm=TwoSlopeNorm(0, -limit, limit), s=7,
                                edgecolors="0.35", linewidths=0.2)  # fmt: skip
            figure.colorbar(dots, ax=axes, label=f"shift ({unit})", ticks=[-limit, -limit // 2, 0, limit // 2, limit])
            axes.set(title=f"{run}, shifted in {kind}: R² {arrays['shift_r2'][first]:.2f}", xlabel="component 1")
            axes.set(xticks=[], yticks=[])
        row[0].set_ylabel("component 2")
    return figure
