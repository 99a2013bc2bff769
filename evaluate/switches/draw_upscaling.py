"""Figures and the table of generators: what each gives of a clip, and how near it comes for its processor time."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from evaluate.bootstrap import interval
from evaluate.switches.upscaling import Upscaling
from pipeline import figures, results, tables
from pipeline.figures import OTHER_COLOURS, new_figure
from pipeline.parameters import ROOT
from pipeline.studies.switches import Parameters
from save_dataset.switches.clips import load_clips
from save_dataset.switches.draw_clips import draw_mels

Generators: TypeAlias = Mapping[str, Sequence[Upscaling]]  # by the name of a group or run, the measures of its runs

COLOURS, MARKERS = ("tab:red", "tab:blue", *OTHER_COLOURS), "osD^vP*X<>h"
COLUMNS = {  # of the table: measure, factor, decimals
    "parameters": ("n_parameters", 1, 0), "step (ms)": ("step_cpu_s", 1000, 0), "L1": ("loss", 1, 4),
    "half on (dB)": ("half_db", 1, 2), "largest / smallest step": ("path_ratio", 1, 2),
    "blocks in time": ("time_blocks", 1, 2), "in frequency": ("frequency_blocks", 1, 2),
    "contrast": ("contrast", 1, 2), "contrast, half on": ("half_contrast", 1, 2),
}  # fmt: skip


def draw_upscaling(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw the figures `generators` and `upscaling` and write the table `generators`, if any is measured."""
    group_of = {run: group for group, runs in parameters.figures.groups.items() for run in runs}
    generators = dict[str, list[Upscaling]]()
    for run, arrays in results.load_fresh(parameters.for_runs(), "upscaling", root).items():
        generators.setdefault(group_of.get(run, run), []).append(Upscaling.from_arrays(arrays))
    if not generators:
        return []
    drawn = {"generators": draw_outputs(generators, parameters, root), "upscaling": draw_errors(generators)}
    rows = tables.save_all({"generators": table_rows(generators)}, parameters, root)
    return figures.save_all(drawn, parameters, root) + rows


def draw_outputs(generators: Generators, parameters: Parameters, root: Path) -> Figure:
    """Draw a clip, and what each generator gives of it; of a group the first run."""
    clips, clip = load_clips(parameters, root), parameters.figures.clip - 1
    titles = {name: f"{name}: {runs[0].alone_db[clip]:.1f} dB" for name, runs in generators.items()}
    panels_of = {f"clip: {clips.names[clip]}": clips.mels[clip]}
    panels_of |= {titles[name]: runs[0].outputs[clip].astype(np.float32) for name, runs in generators.items()}
    return draw_mels([*panels_of], [*panels_of.values()], parameters.mel, float(clips.loudest_db))


def draw_errors(generators: Generators) -> Figure:
    """Draw the error of clips alone against the processor time of a step, a point for each generator that learns."""
    figure = new_figure(8, 4.5)
    axes = figure.subplots()
    for index, (name, runs) in enumerate(generators.items()):
        step_ms, of_clips = 1000 * _mean(runs, "step_cpu_s"), _mean(runs, "alone_db")
        if step_ms > 0:  # not of a table
            colour, marker = COLOURS[index % len(COLOURS)], MARKERS[index % len(MARKERS)]
            axes.plot([step_ms] * 2, interval(of_clips), color=colour, linewidth=0.8, alpha=0.7)
            axes.plot(step_ms, of_clips.mean(), marker, color=colour, label=name)
    axes.axhline(runs[0].median_db.mean(), color="0.5", linestyle=":", label="median of each band")
    axes.set(xscale="log", xlabel="processor time of a step (ms)", ylabel="difference from clips (dB)", ylim=(0, None))
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    figure.legend(loc="outside right center")
    return figure


def table_rows(generators: Generators) -> list[dict[str, str]]:
    """Return a row for each generator, means over its runs, and one for the median of each band."""
    rows = []
    for name, runs in generators.items():
        row = {"generator": name, "runs": str(len(runs))} | _in_words(_mean(runs, "alone_db"))
        of_runs_db = [run.alone_db.mean() for run in runs]
        row["sd of runs (dB)"] = f"{np.std(of_runs_db, ddof=1):.2f}" if len(runs) > 1 else ""
        for column, (measure, factor, decimals) in COLUMNS.items():
            values = _mean(runs, measure)
            is_measured = values.size and np.isfinite(values).all()
            row[column] = f"{factor * values.mean():.{decimals}f}" if is_measured else ""
        rows.append(row)
    return [*rows, dict.fromkeys(rows[0], "") | {"generator": "median of each band"} | _in_words(runs[0].median_db)]


def _in_words(of_clips: np.ndarray) -> dict[str, str]:
    low, high = interval(of_clips)
    return {"error (dB)": f"{of_clips.mean():.2f}", "95 % over clips": f"{low:.2f} to {high:.2f}"}


def _mean(runs: Sequence[Upscaling], measure: str) -> np.ndarray:
    return np.mean([getattr(run, measure) for run in runs], axis=0)
