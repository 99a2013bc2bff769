"""The pictures of what features and extractors are worth: scores of themes, invariance to shifts, what phases tell."""

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
AXES = {"pitch": "moved in pitch by (bins)", "time": "moved in time by (frames)"}
SHIFT_COLOURS = "RdYlBu"
MARKERS = "osD^vP"
BAR_IN, GAP_BARS = 0.22, 0.7  # height of a bar in inches; between groups of bars


def draw_theme_measures(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw every figure for which there are measures; returns paths."""
    runs = parameters.for_runs()
    scores = results.load_fresh(runs, "scores", root)
    invariance = results.load_fresh(runs, "invariance", root)
    upper_bound = results.load_if_fresh(parameters, "upper_bound", root)
    drawn: dict[str, Figure] = {}
    if scores:
        drawn["scores"] = draw_scores(scores, upper_bound)
    if invariance:
        drawn["invariance"] = draw_invariance(invariance)
    if phases := {run: each for run, each in invariance.items() if "pca" in each}:
        drawn["phases"] = draw_phases(phases)
    return figures.save_all(drawn, parameters, root)


def draw_scores(scores: Mapping[str, Arrays], upper_bound: Arrays | None) -> Figure:
    """F of three measures: a bar for each run and extractor, a dot for each piece, a line for the upper bound.

    Parameters
    ----------
    scores : mapping of str to mapping
        By run, as step 7 stores them.
    upper_bound : mapping of str to np.ndarray or None
        As step 7 stores it.
    """
    bars = [bar for bar in extractions(scores, upper_bound) if bar[0] != UPPER_BOUND]
    is_new = [0, *(bar[0] != before[0] for before, bar in zip(bars, bars[1:], strict=False))]
    places = np.arange(len(bars)) + GAP_BARS * np.cumsum(is_new)
    figure = new_figure(9.5, 1.2 + BAR_IN * (places[-1] + 1))
    for axes, metric in zip(figure.subplots(1, len(CRITERION), sharey=True), CRITERION, strict=True):
        column = METRICS.index(metric)
        for place, (_, extractor, values) in zip(places, bars, strict=True):
            of_pieces = 100 * values[:, column]
            axes.barh(place, of_pieces.mean(), height=0.9, color=EXTRACTOR_COLOURS[extractor])
            axes.plot(of_pieces, np.full(len(of_pieces), place), "o", color="black", markersize=2.5, alpha=0.6)
        if upper_bound is not None:
            axes.axvline(100 * upper_bound["scores"][:, column].mean(), color="tab:red", linestyle="--")
        axes.set(xlim=(0, 103), xlabel="F (%)", title=TITLES[metric])
        axes.tick_params(axis="y", length=0)
    _name_groups(figure.axes[0], places, [run for run, *_ in bars])
    figure.legend(handles=_keys_of_scores({extractor for _, extractor, _ in bars}, upper_bound is not None),
                  loc="outside lower center", ncols=5)  # fmt: skip
    return figure


def _name_groups(axes: Axes, places: np.ndarray, runs: Sequence[str]) -> None:
    """The name of each run beside the middle of its bars, the first run on top."""
    names = list(dict.fromkeys(runs))
    middles = [places[[run == name for run in runs]].mean() for name in names]
    axes.set_yticks(middles, names)
    axes.set_ylim(places[-1] + 0.7, places[0] - 0.7)


def _keys_of_scores(extractors: set[str], has_upper_bound: bool) -> list[Patch | Line2D]:
    """What stands in the legend of the scores."""
    keys: list[Patch | Line2D] = [
        Patch(color=colour, label=name) for name, colour in EXTRACTOR_COLOURS.items() if name in extractors
    ]
    keys.append(Line2D([], [], color="black", alpha=0.6, marker="o", markersize=2.5, linestyle="", label="a piece"))
    if has_upper_bound:
        keys.append(Line2D([], [], color="tab:red", linestyle="--", label=f"{UPPER_BOUND}: {UPPER_BOUND_HOW}"))
    return keys


def draw_invariance(invariance: Mapping[str, Arrays]) -> Figure:
    """Fraction of shifted patches found again, above their cosine to the unshifted, against the shift: a line a run.

    `invariance` is by run, as step 7 stores it.
    """
    figure = new_figure(9.0, 5.6)
    rows = figure.subplots(2, 2, sharex="col", sharey="row")
    for column, (kind, label) in zip(rows.T, AXES.items(), strict=True):
        for number, (run, each) in enumerate(invariance.items()):
            look = {"color": colour_of(run, [*invariance]), "marker": MARKERS[number % len(MARKERS)], "markersize": 4}
            column[0].plot(each[f"{kind}_shifts"], 100 * each[f"{kind}_found"], **look, clip_on=False)
            column[1].plot(each[f"{kind}_shifts"], each[f"{kind}_cosine"], **look, label=run)
        unrelated = np.mean([each[f"{kind}_unrelated"] for each in invariance.values()])
        column[1].axhline(unrelated, color="0.6", linewidth=0.8, zorder=0, label="any two patches")
        column[1].set_xlabel(label)
        column[1].xaxis.set_major_locator(MaxNLocator(7, integer=True))
    rows[0, 0].set(ylabel="found again (%)", ylim=(0, 100))
    rows[1, 0].set_ylabel("cosine to the unshifted")
    figure.legend(*rows[1, 0].get_legend_handles_labels(), loc="outside right upper")
    return figure


def draw_phases(phases: Mapping[str, Arrays]) -> Figure:
    """Two principal components of the differences of phases of moved patches, coloured by the shift: a row a run."""
    figure = new_figure(8.0, 0.4 + 3.4 * len(phases))
    for row, (run, each) in zip(figure.subplots(len(phases), 2, squeeze=False), phases.items(), strict=True):
        kinds = (("pitch", "shift_bins", "bins"), ("time", "shift_frames", "frames"))
        for first, (axes, (kind, name, unit)) in enumerate(zip(row, kinds, strict=True)):
            pca, shifts = each["pca"][first::2], each[name][first::2]
            limit = max(1, np.abs(shifts).max())
            dots = axes.scatter(*pca.T, c=shifts, cmap=SHIFT_COLOURS, norm=TwoSlopeNorm(0, -limit, limit), s=7,
                                edgecolors="0.35", linewidths=0.2)  # fmt: skip
            figure.colorbar(dots, ax=axes, label=f"shift ({unit})", ticks=[-limit, -limit // 2, 0, limit // 2, limit])
            axes.set(title=f"{run}, shifted in {kind}: R² {each['shift_r2'][first]:.2f}", xlabel="component 1")
            axes.set(xticks=[], yticks=[])
        row[0].set_ylabel("component 2")
    return figure
