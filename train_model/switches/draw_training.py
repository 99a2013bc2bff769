"""The figure of the training of generators: the loss over the epochs, for several runs."""

from pathlib import Path

import numpy as np
from matplotlib.ticker import MaxNLocator

from pipeline import figures, results
from pipeline.figures import OTHER_COLOURS, colour_of, new_figure
from pipeline.parameters import ROOT
from pipeline.studies.switches import Parameters

STYLES = ("-", "--", ":")  # of runs that share a colour


def draw_switches_training(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw the trainings of those generators of a parameter file that are trained, if any, and return the paths."""
    learned = [run for run in parameters.for_runs() if run.generator.kind != "table"]
    histories = results.load_fresh(learned, "history", root)
    if not histories:
        return []
    factor, unit = (parameters.mel.range_db, "dB") if parameters.mel.scale == "db" else (1, "mel power")
    figure = new_figure(7, 4)
    axes = figure.subplots()
    for index, (run, history) in enumerate(histories.items()):
        style, colour = STYLES[index // len(OTHER_COLOURS) % len(STYLES)], colour_of(run, list(histories))
        epochs = 1 + np.arange(len(history["loss"]))
        axes.plot(epochs, factor * history["loss"], style, marker=".", color=colour, label=run)
    axes.set(xlabel="epoch", ylabel=f"mean absolute difference ({unit})", ylim=(0, None))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(loc="outside right center")
    return figures.save(figure, results.figure_path(parameters, "training", root))
