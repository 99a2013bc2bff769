"""The figure of a training: each term of the loss over the epochs, for several runs."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline import figures, results
from pipeline.figures import colour_of, new_figure
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from pipeline.sections.trajectory_study import TrajectoryParameters

MAX_COLUMNS = 3
TERMS = {
    "reconstruction": "R: cross-entropy above the lowest possible (nats)",
    "forecast": "F: 1 - cos(forecast, true velocity)",
    "off_centre": "O: mean square of z",
    "curvature": "C: - cos of consecutive velocities",
    "persistence": "P: whitened square of the way to a later point",
    "constant_velocity": "V: whitened square of the change of velocity",
    "whiteness": "W: log(mean / geometric mean of variances)",
}


def describe_losses(history: Arrays) -> str:
    """Return a line with the last value of each term."""
    line = ", ".join(f"{term} {history[term][-1]:.5f}" for term in TERMS if term in history) or "fitted"
    if "val_loss" in history:
        line += f"; kept: epoch {1 + np.argmin(history['val_loss'])}, the best on the part that validates"
    return line


def draw_all_losses(parameters: TrajectoryParameters, root: Path = ROOT) -> list[Path]:
    """Draw the losses of those runs of a song that are trained, if there are any, and return the paths."""
    trained = [run for run in parameters.for_runs() if not run.model.is_linear]
    histories = results.load_fresh(trained, "history", root)
    if not histories:
        return []
    return figures.save(draw_losses(histories), results.figure_path(parameters, "losses", root))


def draw_losses(histories: Mapping[str, Arrays]) -> Figure:
    """Draw a panel for each term that any of the runs has, a curve for each run, dotted for what validates.

    Histories, by run, are as step 2 stores them.
    """
    terms = [term for term in TERMS if any(term in history for history in histories.values())]
    n_columns = min(len(terms), MAX_COLUMNS)
    n_rows = -(-len(terms) // n_columns)
    figure = new_figure(4.2 * n_columns, 3.4 * n_rows)
    panels = figure.subplots(n_rows, n_columns, squeeze=False).ravel()
    for axes in panels[len(terms) :]:
        axes.remove()
    for axes, term in zip(panels, terms, strict=False):
        for run, history in histories.items():
            for prefix, style in {"": ".-", "val_": ":"}.items():
                if (name := prefix + term) not in history:
                    continue
                values = history[name]
                if term == "reconstruction":
                    values = values - history[f"{prefix}lowest_reconstruction"]
                    axes.set_yscale("log")
                label = run + ", validation" * bool(prefix)
                axes.plot(1 + np.arange(len(values)), values, style, color=colour_of(run, list(histories)), label=label)
        axes.set(xlabel="epoch", title=TERMS[term])
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend()
    return figure
