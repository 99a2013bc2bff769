"""Figures of spaces: pitch helix, clusters, linearisation, and what networks see in the clips that test them."""

from pathlib import Path
from typing import Any

import librosa
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from embed.instruments.clusters import principal_components
from embed.instruments.spaces import describe_agreement
from pipeline import figures, results
from pipeline.figures import new_figure
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from pipeline.studies.instruments import Parameters
from save_dataset.instruments.clips import Clips, load_clips

MARKERS = "o^sDvP*X"
BINARY_COLOURS = ("tab:blue", "tab:orange")


def draw_spaces(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw helix, clusters and linearisation, and the activations of each network; return the paths."""
    clips = load_clips(parameters, root)
    drawn: dict[str, Figure] = {}
    if spaces := results.load_if_fresh(parameters, "spaces", root):
        drawn["helix"] = draw_helix(spaces, parameters.cqt.min_frequency_hz, parameters.cqt.bins_per_octave)
        drawn["clusters"] = draw_clusters(spaces, clips)
        drawn["linearisation"] = draw_linearisation(spaces)
    for run, predictions in results.load_fresh(parameters.for_runs(), "predictions", root).items():
        if predictions["activations"].shape[1]:
            drawn[f"activations_{run}"] = draw_activations(predictions, clips, run)
    return figures.save_all(drawn, parameters, root)


def class_colours(n_classes: int) -> np.ndarray:
    """Return the colour of each class, ``(n_classes, 4)``; from twenty on they come again."""
    colormap = figures.matplotlib.colormaps["tab10" if n_classes <= 10 else "tab20"]
    return colormap(np.arange(n_classes) % colormap.N)


def draw_helix(spaces: Arrays, min_frequency_hz: float, bins_per_octave: int) -> Figure:
    """Draw the bands of the transform in space, joined in order, coloured by chroma; grey lines join octaves."""
    points, bins = spaces["helix"], spaces["helix_bins"]
    midi = np.round(librosa.hz_to_midi(min_frequency_hz) + 12 * bins / bins_per_octave).astype(int)
    figure = new_figure(7.0, 5.6)
    axes = figure.add_subplot(projection="3d")
    axes.plot(*points.T, color="0.25", linewidth=1.0)
    where = {int(band): point for band, point in zip(bins, points, strict=True)}
    for band in where:
        if band + bins_per_octave in where:
            axes.plot(*np.stack([where[band], where[band + bins_per_octave]]).T, color="0.82", linewidth=0.6, zorder=0)
    chroma = figures.matplotlib.colormaps["hsv"](np.arange(12) / 12)
    axes.scatter(*points.T, c=chroma[midi % 12], s=22, depthshade=False)
    for point, pitch in zip(points, midi, strict=True):
        if pitch % 12 == 9:
            axes.text(*point, f"  A{pitch // 12 - 1}", fontsize=8)
    names = librosa.midi_to_note(range(12), octave=False, unicode=False)
    handles = [Line2D([], [], marker="o", linestyle="", color=colour, label=name)
               for name, colour in zip(names, chroma, strict=True)]  # fmt: skip
    figure.legend(handles=handles, loc="outside right center", title="chroma")
    axes.set_title(f"octave {spaces['octave_ratio']:.2f} times as far as a tritone less or more")
    _hide_ticks(axes)
    return figure


def _hide_ticks(axes: Any) -> None:
    names = ("x", "y", "z") if hasattr(axes, "zaxis") else ("x", "y")
    axes.set(**{f"{name}ticklabels": [] for name in names})
    axes.tick_params(length=0)


def draw_clusters(spaces: Arrays, clips: Clips) -> Figure:
    """Draw clips in the plane by each of the features, and write with what their clusters agree."""
    names = [name.removesuffix("_clusters") for name in spaces if name.endswith("_clusters")]
    figure = new_figure(1.6 + 3.0 * len(names), 3.4)
    panels = figure.subplots(1, len(names), squeeze=False)[0]
    for axes, name in zip(panels, names, strict=True):
        _scatter(axes, spaces[f"{name}_plane"], clips)
        agreement = describe_agreement(spaces[f"{name}_agreement"]).replace(", ", "\n")
        axes.set_title(f"{name.replace('_', ' ')}, {len(clips.class_names)} clusters\n{agreement}", fontsize=9)
    _add_legend(figure, clips)
    return figure


def draw_activations(predictions: Arrays, clips: Clips, run: str) -> Figure:
    """Draw the activations of the layer before the last for the clips that test a network, in the plane."""
    tested = clips.rows(predictions["clips"])
    figure = new_figure(6.6, 4.4)
    axes = figure.subplots()
    _scatter(axes, principal_components(predictions["activations"]), tested)
    axes.set_title(f"{run}: layer before the last")
    _add_legend(figure, tested)
    return figure


def _scatter(axes: Axes, plane: np.ndarray, clips: Clips) -> None:
    """Draw clips in the colours of classes, with a marker for each collection, and no ticks: axes have no unit."""
    colours = class_colours(len(clips.class_names))[clips.labels]
    for index, collection in enumerate(np.unique(clips.collections)):
        of_it = clips.collections == collection
        x, y = plane[of_it].T
        axes.scatter(x, y, c=colours[of_it], s=14, alpha=0.75, marker=MARKERS[index % len(MARKERS)], linewidths=0)
    axes.set(xticks=[], yticks=[], xlabel="principal component 1", ylabel="principal component 2")


def _add_legend(figure: Figure, clips: Clips) -> None:
    colours = class_colours(len(clips.class_names))
    handles = [Line2D([], [], marker="o", linestyle="", color=colours[label], label=clips.class_names[label])
               for label in np.unique(clips.labels)]  # fmt: skip
    handles += [Line2D([], [], marker=MARKERS[index % len(MARKERS)], linestyle="", color="0.4", label=f"in {name}")
                for index, name in enumerate(np.unique(clips.collections))]  # fmt: skip
    figure.legend(handles=handles, loc="outside right upper")


def draw_linearisation(spaces: Arrays) -> Figure:
    """Draw toy data before and after each hidden layer, above in the plane, below in space."""
    n_layers = len(spaces["2d_accuracies"])
    figure = new_figure(2.6 * n_layers, 6.0)
    for row, (name, projection) in enumerate((("2d", None), ("3d", "3d"))):
        for layer, accuracy in enumerate(spaces[f"{name}_accuracies"]):
            axes: Any = figure.add_subplot(2, n_layers, 1 + row * n_layers + layer, projection=projection)
            for label, colour in enumerate(BINARY_COLOURS):
                points = spaces[f"{name}_layer_{layer}"][spaces[f"{name}_labels"] == label]
                axes.scatter(*points.T, color=colour, s=8, alpha=0.8)
            title = f"after hidden layer {layer}" if layer else f"points in {name[0]} dimensions"
            axes.set_title(f"{title}\nlinear classifier {100 * accuracy:.0f} %", fontsize=9)
            _hide_ticks(axes)
    return figure
