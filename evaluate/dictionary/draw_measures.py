"""The figures of step 7: error against sparsity, shifts, styles in a plane, distances of styles, chords."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from evaluate.dictionary.measures import by_name
from evaluate.dictionary.tables import BASELINE_NAMES, over_no_shift
from pipeline import figures, results
from pipeline.figures import OTHER_COLOURS, colour_of, new_figure, shown
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from pipeline.sections.dictionary_study import DictionaryParameters

BASELINE_MARKERS = {
    "pca_first": "v", "pca_largest": "^", "nmf": "D", "kmeans": "*", "dictionary_learning": "P", "mod": "X",
}  # fmt: skip
MARKERS = "osD^v"  # the next one when all colours are taken
CHORD_LINES = {
    "clean": ("--", "clean music"),
    "template": (":", "clean, by triads"),
    "majority": ("-.", "most frequent"),
}
MIN_FRACTION = 1e-4  # of the largest error; those below, of all components of PCA, are off the axis


def draw_dictionary_measures(parameters: DictionaryParameters, root: Path = ROOT) -> list[Path]:
    """Draw every figure for which there are measures; return their paths."""
    runs = parameters.for_runs()
    measures = results.load_fresh(runs, "measures", root)
    baselines = results.load_if_fresh(parameters, "baselines", root)
    styles = results.load_fresh(runs, "style", root)
    chords = results.load_fresh(runs, "chords", root)
    drawn: dict[str, Figure] = {}
    if measures:
        drawn["comparison"] = draw_comparison(measures, baselines)
    shifted = {run: of_run for run, of_run in measures.items() if "shifts" in of_run}
    if shifted := {run: of_run for run, of_run in shifted.items() if np.isfinite(over_no_shift(of_run)).all()}:
        drawn["shifts"] = draw_shifts(shifted)
    if planes := {run: style for run, style in styles.items() if style["pca"].shape[1] > 1}:
        labels = results.load(parameters, "corpus", root)["labels"]
        drawn["style"] = draw_styles({run: (style, labels[style["pieces"]]) for run, style in planes.items()})
    if styles:
        drawn["centroids"] = draw_centroids(styles)
    if chords:
        drawn["chords"] = draw_chords(chords)
    return figures.save_all(drawn, parameters, root)


def draw_comparison(measures: Mapping[str, Arrays], baselines: Arrays | None) -> Figure:
    """Draw error and F1 against the number of atoms a bar: runs in colour, baselines in grey."""
    by_run = {run: by_name(arrays) for run, arrays in measures.items()}
    figure = new_figure(9.5, 4.2)
    panels = {"mse": "mean square error", "f1": "F1 of hits"}
    if any(np.isnan(of_run["f1"]) for of_run in by_run.values()):
        panels = {"mse": "mean square error", "exact_tokens": "fraction of tokens that are exact"}
    for axes, (key, title) in zip(figure.subplots(1, 2), panels.items(), strict=True):
        for run, of_run in by_run.items():
            colour, marker = _look_of(run, [*by_run])
            axes.plot(of_run["nonzeros_per_bar"], of_run[key], marker, color=colour, label=run, markersize=7, zorder=3)
        if baselines is not None:
            _draw_baselines(axes, baselines, key)
        axes.set(xlabel="atoms a bar", ylabel=title)
        _scale(axes, "x")
    _scale(figure.axes[0], "y")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper")
    return figure


def _look_of(name: str, names: list[str]) -> tuple[str, str]:
    """Return colour and marker of one of several runs."""
    return colour_of(name, names), MARKERS[names.index(name) // len(OTHER_COLOURS) % len(MARKERS)]


def _draw_baselines(axes: Axes, baselines: Arrays, key: str) -> None:
    """Draw a line for each sparse baseline, a mark for each number of winners; what uses no atoms is left out."""
    names = baselines["names"].tolist()
    values, sparsity = (baselines["values"][:, names.index(name)] for name in (key, "nonzeros_per_bar"))
    for method, marker in BASELINE_MARKERS.items():
        chosen = np.flatnonzero((baselines["methods"] == method) & (sparsity > 0))
        chosen = chosen[np.argsort(sparsity[chosen])]
        if len(chosen):
            (line,) = axes.plot(sparsity[chosen], values[chosen], marker, color="0.55", label=BASELINE_NAMES[method])
            line.set(markersize=6, linestyle="-", linewidth=0.5)


def _scale(axes: Axes, axis: str) -> None:
    """Make an axis logarithmic, with several plain numbers on it; it stays linear if a value is not above 0."""
    values = np.concatenate([getattr(line, f"get_{axis}data")() for line in axes.get_lines()])
    if values.min() <= 0:
        return
    low, high = max(values.min(), MIN_FRACTION * values.max()), values.max()
    middle, half = np.sqrt(low * high), max(1.3 * np.sqrt(high / low), 2.5)
    axes.set(**{f"{axis}scale": "log", f"{axis}lim": (middle / half, middle * half)})
    ticks = axes.xaxis if axis == "x" else axes.yaxis
    ticks.set_major_locator(LogLocator(subs=(1, 2, 5) if half > 4 else (1, 2, 3, 4, 6, 8)))
    ticks.set_major_formatter("{x:g}")
    ticks.set_minor_formatter(NullFormatter())


def draw_shifts(measures: Mapping[str, Arrays]) -> Figure:
    """Draw the error at each shift over the error without: flat for a shift-invariant dictionary."""
    figure = new_figure(7, 3.6)
    axes = figure.subplots()
    for run, arrays in measures.items():
        colour, marker = _look_of(run, [*measures])
        axes.plot(arrays["shifts"], over_no_shift(arrays), f"{marker}-", color=colour, label=run)
    axes.axhline(1.05, color="0.6", linestyle=":", label="5 % more")
    axes.set(xlabel="shift (steps)", ylabel="error over that without shift")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(loc="outside right upper")
    return figure


def _new_panels(
    n_panels: int, size_in: tuple[float, float], n_columns: int, margin_in: float
) -> tuple[Figure, list[Axes]]:
    """Return a figure of `n_panels`, row by row, each of a width and height, with a margin to the right."""
    n_columns = min(n_columns, n_panels)
    n_rows = -(-n_panels // n_columns)
    figure = new_figure(size_in[0] * n_columns + margin_in, size_in[1] * n_rows)
    return figure, [figure.add_subplot(n_rows, n_columns, index + 1) for index in range(n_panels)]


def draw_styles(styles: Mapping[str, tuple[Arrays, np.ndarray]]) -> Figure:
    """Draw pieces in the plane of the first two components of their features, with the mean of each label."""
    figure, panels = _new_panels(len(styles), (4.2, 4.0), 3, 1.6)
    means = {}
    for axes, (run, (style, labels)) in zip(panels, styles.items(), strict=True):
        for index, name in enumerate(style["class_names"]):
            z = style["pca"][labels == name][:, :2]
            colour = OTHER_COLOURS[index % len(OTHER_COLOURS)]
            marker = MARKERS[index // len(OTHER_COLOURS) % len(MARKERS)]
            axes.plot(*z.T, marker, color=colour, alpha=0.45, markersize=3, markeredgewidth=0)
            mean = z.mean(axis=0)
            (means[name],) = axes.plot(*mean, marker, color=colour, markeredgecolor="black", label=str(name), zorder=3)
        percent = 100 * style["explained_variance"]
        scores = f"accuracy {float(style['accuracy']):.2f}, silhouette {float(style['silhouette_pca']):.2f}"
        axes.set(xlabel=f"component 1 ({percent[0]:.0f} %)", ylabel=f"component 2 ({percent[1]:.0f} %)")
        axes.set_title(f"{run}\n{scores}")
    figure.legend([*means.values()], [shown(name) for name in means], loc="outside right upper")  # also of "_rock"
    return figure


def draw_centroids(styles: Mapping[str, Arrays]) -> Figure:
    """Draw how far each two labels are from each other, in standard deviations of a feature, with the intervals."""
    n_labels = max(len(style["class_names"]) for style in styles.values())
    side = 1.5 + 0.75 * max(n_labels - 1, 2)
    figure, panels = _new_panels(len(styles), (side, side), 3 if n_labels < 6 else 2, 0.0)
    widest = max([np.nanmax(style["distances"], initial=0) for style in styles.values()])
    for axes, (run, style) in zip(panels, styles.items(), strict=True):
        names = [shown(name) for name in style["class_names"]]
        below = np.ma.masked_where(~np.tri(len(names), k=-1, dtype=bool), style["distances"])[1:, :-1]
        axes.imshow(below, cmap="Blues", vmin=0, vmax=widest or 1)
        for row in range(1, len(names)):
            for column in range(row):
                _label_distance(axes, style, row, column, widest)
        axes.set(xticks=range(len(names) - 1), yticks=range(len(names) - 1), yticklabels=names[1:], title=run)
        axes.set_xticklabels(names[:-1], rotation=45, ha="right", rotation_mode="anchor")
    figure.supxlabel("distance of means (standard deviations),\n95 % interval below", fontsize="medium")
    return figure


def _label_distance(axes: Axes, style: Arrays, row: int, column: int, widest: float) -> None:
    """Write the distance of two labels and its interval into their cell; nothing if it is not known."""
    distance, low, high = (style[name][row, column] for name in ("distances", "distances_low", "distances_high"))
    if np.isfinite(distance):
        colour = "white" if distance > 0.55 * widest else "black"
        axes.text(column, row - 1.02, f"{distance:.2f}", ha="center", va="bottom", fontsize=9, color=colour)
        axes.text(column, row - 0.98, f"{low:.2f}\u2013{high:.2f}", ha="center", va="top", fontsize=7, color=colour)


def draw_chords(chords: Mapping[str, Arrays]) -> Figure:
    """Draw the fraction of beats whose chord is found in the reconstruction of each run, and in clean music."""
    figure = new_figure(max(5.0, 2.6 + 0.8 * len(chords)), 3.6)
    axes = figure.subplots()
    runs = [*chords]
    fractions = [float(accuracies["reconstructed"]) for accuracies in chords.values()]
    axes.bar(runs, fractions, color=[colour_of(run, runs) for run in runs], width=0.6)
    first = next(iter(chords.values()))
    for key, (style, label) in CHORD_LINES.items():
        axes.axhline(float(first[key]), color="0.3", linestyle=style, label=label, linewidth=1)
    axes.set(ylabel="fraction of beats whose chord is found", xlim=(-0.8, len(runs) - 0.2))
    axes.set_xticks(range(len(runs)), [shown(run) for run in runs], rotation=30, ha="right", rotation_mode="anchor")
    figure.legend(loc="outside right upper")
    return figure
