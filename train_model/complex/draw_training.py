"""Figures of the training of complex autoencoders: losses and invariance over the epochs, what was learned when."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline import figures, results
from pipeline.figures import colour_of, new_figure
from pipeline.parameters import ROOT
from pipeline.patches import unflatten
from pipeline.results import Arrays
from train_model.complex.basis_shapes import clearness_of

CURVES = {"loss": (":", "while it learns"), "train": ("--", "pairs learned from"), "validation": ("-", "held out")}
MAX_SNAPSHOTS = 5  # rows of a picture
SHOWN = {"inputs": "x", "targets": "y", "reconstructions": "y from |x| and\nphases of y"}
N_BASES, N_COEFFICIENTS = 3, 48  # shown of a snapshot


def draw_complex_training(parameters: Any, root: Path = ROOT) -> list[Path]:
    """Draw what there is of the runs that are trained; returns paths."""
    runs = [each for each in parameters.for_runs() if getattr(each.model, "features", "learned") == "learned"]
    histories = results.load_fresh(runs, "history", root)
    paths = []
    if histories:
        paths += figures.save(draw_histories(histories), results.figure_path(parameters, "losses", root))
    for each in runs:
        if each.run in histories and len(histories[each.run].get("snapshot_epochs", ())):
            last = histories[each.run]["snapshot_bases"][-1]
            clearest = np.argsort(-clearness_of(last[0] + 1j * last[1], each), kind="stable")[:N_BASES].tolist()
            figure = draw_snapshots(histories[each.run], drawer_of(each), f"{parameters.name}, {each.run}", clearest)
            paths += figures.save(figure, results.figure_path(parameters, f"snapshots_{each.run}", root))
    return paths


def draw_histories(histories: Mapping[str, Arrays]) -> Figure:
    """Losses of fixed pairs, a colour for each run, and how often what was moved is found again.

    Parameters
    ----------
    histories : mapping of str to mapping of str to np.ndarray
        By run, as step 2 stores them.
    """
    figure = new_figure(9, 3.6 + 0.25 * -(-len(histories) // 4))
    losses, invariance = figure.subplots(1, 2)
    for run, history in histories.items():
        colour, epochs = colour_of(run, list(histories)), 1 + np.arange(len(history["loss"]))
        marker = "." if len(epochs) == 1 else ""
        for name, (style, _) in CURVES.items():
            losses.plot(epochs, history[name], style, color=colour, marker=marker)
        invariance.plot(epochs, 100 * history["invariance"], color=colour, marker=marker, label=run)
        invariance.plot(epochs, 100 * history["invariance_of_input"], ":", color=colour)
    for style, label in CURVES.values():
        losses.plot([], [], style, color="0.3", label=label)
    losses.legend(loc="upper right")
    losses.set(xlabel="epoch", title="reconstruction error with magnitudes swapped", yscale="log")
    losses.yaxis.set_major_formatter("{x:g}")
    losses.yaxis.set_minor_formatter("{x:g}")
    losses.yaxis.get_minor_locator().set_params(subs=(2, 5))
    invariance.set(xlabel="epoch", title="held out, shifted, and found again (%)", ylim=(-2, 102))
    invariance.plot([], [], ":", color="0.3", label="by the input itself")
    for axes in (losses, invariance):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(*invariance.get_legend_handles_labels(), loc="outside lower center", ncols=5)
    return figure


def drawer_of(parameters: Any) -> Callable[[Axes, np.ndarray, str], None]:
    """What draws a flat patch, window or picture of the run's study."""
    if parameters.study == "signal":
        return _draw_line
    if parameters.study == "themes":
        n_frames = parameters.model.patch_frames
        return lambda axes, values, colours: _draw_picture(axes, unflatten(values, n_frames).T, "lower", colours)
    return lambda axes, values, colours: _draw_square(axes, values.reshape(_square_side(values), -1), colours)


