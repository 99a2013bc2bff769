"""Tables of the study `timbre`: methods, differences between them, and targets."""

import itertools
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from evaluate.timbre.draw_methods import Estimator, targets_of
from evaluate.timbre.measures import Measures
from evaluate.timbre.methods import Methods, by_method, load_runs
from evaluate.timbre.statistics import Estimate, difference, estimate
from pipeline import tables
from pipeline.parameters import ROOT
from pipeline.studies.timbre import Parameters

Rows = list[dict[str, str]]


class Column(NamedTuple):
    """How a measure is written."""

    name: str
    factor: float = 1
    decimals: int = 2


COLUMNS = {
    "lost": Column("notes lost (%)", 100, 1),
    "lost_inside": Column("lost within learned pitches (%)", 100, 1),
    "lost_outside": Column("lost beyond (%)", 100, 1),
    "pitch_kept": Column("pitch kept (%)", 100, 1),
    "distance_db": Column("distance (dB)"),
    "source_distance_db": Column("distance of sources (dB)"),
    "reconstruction_db": Column("reconstruction (dB)"),
    "continuity": Column("change of timbre (MFCC)"),
    "bandwidth_hz": Column("bandwidth (Hz)", decimals=0),
    "level_error_db": Column("level error (dB)"),
    "onset_correlation": Column("onsets of target", decimals=3),
    "source_onset_correlation": Column("onsets of source", decimals=3),
    "chord_kept": Column("chords kept (%)", 100, 1),
}
OF_SOURCES = "source_distance_db"  # the same for all methods


def save_tables(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Write the tables of what is measured; return the paths."""
    runs, settings = load_runs(parameters, root), parameters.measures
    methods = by_method(parameters, runs)
    of_runs = partial(estimate, n_bootstrap=settings.n_bootstrap, seed=settings.seed)
    of_pair = partial(difference, n_bootstrap=settings.n_bootstrap, seed=settings.seed)
    compared = {run: [measures] for run, measures in runs.items()} | dict(methods)
    rows_by_table = {
        "methods": method_rows(methods, of_runs),
        "differences": difference_rows(parameters.figures.compare, compared, of_pair),
        "targets": target_rows(methods, of_runs),
    }
    return tables.save_all(rows_by_table, parameters, root)


def method_rows(methods: Methods, of_runs: Estimator) -> Rows:
    """Return a row for each method, with the interval of the notes lost; columns without any value are left out."""
    rows = []
    for name, runs in methods.items():
        found = {measure: of_runs(runs, measure) for measure in COLUMNS}
        row = {"method": name, "runs": str(len(runs)), "notes": str(found["lost"].n_values or "")}
        row |= _with_interval("lost", found.pop("lost"))
        rows.append(row | {COLUMNS[measure].name: in_words(measure, value.mean) for measure, value in found.items()})
    return [{column: row[column] for column in row if any(other[column] for other in rows)} for row in rows]


def difference_rows(
    pairs: Sequence[tuple[str, str]], compared: Mapping[str, Sequence[Measures]], of_pair: Estimator
) -> Rows:
    """Return a row for each measure of each pair of measured runs or groups: the first minus the second."""
    rows = []
    for first, second in (pair for pair in pairs if {*pair} <= compared.keys()):
        for measure, column in COLUMNS.items():
            found = of_pair(compared[first], compared[second], measure)
            if found.n_values and measure != OF_SOURCES:
                rows.append({
                    "first": first, "second": second, "measure": column.name,
                    "difference": in_words(measure, found.mean, "+"), "95 %": interval_in_words(measure, found, "+"),
                })  # fmt: skip
    return rows


def target_rows(methods: Methods, of_runs: Estimator) -> Rows:
    """Return a row for each target and method: notes lost, and distance to the target."""
    rows = []
    for target, (name, runs) in itertools.product(targets_of(methods), methods.items()):
        lost, distance = (of_runs(runs, measure, target=target) for measure in ("lost", "distance_db"))
        if distance.n_values:
            row = {"target": target, "method": name, "notes": str(lost.n_values)}
            rows.append(row | _with_interval("lost", lost) | _with_interval("distance_db", distance))
    return rows


def _with_interval(measure: str, found: Estimate) -> dict[str, str]:
    name = COLUMNS[measure].name
    return {name: in_words(measure, found.mean), f"{name}, 95 %": interval_in_words(measure, found)}


def in_words(measure: str, value: float, sign: str = "") -> str:
    """Return a value as tables give it; "" of what could not be measured."""
    column = COLUMNS[measure]
    return f"{column.factor * value:{sign}.{column.decimals}f}" if np.isfinite(value) else ""


def interval_in_words(measure: str, found: Estimate, sign: str = "") -> str:
    """Return an interval; "" if there is none."""
    low, high = (in_words(measure, value, sign) for value in (found.low, found.high))
    return f"{low} to {high}" if low else ""
