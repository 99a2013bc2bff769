"""The figure of the training of networks: loss and accuracy over the epochs, for several runs."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline import figures, results
from pipeline.figures import OTHER_COLOURS, colour_of, new_figure
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from pipeline.studies.instruments import Parameters

STYLES = ("-", "--", ":")  # of runs that share a colour
TITLES = {"loss": "cross-entropy of what is learned from (nats)", "accuracy": "right of what is learned from (%)"}
N_COLUMNS = 5  # of the legend


def draw_instrument_training(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw the trainings of those networks of a parameter file that are trained, if any, and return the paths."""
    networks = [run for run in parameters.for_runs() if run.classifier.is_network]
    histories = results.load_fresh(networks, "history", root)
    if not histories:
        return []
    return figures.save(draw_training(histories), results.figure_path(parameters, "training", root))


def draw_training(histories: Mapping[str, Arrays]) -> Figure:
    """Draw the mean over the seeds of each run, and from the lowest of them to the highest.

    Histories, by run, are as step 2 stores them.
    """
    runs = list(histories)
    figure = new_figure(9, 3.6 + 0.25 * -(-len(runs) // N_COLUMNS))
    panels = figure.subplots(1, len(TITLES))
    for axes, (name, title) in zip(panels, TITLES.items(), strict=True):
        for index, run in enumerate(runs):
            values = histories[run][name] * (100 if name == "accuracy" else 1)  # (n_seeds, epochs)
            epochs, colour = 1 + np.arange(values.shape[1]), colour_of(run, runs)
            style = STYLES[index // len(OTHER_COLOURS) % len(STYLES)]
            marker = "." if len(epochs) == 1 else ""
            axes.plot(epochs, values.mean(axis=0), style, marker=marker, color=colour, label=run)
            axes.fill_between(epochs, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.15, linewidth=0)
        axes.set(xlabel="epoch", title=title)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    panels[0].set_ylim(bottom=0)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=N_COLUMNS)
    return figure
