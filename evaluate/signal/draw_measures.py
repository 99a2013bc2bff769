"""Figures and tables of what shifts do to magnitudes, and of how much learned bases are like Fourier's."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluate.signal.measures import NEAR_BINS
from pipeline import figures, results, tables
from pipeline.figures import new_figure
from pipeline.parameters import ROOT, StudyParameters
from pipeline.results import Arrays

COLOURS = {"learned": "tab:red", "random": "tab:blue", "Fourier": "black", "samples": "0.6"}
NAMES = {"learned": "learned bases", "random": "random bases", "Fourier": "Fourier bases", "samples": "samples"}
PANELS = {
    "cosine": "cosine with the unshifted window",
    "change": "change relative to the norm",
    "found": "retrieval accuracy",
}
QUADRATURE_DEG, TOLERANCE_DEG = 90, 15
N_FREQUENCIES = 40  # bars of the histogram


def draw_signal_measures(parameters: StudyParameters, root: Path = ROOT) -> list[Path]:
    """Draw the figures `shifts_<run>` and `frequencies_<run>`, write the tables `shifts`, `bases` and `bases_<run>`."""
    measures = results.load_fresh(parameters.for_runs(), "measures", root)
    drawn: dict[str, Figure] = {}
    rows_by_table = {"shifts": shift_rows(measures), "bases": summary_rows(measures)}
    for run, arrays in measures.items():
        drawn |= {f"shifts_{run}": draw_shifts(arrays), f"frequencies_{run}": draw_frequencies(arrays)}
        rows_by_table[f"bases_{run}"] = base_rows(arrays)
    return figures.save_all(drawn, parameters, root) + tables.save_all(rows_by_table, parameters, root)


def draw_shifts(arrays: Arrays) -> Figure:
    """Draw what becomes of magnitudes against the shift: a panel for each measure, a line for each set of bases."""
    figure = new_figure(11, 3.6)
    for axes, (key, title) in zip(figure.subplots(1, len(PANELS)), PANELS.items(), strict=True):
        for feature, values in zip(arrays["features"], arrays[key], strict=True):
            style = {"color": COLOURS[str(feature)], "label": NAMES[str(feature)]}
            axes.plot(arrays["shifts_samples"], values, "o-", markersize=4, **style)
        axes.set_xscale("log", base=2)
        axes.set_xticks(arrays["shifts_samples"], [f"{shift:d}" for shift in arrays["shifts_samples"]])
        axes.set(xlabel="shift (samples)", ylabel=title)
        axes.set_ylim(*((0, None) if key == "change" else (min(0.0, float(arrays[key].min()) - 0.03), 1.03)))
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=len(COLOURS))
    return figure


def draw_frequencies(arrays: Arrays) -> Figure:
    """Draw where the bases have their peaks over the spectrum of the sound; their quadrature; how narrow they are."""
    figure = new_figure(11, 3.6)
    peaks, angles, narrow = figure.subplots(1, 3, width_ratios=(1.6, 1, 1))
    frequencies_hz = arrays["frequencies_hz"]
    edges = np.linspace(0, frequencies_hz[-1], N_FREQUENCIES + 1)
    peaks.hist(arrays["peaks_hz"].mean(axis=1), edges, color="tab:red", alpha=0.7)
    peaks.set(xlabel="frequency of the peak (Hz)", ylabel="bases", xlim=(0, frequencies_hz[-1]))
    _draw_spectrum(peaks, arrays)
    angles.hist(arrays["quadrature_deg"], np.arange(0, 181, 7.5), color="tab:red", alpha=0.7)
    angles.axvline(QUADRATURE_DEG, color="0.3", linestyle=":", linewidth=1)
    angles.set(xlabel="between real and imaginary\npart (degrees)", ylabel="bases", xticks=range(0, 181, 45))
    narrow.hist(100 * arrays["concentration"].mean(axis=1), np.arange(0, 101, 5), color="tab:red", alpha=0.7)
    narrow.set(xlabel=f"power within {NEAR_BINS} bins\nof the peak (%)", ylabel="bases", xlim=(0, 100))
    return figure


def _draw_spectrum(axes: Axes, arrays: Arrays) -> None:
    other = axes.twinx()
    level_db = 10 * np.log10(arrays["power"] / arrays["power"].max() + 1e-12)
    other.plot(arrays["frequencies_hz"], level_db, color="black", linewidth=1)
    other.set_ylabel("spectrum of the sound (dB)")
    other.spines["right"].set_visible(True)


def shift_rows(measures: Mapping[str, Arrays]) -> list[dict[str, str]]:
    """Return a row for each run, set of bases and measure, a column for each shift that a run has."""
    return [
        {"run": run, "features": NAMES[str(feature)], "measure": title}
        | {f"{shift} samples": f"{value:.3f}" for shift, value in zip(arrays["shifts_samples"], values, strict=True)}
        for run, arrays in measures.items()
        for key, title in PANELS.items()
        for feature, values in zip(arrays["features"], arrays[key], strict=True)
    ]


def summary_rows(measures: Mapping[str, Arrays]) -> list[dict[str, str]]:
    """Return a row for each run: how much its bases are pairs of waves in quadrature."""
    rows = []
    for run, arrays in measures.items():
        in_quadrature = np.abs(arrays["quadrature_deg"] - QUADRATURE_DEG) <= TOLERANCE_DEG
        bin_hz = arrays["frequencies_hz"][1]
        is_alike = np.ptp(arrays["peaks_hz"], axis=1) <= 1.5 * bin_hz
        values = {
            "bases": f"{len(is_alike)}",
            "both parts peak within a bin (%)": f"{100 * is_alike.mean():.0f}",
            f"quadrature within {TOLERANCE_DEG} degrees (%)": f"{100 * in_quadrature.mean():.0f}",
            "median quadrature (degrees)": f"{np.median(arrays['quadrature_deg']):.0f}",
            f"power within {NEAR_BINS} bins, median (%)": f"{100 * np.median(arrays['concentration']):.0f}",
        }
        rows.append({"run": run} | values)
    return rows


def base_rows(arrays: Arrays) -> list[dict[str, str]]:
    """Return a row for each basis, from the lowest to the highest."""
    order = np.argsort(arrays["peaks_hz"].mean(axis=1), kind="stable")
    return [
        {
            "basis": f"{basis}",
            "peak of real part (Hz)": f"{arrays['peaks_hz'][basis, 0]:.0f}",
            "peak of imaginary part (Hz)": f"{arrays['peaks_hz'][basis, 1]:.0f}",
            "power near it, real (%)": f"{100 * arrays['concentration'][basis, 0]:.0f}",
            "power near it, imaginary (%)": f"{100 * arrays['concentration'][basis, 1]:.0f}",
            "quadrature (degrees)": f"{arrays['quadrature_deg'][basis]:.0f}",
            "norm": f"{arrays['norms'][basis]:.3f}",
        }
        for basis in order
    ]
