"""The figure of the training of dictionaries: loss, winners and atoms in use over the epochs, for several runs."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, StrMethodFormatter

from pipeline import figures, results
from pipeline.figures import OTHER_COLOURS, colour_of, new_figure
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from pipeline.sections.dictionary_study import DictionaryParameters

TERMS = {
    "square": "mean square error",
    "cleaned": "mean square error after cleaning",
    "hits": "cross-entropy, errors at hits (nats)",
    "chords": "cross-entropy of chords (nats)",
    "chord_changes": "cross-entropy of changes (nats)",
    "k": "winners, k",
    "atoms_used": "atoms in use",
}
ON_LOG_AXES = {"square", "cleaned", "hits"}
COUNTS = {"k", "atoms_used"}
LABELS_IN_ROW = 4  # of the legend, in three panels


def draw_dictionary_losses(parameters: DictionaryParameters, root: Path = ROOT) -> list[Path]:
    """Draw the losses of the runs that are trained, if there are any, and return the paths."""
    histories = results.load_fresh(parameters.for_runs(), "history", root)
    if not histories:
        return []
    return figures.save(draw_histories(histories), results.figure_path(parameters, "losses", root))


def draw_histories(histories: Mapping[str, Arrays]) -> Figure:
    """Draw a panel for each term that any of the runs has, a curve for each run; winners only if their number changes.

    Histories, by run, are as step 2 stores them.
    """
    terms = [term for term in TERMS if any(term in history for history in histories.values())]
    if all(np.ptp(history.get("k", 0)) == 0 for history in histories.values()):
        terms = [term for term in terms if term != "k"]
    n_rows = -(-len(histories) // LABELS_IN_ROW)
    figure = new_figure(max(3.6 * len(terms), 7.2), 3.2 + 0.25 * n_rows)
    curves = {}
    for axes, term in zip(figure.subplots(1, len(terms), squeeze=False)[0], terms, strict=True):
        for index, (run, history) in enumerate(histories.items()):
            if term in history:
                values = history[term]
                style = {"color": colour_of(run, list(histories)), "marker": "." if len(values) == 1 else ""}
                style["linestyle"] = ("-", "--", ":")[index // len(OTHER_COLOURS) % 3]
                (curves[run],) = axes.plot(1 + np.arange(len(values)), values, **style)
        _set_scales(axes, term)
    in_order = [run for run in histories if run in curves]
    figure.legend([curves[run] for run in in_order], in_order, loc="outside lower center", ncols=LABELS_IN_ROW)
    return figure


def _set_scales(axes: Axes, term: str) -> None:
    """Show epochs and counts in whole numbers, losses on logarithmic axes."""
    axes.set(xlabel="epoch", title=TERMS[term])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if term in ON_LOG_AXES:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
    if term in COUNTS:
        axes.set_ylim(0, 1.1 * axes.dataLim.y1)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
