"""Figures of the training of complex autoencoders: losses and invariance over the epochs, what was learned when."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline import figures, results
from pipeline.figures import colour_of, new_figure
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from train_model.complex.draw_bases import View, clearest, view_of
from train_model.complex.parameters import ComplexParameters

CURVES = {"loss": (":", "while it learns"), "train": ("--", "pairs learned from"), "validation": ("-", "held out")}
MAX_SNAPSHOTS = 5  # rows of a figure
SHOWN = {"inputs": "x", "targets": "y", "reconstructions": "y from |x| and\nphases of y"}
N_BASES, N_COEFFICIENTS = 3, 48  # shown of a snapshot


def draw_complex_training(parameters: ComplexParameters, root: Path = ROOT) -> list[Path]:
    """Draw losses and snapshots of the runs that are trained, and return the paths."""
    histories = results.load_fresh([run for run in parameters.for_runs() if run.model.is_learned], "history", root)
    paths = []
    if histories:
        paths += figures.save(draw_histories(histories), results.figure_path(parameters, "losses", root))
    for name, history in histories.items():
        if len(history.get("snapshot_epochs", ())):
            view, (real, imaginary) = view_of(parameters.for_run(name)), history["snapshot_bases"][-1]
            shown = clearest(view, real + 1j * imaginary, N_BASES).tolist()
            figure = draw_snapshots(history, view, f"{parameters.name}, {name}", shown)
            paths += figures.save(figure, results.figure_path(parameters, f"snapshots_{name}", root))
    return paths


def draw_histories(histories: Mapping[str, Arrays]) -> Figure:
    """Draw losses of fixed pairs, a colour for each run, and how often a transformed view is retrieved.

    Histories, by run, are as step 2 stores them.
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
    invariance.set(xlabel="epoch", title="held-out pairs retrieved after a shift (%)", ylim=(-2, 102))
    invariance.plot([], [], ":", color="0.3", label="by the input itself")
    for axes in (losses, invariance):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(*invariance.get_legend_handles_labels(), loc="outside lower center", ncols=5)
    return figure


def draw_snapshots(history: Arrays, view: View, title: str, shown: Sequence[int] = range(N_BASES)) -> Figure:
    """Draw a row for each of a few epochs: a pair held out, its reconstruction, magnitudes and phases, and some bases.

    `history` has the ``snapshot_...`` arrays of a run; `shown` are indices of bases.
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
            view.draw(axes, history[f"snapshot_{name}"][snapshot, 0], "grey")
            axes.set_title(label if snapshot == chosen[0] else "")
        _draw_coefficients(row[3:5], history, snapshot, has_title=snapshot == chosen[0])
        for index, basis in enumerate(shown):
            for part, name in enumerate(("real", "imaginary")):
                axes = row[5 + 2 * index + part]
                view.draw(axes, history["snapshot_bases"][snapshot, part, basis], "signed")
                axes.set_title(f"basis {basis + 1}\n{name}" if snapshot == chosen[0] else "")
    return figure


def _draw_coefficients(pair: np.ndarray, history: Arrays, snapshot: int, has_title: bool) -> None:
    """Draw magnitudes of x, and phases of y, of the first bases."""
    magnitudes = history["snapshot_magnitudes"][snapshot, 0, :N_COEFFICIENTS]
    phases = history["snapshot_phases"][snapshot, 0, :N_COEFFICIENTS]
    numbers = 1 + np.arange(len(magnitudes))
    pair[0].bar(numbers, magnitudes, width=1, color="0.3")
    pair[1].plot(numbers, phases, ".", markersize=3, color="0.3")
    pair[1].set_ylim(-np.pi, np.pi)
    pair[1].set_yticks([-np.pi, 0, np.pi], ["$-\\pi$", "0", "$\\pi$"], parse_math=True)
    pair[0].set(yticks=[])
    for axes, title in zip(pair, ("magnitudes of x", "phases of y"), strict=True):
        axes.set_title(title if has_title else "")
        axes.set(xticks=[])
