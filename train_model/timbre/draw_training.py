"""The figure of the training of autoencoders: both terms of the loss over the epochs, for several runs."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline import figures, results
from pipeline.figures import colour_of, new_figure
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from pipeline.studies.timbre import Parameters

TITLES = {
    "log_magnitude": "difference of compressed magnitudes",
    "spectral_convergence": "norm of the difference / norm of the frame",
}


def draw_timbre_training(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw the trainings of those networks of a parameter file that are trained, if any, and return the paths."""
    histories = results.load_fresh([run for run in parameters.for_runs() if run.has("history")], "history", root)
    if not histories:
        return []
    return figures.save(draw_training(histories), results.figure_path(parameters, "training", root))


def draw_training(histories: Mapping[str, Arrays]) -> Figure:
    """Draw the terms of the loss of each run; histories, by run, are as step 2 stores them."""
    runs = list(histories)
    figure = new_figure(9, 3.6)
    panels = figure.subplots(1, len(TITLES))
    for axes, (name, title) in zip(panels, TITLES.items(), strict=True):
        for run, history in histories.items():
            epochs = 1 + np.arange(len(history[name]))
            axes.plot(
                epochs, history[name], marker="." if len(epochs) == 1 else "", color=colour_of(run, runs), label=run
            )
        axes.set(xlabel="epoch", title=title, ylim=(0, None))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    return figure
