"""The picture of the training of dictionaries: loss, winners and atoms in use over the epochs, for several runs."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline import figures, results
from pipeline.dictionary_study import DictionaryParameters
from pipeline.figures import colour_of, new_figure
from pipeline.parameters import ROOT

TERMS = {
    "square": "mean square error",
    "hits": "cross-entropy of hits, with errors at hits (nats)",
    "chords": "cross-entropy of chords (nats)",
    "chord_changes": "cross-entropy of chord changes (nats)",
    "k": "winners, k",
    "atoms_used": "atoms in use",
}
ON_LOG_AXES = {"square", "hits"}


def draw_dictionary_losses(parameters: DictionaryParameters, root: Path = ROOT) -> list[Path]:
    """Draw the losses of the runs that are trained, if there are any; returns paths."""
    histories = results.load_fresh(parameters.for_runs(), "history", root)
    if not histories:
        return []
    return figures.save(draw_histories(histories), results.figure_path(parameters, "losses", root))


def draw_histories(histories: Mapping[str, Mapping[str, np.ndarray]]) -> Figure:
    """A panel for each term that any of the runs has, a curve for each run.

    Parameters
    ----------
    histories : mapping of str to mapping of str to np.ndarray
        By run, as step 2 stores them: a value per epoch for each term.
    """
    terms = [term for term in TERMS if any(term in history for history in histories.values())]
    figure = new_figure(3.6 * len(terms), 3.2)
    for axes, term in zip(figure.subplots(1, len(terms), squeeze=False)[0], terms, strict=True):
        for run, history in histories.items():
            if term in history:
                values = history[term]
                axes.plot(1 + np.arange(len(values)), values, color=colour_of(run, list(histories)), label=run)
        if term in ON_LOG_AXES:
            axes.set_yscale("log")
        axes.set(xlabel="epoch", title=TERMS[term])
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.axes[0].legend()
    return figure
