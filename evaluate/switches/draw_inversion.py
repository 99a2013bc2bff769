"""Figures and tables of the study of inversion: against windows, and against iterations."""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from evaluate.switches.inversion import ERRORS, FORMS, KINDS, LIBROSA_ITERATIONS, MEL, compare_with_librosa
from pipeline import figures, results, tables
from pipeline.figures import new_figure, new_panels
from pipeline.parameters import ROOT
from pipeline.studies.switches import Parameters

FAST = FORMS.index("fast")
STYLES = ("--", "-")  # of kinds
FORM_STYLES = (("0.55", "plain"), ("tab:blue", "fast"), ("tab:orange", "fast from heap integration on"))


def draw_inversion(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw what `measure_inversion` returned and write its tables, if it is stored; return the paths."""
    arrays = results.load_if_fresh(parameters, "inversion", root)
    if arrays is None:
        return []
    usual = int(np.searchsorted(arrays["iterations"], LIBROSA_ITERATIONS, side="right")) - 1
    drawn = {"inversion": draw_windows(arrays, usual)}
    drawn |= {f"inversion_{name}": draw_iterations(arrays, n) for n, name in enumerate(("convergence", "log_mel"))}
    rows = {"inversion": [*window_rows(arrays, usual)], "inversion_librosa": [*compare_with_librosa(arrays)]}
    return figures.save_all(drawn, parameters, root) + tables.save_all(rows, parameters, root)


def window_rows(arrays: Mapping[str, np.ndarray], usual: int) -> Iterator[dict[str, str]]:
    """Yield a row for each kind of spectrogram and window: fast form, random phases; `usual`: index of iterations."""
    for (kind, name), (window, samples) in product(enumerate(KINDS), enumerate(arrays["windows_samples"])):
        errors = arrays["errors"][:, kind, FAST, window, usual]
        yield {
            "window (samples)": str(samples),
            "spectrogram": name,
            "frames": str(arrays["n_frames"][window]),
            "numbers per s": f"{arrays['n_numbers'][kind, window] / arrays['duration_s']:.0f}",
            "mel inverse (s)": f"{arrays['mel_inverse_s'][window] * (kind == MEL):.2f}",
            "iterations": str(arrays["iterations"][usual]),
            "Griffin-Lim (s)": f"{arrays['griffin_lim_s'][kind, FAST, window, usual]:.2f}",
            **{error: f"{value:.2f}" for error, value in zip(ERRORS, errors, strict=True)},
        }


def draw_windows(arrays: Mapping[str, np.ndarray], usual: int) -> Figure:
    """Draw the source's three plots, time in its two parts, and next to its error one that says more."""
    figure, windows = new_figure(9.0, 6.0), arrays["windows_samples"]
    times, *others = panels = figure.subplots(2, 2, sharex=True).ravel().tolist()
    own_s = (arrays["mel_inverse_s"], arrays["griffin_lim_s"][MEL, FAST, :, usual])
    for part, (name, colour) in enumerate((("mel inverse", "tab:green"), ("Griffin-Lim", "tab:blue"))):
        librosa_s = arrays["librosa_s"][:, part]
        times.plot(windows, own_s[part], "o-", color=colour, label=name)
        times.plot(arrays["librosa_samples"], librosa_s, "o", color=colour, fillstyle="none", label=f"librosa's {name}")
    times.axhline(arrays["duration_s"] / 4, color="0.6", linestyle=":", label="a quarter of the duration")
    times.set(yscale="log", ylabel=f"processor time (s), {arrays['duration_s']:.0f} s of sound")
    times.set_ylim(top=20 * arrays["duration_s"])  # above is the legend
    errors = dict(zip(ERRORS[1:], arrays["errors"][1:, :, FAST, :, usual], strict=True))
    drawn = {"length (numbers)": arrays["n_numbers"], **errors}
    for axes, (label, by_kind) in zip(others, drawn.items(), strict=True):
        for name, style, values in zip(KINDS, STYLES, by_kind, strict=True):
            axes.plot(windows, values, style, color="black", marker=".", label=name)
        axes.set(ylabel=label, **({"ylim": (0, None)} if label in ERRORS else {"yscale": "log"}))
    others[2].axhline(2, color="0.6", linestyle=":", label="unrelated sounds")
    for axes in panels:
        axes.set_xscale("log", base=2)
        axes.set_xticks(windows, [str(samples) for samples in windows])
        axes.legend(fontsize="small")
    figure.supxlabel(f"window (samples); {arrays['iterations'][usual]} iterations", fontsize="medium")
    return figure


def draw_iterations(arrays: Mapping[str, np.ndarray], error: int) -> Figure:
    """Draw an error against iterations in a panel for each window, and librosa's where it was measured."""
    figure, panels = new_panels(len(arrays["windows_samples"]), 2.2, 2.0)
    librosa = dict(zip(arrays["librosa_samples"], arrays["librosa_errors"][:, error], strict=True))
    for window, (axes, samples) in enumerate(zip(panels, arrays["windows_samples"], strict=True)):
        for (form, (colour, name)), kind in product(enumerate(FORM_STYLES), range(len(KINDS))):
            errors = arrays["errors"][error, kind, form, window]
            axes.plot(arrays["iterations"], errors, STYLES[kind], color=colour, label=f"{name}: {KINDS[kind]}")
        axes.plot(LIBROSA_ITERATIONS, librosa.get(samples, np.nan), "*", color="tab:red", label="librosa: mel")
        axes.set_title(f"{samples} samples", loc="left", fontsize="small")
    panels[0].set_xscale("symlog", base=2, linthresh=1)
    panels[0].xaxis.set_major_formatter("{x:.0f}")
    figure.supxlabel("iterations", fontsize="medium")
    figure.supylabel(ERRORS[error], fontsize="medium")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return figure
