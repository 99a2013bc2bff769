"""What is on the listening page: rows of sounds, of so few sources and targets that the page stays small."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from forecast.timbre.outputs import load_outputs
from pipeline import results
from pipeline.parameters import ROOT
from pipeline.studies.timbre import Parameters
from save_dataset.timbre.sounds import Sources, Targets, load_sources, load_targets

MAX_SOURCES, MAX_TARGETS = 5, 4
MAX_S = 10.0  # of each sound
MAX_TOTAL_S = 1200.0  # of all of them, with which the page stays below 20 MB


class Row(NamedTuple):
    """What became a target: a source, or what is held out of that target."""

    target: str
    source: str
    held_out: bool


class Cell(NamedTuple):
    """A sound ``(n_samples,)``, the name of its column, and what is written below it."""

    column: str
    samples: np.ndarray
    notes: tuple[str, ...] = ()


def read_rows(parameters: Parameters, root: Path = ROOT) -> tuple[dict[Row, list[Cell]], str]:
    """Return the sounds of each row, all as long, and in words how much of everything that is.

    First comes the input, then what each run made of it, last the target, repeated where it is shorter. The source and
    the target of the figures are the first ones; of runs that differ only in their seed there is the first.

    Raises
    ------
    FileNotFoundError, ValueError
        As `results.load` does, if no run has outputs that can be used, or the sounds cannot be used.
    """
    sources, targets = load_sources(parameters, root), load_targets(parameters, root)
    runs = _fresh_runs(parameters, root)
    source_names = _choose(sources.names, parameters.figures.source, MAX_SOURCES)
    target_names = _choose(targets.names, parameters.figures.target, MAX_TARGETS)
    n_sounds = (len(source_names) + 1) * len(target_names) * (len(runs) + 2)
    max_s = min(MAX_S, MAX_TOTAL_S / n_sounds)
    left_out = {*targets.names.tolist()} - {*target_names}  # blends of targets are not
    rows: dict[Row, list[Cell]] = {}
    for run in runs:
        for row, cell in _read_outputs(run, round(max_s * run.stft.sample_rate_hz), root):
            if row.target not in left_out and (row.held_out or row.source in source_names):
                rows.setdefault(row, [Cell("input", _find_input(row, sources, targets))]).append(cell)
    about = (
        f"At most {max_s:.1f} s of each sound, {len(source_names)} of {len(sources.names)} sources, "
        f"{len(target_names)} of {len(targets.names)} targets, {len(runs)} of {len(parameters.runs)} runs; "
        "all that became of them is in <run>/sounds/."
    )
    return {row: _align(row, cells, targets) for row, cells in rows.items()}, about


def _fresh_runs(parameters: Parameters, root: Path) -> list[Parameters]:
    repeated = {run for group in parameters.figures.groups.values() for run in group[1:]}
    runs = parameters.for_runs([run for run in parameters.runs if run not in repeated])
    fresh = [run for run in runs if results.is_fresh(run, "transfers", root)]
    if not fresh:
        results.check_fresh(runs[0], "transfers", root)
    return fresh


def _choose(names: np.ndarray, first: str | None, n_names: int) -> list[str]:
    return sorted(names.tolist(), key=lambda name: name != first)[:n_names]


def _read_outputs(run: Parameters, n_samples: int, root: Path) -> Iterator[tuple[Row, Cell]]:
    """Yield what a run made of each source and of what is held out."""
    outputs = load_outputs(run, root)
    measures = results.load_if_fresh(run, "measures", root)
    names = zip(outputs.target_names.tolist(), outputs.source_names.tolist(), outputs.held_out.tolist(), strict=True)
    for output, row in enumerate(names):
        samples = outputs.sound(output)[:n_samples].copy()  # not a view of all outputs
        notes = describe_measures(measures, output) if measures else ()
        yield Row(*row), Cell(str(run.run), samples, notes)


def describe_measures(measures: Mapping[str, np.ndarray], output: int) -> tuple[str, ...]:
    """Return how far the mean spectrum of an output is from the target's, and how many notes it lost, if known."""
    distance_db = measures["distance_db"][output]
    lost = measures["note_lost"][measures["note_outputs"] == output]
    distance = () if np.isnan(distance_db) else (f"distance {distance_db:.1f} dB",)
    return (*distance, f"{lost.sum()} of {len(lost)} notes lost") if len(lost) else distance


def _find_input(row: Row, sources: Sources, targets: Targets) -> np.ndarray:
    if row.held_out:
        return targets.sound(targets.index_of(row.source), held_out=True)
    return sources.sound(sources.index_of(row.source))


def _align(row: Row, cells: list[Cell], targets: Targets) -> list[Cell]:
    """Return cells of one length, with the target as the last one, if it is not a blend of targets."""
    n_samples = min(len(cell.samples) for cell in cells)
    if row.target in targets.names:
        learned = targets.sound(targets.index_of(row.target), held_out=False)
        cells = [*cells, Cell("target", np.resize(learned, n_samples))]
    return [cell._replace(samples=cell.samples[:n_samples]) for cell in cells]
