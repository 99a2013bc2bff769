"""Figures of recall: all runs with their intervals, confusions, and recall of each class of the runs compared."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluate.instruments.words import split_of
from pipeline import figures, results
from pipeline.figures import new_figure, new_panels
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from pipeline.studies.instruments import Parameters

CLIPS_COLOUR, LISTING_COLOUR, CHANCE_COLOUR = "tab:blue", "tab:green", "0.5"
DECISIONS = {  # by prefix: name, colour, marker, offset from the line of a run
    "": ("clips", CLIPS_COLOUR, "o", -0.16),
    "track_": ("tracks", "tab:orange", "D", 0.16),
}
ROW_IN = 0.34  # height of a run


def draw_recall(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw every figure for which there are measures; return the paths."""
    runs = {str(run.run): run for run in parameters.for_runs()}
    recalls = results.load_fresh(runs.values(), "recall", root)
    drawn: dict[str, Figure] = {}
    if recalls:
        splits = {run: split_of(runs[run]) for run in recalls}
        drawn["recall"] = draw_runs(recalls, splits, results.load_if_fresh(parameters, "listing", root))
    for run in parameters.figures.confusion:
        if run in recalls:
            drawn[f"confusion_{run}"] = draw_confusion(recalls[run], run)
    compared = dict.fromkeys(run for pair in parameters.figures.compare for run in pair)
    if shown := {run: recalls[run] for run in compared if run in recalls}:
        drawn["per_class"] = draw_classes(shown)
    return figures.save_all(drawn, parameters, root)


def draw_runs(recalls: Mapping[str, Arrays], splits: Mapping[str, str], listing: Arrays | None) -> Figure:
    """Draw macro recall of each run, of clips and of tracks, with its interval: a panel for each split."""
    panels = list(dict.fromkeys(splits.values()))
    runs_of = {panel: [run for run in recalls if splits[run] == panel] for panel in panels}
    n_rows = [len(runs) + 1 for runs in runs_of.values()]
    figure = new_figure(8.5, 1.2 + ROW_IN * sum(n_rows) + 0.3 * len(panels))
    rows = figure.subplots(len(panels), 1, squeeze=False, sharex=True, height_ratios=n_rows)[:, 0]
    for axes, (panel, runs) in zip(rows, runs_of.items(), strict=True):
        _draw_panel(axes, {run: recalls[run] for run in runs}, _best_of_listing(listing, panel))
        axes.set_title(f"trained and tested on: {panel}", loc="left")
    rows[-1].set(xlim=(0, 100), xlabel="macro recall (%)")
    figure.legend(*rows[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def _draw_panel(axes: Axes, recalls: Mapping[str, Arrays], best_of_listing: float) -> None:
    for y, measures in enumerate(recalls.values()):
        for prefix, (name, colour, marker, offset) in DECISIONS.items():
            interval = [100 * measures[f"{prefix}recall{end}"] for end in ("_low", "", "_high")]
            style: dict[str, Any] = {"color": colour, "marker": marker, "markevery": [1], "markersize": 5}
            axes.plot(interval, [y + offset] * 3, **style, label=f"{name}, 95 %" if y == 0 else None)
            of_seeds = 100 * measures[f"{prefix}recall_of_seeds"]
            axes.plot(of_seeds, np.full(len(of_seeds), y + offset), "|", color="black", markersize=5)
    n_classes = np.isfinite(measures["class_recall"]).sum()
    axes.plot([], [], "|", color="black", markersize=5, label="a seed")
    if np.isfinite(best_of_listing):
        axes.axvline(100 * best_of_listing, color=LISTING_COLOUR, linestyle="--", label="best of the listing, clips")
    axes.axvline(100 / n_classes, color=CHANCE_COLOUR, linestyle=":", label="chance")
    axes.set_yticks(range(len(recalls)), [figures.shown(run) for run in recalls])
    axes.set_ylim(len(recalls) - 0.5, -0.5)
    axes.grid(axis="x")


def _best_of_listing(listing: Arrays | None, panel: str) -> float:
    """Return the best macro recall of the listing on the same collections, with phrases if the panel has; else NaN."""
    splits = [] if listing is None else [" to ".join(split) for split in listing["splits"]]
    split = panel.replace(" and phrases", "")
    if listing is None or split not in splits:
        return np.nan
    recall = listing["phrases_recall" if split != panel else "recall"]
    return float(recall.mean(axis=-1)[..., splits.index(split)].max())


def draw_confusion(measures: Arrays, run: str) -> Figure:
    """Draw which class was predicted for the clips of each, in percent of them."""
    names, confusion = measures["class_names"], measures["confusion"]
    n_clips = confusion.sum(axis=1, keepdims=True)
    percents = 100 * np.divide(confusion, n_clips, out=np.full(confusion.shape, np.nan), where=n_clips > 0)
    figure = new_figure(1.6 + 0.62 * len(names), 1.4 + 0.55 * len(names))
    axes = figure.subplots()
    image = axes.imshow(percents, cmap="Blues", vmin=0, vmax=100)
    for (row, column), value in np.ndenumerate(percents):
        if np.isfinite(value):
            axes.text(column, row, f"{value:.0f}", ha="center", va="center", color="white" if value > 55 else "black")
    labels = [figures.shown(name) for name in names]
    axes.set_xticks(range(len(names)), labels, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(names)), [f"{name} ({n})" for name, n in zip(labels, measures["n_clips"], strict=True)])
    axes.set(
        xlabel="predicted", ylabel="instrument (clips)", title=f"{run}: macro recall {100 * measures['recall']:.1f} %"
    )
    figure.colorbar(image, ax=axes, label="clips of the instrument (%)", shrink=0.7)
    return figure


def draw_classes(recalls: Mapping[str, Arrays]) -> Figure:
    """Draw recall of each class with its interval: a panel for each class, a dot for each run."""
    names = next(iter(recalls.values()))["class_names"]
    figure, panels = new_panels(len(names), 2.1, 0.7 + 0.2 * len(recalls))
    ys = np.arange(len(recalls))
    for index, (axes, name) in enumerate(zip(panels, names, strict=True)):
        low, mean, high = (
            [100 * measures[f"class_{part}"][index] for measures in recalls.values()]
            for part in ("low", "recall", "high")
        )
        axes.hlines(ys, low, high, color=CLIPS_COLOUR)
        axes.plot(mean, ys, "o", color=CLIPS_COLOUR, markersize=4, clip_on=False)
        axes.set_title(figures.shown(name))
        axes.grid(axis="x")
    panels[0].set(xlim=(0, 100), ylim=(len(recalls) - 0.5, -0.5), yticks=ys, yticklabels=map(figures.shown, recalls))
    figure.supxlabel("recall of clips (%), mean over seeds, with the interval of 95 %", fontsize="medium")
    return figure
