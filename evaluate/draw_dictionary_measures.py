"""The pictures of what dictionaries are worth: error against sparsity, shifts, styles in a plane, chords."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluate.dictionary_measures import by_name
from pipeline import figures, results
from pipeline.dictionary_study import DictionaryParameters
from pipeline.figures import OTHER_COLOURS, colour_of, new_figure
from pipeline.parameters import ROOT

BASELINE_MARKERS = {
    "mean": "_", "pca": "s", "pca_first": "v", "pca_largest": "^", "nmf": "D", "kmeans": "*",
    "dictionary_learning": "P", "mod": "X",
}  # fmt: skip
Arrays = Mapping[str, np.ndarray]


def draw_dictionary_measures(parameters: DictionaryParameters, root: Path = ROOT) -> list[Path]:
    """Draw every figure for which there are measures; returns paths."""
    runs = parameters.for_runs()
    measures = results.load_fresh(runs, "measures", root)
    baselines = results.load_fresh_kinds(parameters, {"": "baselines"}, root).get("")
    styles = results.load_fresh(runs, "style", root)
    chords = results.load_fresh(runs, "chords", root)
    drawn: dict[str, Figure] = {}
    if measures:
        drawn["comparison"] = draw_comparison(measures, baselines)
    if shifted := {run: arrays for run, arrays in measures.items() if "shifts" in arrays}:
        drawn["shifts"] = draw_shifts(shifted)
    if styles:
        labels = results.load(parameters, "corpus", root)["labels"]
        drawn["style"] = draw_styles({run: (each, labels[each["pieces"]]) for run, each in styles.items()})
        drawn["centroids"] = draw_centroids(styles)
    if chords:
        drawn["chords"] = draw_chords(chords)
    paths = [figures.save(figure, results.figure_path(parameters, name, root)) for name, figure in drawn.items()]
    return [path for pair in paths for path in pair]


def draw_comparison(measures: Mapping[str, Arrays], baselines: Arrays | None) -> Figure:
    """Error and F1 against the number of atoms a bar: runs as coloured dots, baselines as grey marks.

    Parameters
    ----------
    measures : mapping of str to mapping
        By run, as step 7 stores them.
    baselines : mapping of str to np.ndarray or None
        As step 7 stores them.
    """
    figure = new_figure(9.5, 4)
    panels = {"mse": "mean square error", "f1": "F1 of hits"}
    for axes, (key, title) in zip(figure.subplots(1, 2), panels.items(), strict=True):
        if baselines is not None:
            draw_baselines(axes, baselines, key)
        for run, arrays in measures.items():
            named = by_name(dict(arrays))
            axes.plot(named["nonzeros_per_bar"], named[key], "o", color=colour_of(run, [*measures]), label=run)
        axes.set(xlabel="atoms a bar", ylabel=title, xscale="log")
    figure.axes[0].set_yscale("log")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper")
    return figure


def draw_baselines(axes: Axes, baselines: Arrays, key: str) -> None:
    """One mark for each baseline and number of winners; what uses no atoms has no place on the axis."""
    names = baselines["names"].tolist()
    values, sparsity = (baselines["values"][:, names.index(name)] for name in (key, "nonzeros_per_bar"))
    for method, marker in BASELINE_MARKERS.items():
        chosen = (baselines["methods"] == method) & (sparsity > 0)
        if chosen.any():
            label = method.replace("_", " ")
            axes.plot(sparsity[chosen], values[chosen], marker, color="0.55", markersize=6, label=label)


def draw_shifts(measures: Mapping[str, Arrays]) -> Figure:
    """Error against shift, over the error without: flat where a dictionary does not mind."""
    figure = new_figure(6, 3.6)
    axes = figure.subplots()
    for run, arrays in measures.items():
        unshifted = arrays["shift_mse"][np.argmin(arrays["shifts"])]
        colour = colour_of(run, [*measures])
        axes.plot(arrays["shifts"], arrays["shift_mse"] / unshifted, "o-", color=colour, label=run)
    axes.axhline(1.05, color="0.7", linestyle=":", label="5 % more")
    axes.set(xlabel="shift (steps)", ylabel="error over that without shift")
    figure.legend(loc="outside right upper")
    return figure


def draw_styles(styles: Mapping[str, tuple[Arrays, np.ndarray]]) -> Figure:
    """Pieces in the plane of the first two components of their mean activity, with the mean of each label."""
    n_columns = min(3, len(styles))
    n_rows = -(-len(styles) // n_columns)
    figure = new_figure(4.2 * n_columns + 1.2, 3.8 * n_rows)
    panels = figure.subplots(n_rows, n_columns, squeeze=False).ravel()
    for axes, (run, (style, labels)) in zip(panels, styles.items(), strict=False):
        for number, name in enumerate(style["class_names"]):
            z = style["pca"][labels == name][:, :2]
            colour = OTHER_COLOURS[number % len(OTHER_COLOURS)]
            axes.plot(*z.T, ".", color=colour, alpha=0.45, markersize=4)
            axes.plot(*z.mean(axis=0), "o", color=colour, markeredgecolor="black", label=str(name))
        shares = 100 * style["explained_variance"]
        title = f"{run}: accuracy {float(style['accuracy']):.2f}, silhouette {float(style['silhouette_pca']):.2f}"
        axes.set(xlabel=f"component 1 ({shares[0]:.0f} %)", ylabel=f"component 2 ({shares[1]:.0f} %)", title=title)
    for axes in panels[len(styles) :]:
        axes.remove()
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper")
    return figure


def draw_centroids(styles: Mapping[str, Arrays]) -> Figure:
    """How far labels are from each other, in standard deviations of a feature, with the intervals."""
    n_columns = min(3, len(styles))
    n_rows = -(-len(styles) // n_columns)
    n_labels = max(len(style["class_names"]) for style in styles.values())
    size = max(3.4, 0.75 * n_labels)
    figure = new_figure(size * n_columns + 0.6, size * n_rows)
    panels = figure.subplots(n_rows, n_columns, squeeze=False).ravel()
    for axes, (run, style) in zip(panels, styles.items(), strict=False):
        names = style["class_names"].tolist()
        axes.imshow(style["distances"], cmap="Blues", vmin=0)
        middle = np.nanmax(style["distances"]) / 2
        for (row, column), distance in np.ndenumerate(style["distances"]):
            if row != column and np.isfinite(distance):
                low, high = (style[f"distances_{end}"][row, column] for end in ("low", "high"))
                colour = "white" if distance > middle else "black"
                text = f"{distance:.2f}\n{low:.2f} to {high:.2f}"
                axes.text(column, row, text, ha="center", va="center", fontsize=7, color=colour)
        axes.set(xticks=range(len(names)), yticks=range(len(names)), yticklabels=names, title=run)
        axes.set_xticklabels(names, rotation=45, ha="right")
    for axes in panels[len(styles) :]:
        axes.remove()
    return figure


def draw_chords(chords: Mapping[str, Arrays]) -> Figure:
    """Share of beats whose chord is found in the reconstruction of each run, with what clean music gives."""
    figure = new_figure(1.6 + 0.9 * len(chords), 3.6)
    axes = figure.subplots()
    runs = [*chords]
    shares = [float(each["reconstructed"]) for each in chords.values()]
    axes.bar(runs, shares, color=[colour_of(run, runs) for run in runs], width=0.6)
    first = next(iter(chords.values()))
    for key, style in {"clean": "--", "template": ":", "majority": "-."}.items():
        axes.axhline(float(first[key]), color="0.4", linestyle=style, label=key, linewidth=1)
    axes.set(ylabel="beats whose chord is found")
    axes.tick_params(axis="x", rotation=30)
    figure.legend(loc="outside right upper")
    return figure