def _draw_square(axes: Axes, picture: np.ndarray, colours: str) -> None:
    """A picture as wide as it is high."""
    _draw_picture(axes, picture, "upper", colours)
    axes.set_aspect("equal")


def _square_side(values: np.ndarray) -> int:
    """Side of a square picture of so many values."""
    return round(np.sqrt(len(values)))


def draw_snapshots(
    history: Arrays, draw: Callable[[Axes, np.ndarray, str], None], title: str, shown: Sequence[int] = range(N_BASES)
) -> Figure:
    """A row for each of a few epochs: a pair held out, its reconstruction, magnitudes and phases, and some bases.

    Parameters
    ----------
    history : mapping of str to np.ndarray
        With the ``snapshot_...`` arrays of a run.
    draw : callable
        Draws flat values into axes, in "grey" or in two "signed" colours.
    title : str
        Above all.
    shown : sequence of int
        Which of the bases of the snapshots.
    """
    epochs = history["snapshot_epochs"]
    chosen = np.unique(np.linspace(0, len(epochs) - 1, MAX_SNAPSHOTS).round().astype(int))
    figure = new_figure(13, 0.7 + 1.5 * len(chosen))
    figure.suptitle(title)
    widths = [*3 * [1], 1.5, 1.5, *2 * len(shown) * [1]]
    grid = figure.subplots(len(chosen), len(widths), squeeze=False, width_ratios=widths)
    for row, snapshot in zip(grid, chosen, strict=True):
        row[0].set_ylabel(f"epoch {epochs[snapshot]}")
        for axes, (name, label) in zip(row, SHOWN.items(), strict=False):
            draw(axes, history[f"snapshot_{name}"][snapshot, 0], "grey")
            axes.set_title(label if snapshot == chosen[0] else "")
        _draw_coefficients(row[3:5], history, snapshot, has_title=snapshot == chosen[0])
        for number, basis in enumerate(shown):
            for part, name in enumerate(("real", "imaginary")):
                axes = row[5 + 2 * number + part]
                draw(axes, history["snapshot_bases"][snapshot, part, basis], "signed")
                axes.set_title(f"basis {basis + 1}\n{name}" if snapshot == chosen[0] else "")
    return figure


def _draw_coefficients(pair: np.ndarray, history: Arrays, snapshot: int, has_title: bool) -> None:
    """Magnitudes of x, and phases of y, of the first bases."""
    magnitudes = history["snapshot_magnitudes"][snapshot, 0, :N_COEFFICIENTS]
    phases = history["snapshot_phases"][snapshot, 0, :N_COEFFICIENTS]
    numbers = 1 + np.arange(len(magnitudes))
    pair[0].bar(numbers, magnitudes, width=1, color="0.3")
    pair[1].plot(numbers, phases, ".", markersize=3, color="0.3")
    pair[1].set(ylim=(-np.pi, np.pi), yticks=[-np.pi, 0, np.pi], yticklabels=["$-\\pi$", "0", "$\\pi$"])
    pair[0].set(yticks=[])
    for axes, title in zip(pair, ("magnitudes of x", "phases of y"), strict=True):
        axes.set_title(title if has_title else "")
        axes.set(xticks=[])


def _draw_line(axes: Axes, values: np.ndarray, colours: str) -> None:
    """A window of sound, or a basis of one."""
    axes.plot(values, linewidth=0.7, color="0.2" if colours == "grey" else "tab:blue")
    axes.set(xticks=[], yticks=[], xmargin=0)


def _draw_picture(axes: Axes, picture: np.ndarray, origin: Any, colours: str) -> None:
    """A picture ``(height, width)``: values grey by grey, bases in two colours around 0."""
    if colours == "grey":
        axes.imshow(picture, cmap="gray_r", origin=origin, aspect="auto", interpolation="nearest")
    else:
        most = max(np.abs(picture).max(), 1e-12)
        axes.imshow(
            picture, cmap="RdBu_r", vmin=-most, vmax=most, origin=origin, aspect="auto", interpolation="nearest"
        )
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
