"""Figure and table of the properties of representations, and box plots of MFCC under changes of pitch."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from evaluate.instruments.pitch_shift import QUANTILES
from pipeline import figures, results, tables
from pipeline.figures import new_figure, new_panels
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from pipeline.studies.instruments import Parameters

COLOURS = {
    "dft": "0.45", "mel": "tab:brown", "mfcc": "tab:orange", "cqt": "tab:green",
    "time": "tab:blue", "joint": "tab:purple", "spiral": "tab:red",
}  # fmt: skip
NAMES = {"dft": "|DFT|", "mel": "mel", "mfcc": "MFCC", "cqt": "CQT, log", "time": "time scattering, log",
         "joint": "joint scattering, log", "spiral": "spiral scattering, log"}  # fmt: skip


def draw_properties(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw three of the properties and write the table of all, if they are measured; return the paths."""
    measures = results.load_if_fresh(parameters, "properties", root)
    if measures is None:
        return []
    paths = figures.save_all({"properties": draw_three(measures)}, parameters, root)
    return paths + tables.save_all({"properties": property_rows(measures)}, parameters, root)


def draw_three(measures: Arrays) -> Figure:
    """Draw discriminability, stability and invariance, each a panel, a colour for each representation."""
    figure = new_figure(10.5, 3.6)
    discriminability, stability, invariance = figure.subplots(1, 3)
    names = measures["names"].tolist()
    labels = [NAMES[name] for name in names]
    discriminability.barh(labels, 100 * measures["recall"], color=[COLOURS[name] for name in names])
    discriminability.set(xlabel="macro recall of nearest neighbour (%)", title="discriminability", xlim=(0, 100))
    discriminability.invert_yaxis()
    for name, label, dilated, shifted in zip(names, labels, measures["stability"], measures["invariance"], strict=True):
        style = {"color": COLOURS[name], "marker": "o", "markersize": 3, "clip_on": False}
        stability.plot([0, *100 * measures["dilations"]], [0, *dilated], **style, label=label)
        invariance.plot(measures["shifts_ms"], shifted, **style)
    stability.set(xlabel="dilation of time (%)", ylabel="distance / that of two clips", title="stability")
    invariance.set(xlabel="shift (ms)", ylabel="distance / that of two clips", title="invariance", xscale="log")
    for axes in (stability, invariance):
        axes.set_ylim(bottom=0)
    figure.legend(*stability.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure


def property_rows(measures: Arrays) -> list[dict[str, str]]:
    """Return a row for each representation; distances against that of two clips."""
    rows = []
    for index, name in enumerate(measures["names"].tolist()):
        convergence = measures["convergence"][index]
        rows.append({
            "representation": NAMES[name],
            "recall of neighbour": f"{100 * measures['recall'][index]:.1f}",
            "dilation 1 %": f"{measures['stability'][index, 0]:.3f}",
            "dilation 5 %": f"{measures['stability'][index, -1]:.3f}",
            "semitone": f"{measures['semitone'][index]:.3f}",
            f"shift {measures['shifts_ms'][-1]:.0f} ms": f"{measures['invariance'][index, -1]:.3f}",
            "spectral convergence (dB)": f"{convergence:.1f}" if np.isfinite(convergence) else "",
        })  # fmt: skip
    return rows


def draw_pitch_shift(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw the distances of MFCC within clusters, a panel for each instrument, if there are any; return the paths."""
    measures = results.load_if_fresh(parameters, "pitch_shift", root)
    if measures is None or not len(measures["instruments"]):
        return []
    return figures.save_all({"pitch_shift": draw_clusters_of_pitch(measures)}, parameters, root)


def draw_clusters_of_pitch(measures: Arrays) -> Figure:
    """Draw box plots at 10, 25, 50, 75 and 90 %; the number of pairs stands at the right."""
    instruments, clusters = measures["instruments"], measures["clusters"].tolist()
    figure, panels = new_panels(len(instruments), 2.3, 1.9)
    keys = ("whislo", "q1", "med", "q3", "whishi")
    of_instruments = zip(panels, instruments, measures["quantiles"], measures["n_pairs"], strict=True)
    for axes, name, boxes, n_pairs in of_instruments:
        stats = [dict(zip(keys, box, strict=True), fliers=[]) for box in boxes]
        axes.bxp(stats, orientation="horizontal", showfliers=False, widths=0.6, medianprops={"color": "tab:red"})
        axes.set_yticks(range(1, len(clusters) + 1), clusters)
        axes.set(title=figures.shown(name), xscale="log")
        for row, number in enumerate(n_pairs, start=1):
            axes.text(1.0, row, f" {number}", transform=axes.get_yaxis_transform(), fontsize=7, va="center")
    panels[0].invert_yaxis()
    figure.supxlabel(f"squared distance of MFCC: {', '.join(f'{100 * q:.0f}' for q in QUANTILES)} % of pairs; "
                     "their number at the right", fontsize=9)  # fmt: skip
    return figure
