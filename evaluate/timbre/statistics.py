"""Means of measures over outputs or notes, and differences of runs, with intervals from drawing sources.

Outputs and notes of one source are no independent measurements: sources are drawn, each with all it has, as a MIDI file
with all its notes for all targets. Intervals say what happens with other sources and the same targets. What is held out
of targets are sources of their own: there, targets are drawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from evaluate.bootstrap import interval
from evaluate.timbre.measures import Measures

Values: TypeAlias = Mapping[tuple, float]  # by source, target, and note if there are several

NOTE_MEASURES = ("lost", "lost_inside", "lost_outside")  # of all notes, and in and beyond the target's learned pitches
HELD_OUT_MEASURES = ("reconstruction_db",)


@dataclass(frozen=True)
class Estimate:
    """A mean and its 95 % interval, which is NaN if there are fewer than two sources."""

    mean: float
    low: float
    high: float
    n_values: int  # notes or outputs
    n_sources: int


def values_of(measures: Measures, measure: str) -> dict[tuple, float]:
    """Return the values of one measure: of notes 1 if lost, else of outputs; what is NaN is left out.

    `measure` is one of `NOTE_MEASURES`, or a field of `Measures`. Reconstruction is that of what is held out, all else
    is of the other outputs.
    """
    names = list(zip(measures.source_names.tolist(), measures.target_names.tolist(), strict=True))
    if measure in NOTE_MEASURES:
        outside = measures.note_outside
        is_chosen = {"lost": outside | ~outside, "lost_inside": ~outside, "lost_outside": outside}[measure]
        firsts = np.searchsorted(measures.note_outputs, measures.note_outputs)  # the first note of the same output
        return {
            (*names[measures.note_outputs[note]], int(note - firsts[note])): float(measures.note_lost[note])
            for note in np.flatnonzero(is_chosen)
        }
    values = getattr(measures, measure)
    is_chosen = (measures.held_out == (measure in HELD_OUT_MEASURES)) & np.isfinite(values)
    return {names[output]: float(values[output]) for output in np.flatnonzero(is_chosen)}


def mean_of_runs(runs: Sequence[Measures], measure: str) -> dict[tuple, float]:
    """Return the means over runs, as those of several seeds, of what all of them have."""
    values = [values_of(run, measure) for run in runs]
    shared = [key for key in values[0] if all(key in of_run for of_run in values)]
    return {key: float(np.mean([of_run[key] for of_run in values])) for key in shared}


def estimate(
    runs: Sequence[Measures], measure: str, *, n_bootstrap: int, seed: int, target: str | None = None
) -> Estimate:
    """Return the mean of a measure over a run, or the mean over several runs, of one target or all; see `values_of`."""
    values = {key: value for key, value in mean_of_runs(runs, measure).items() if target in (None, key[1])}
    return _estimate(values, n_bootstrap, seed)


def difference(
    first: Sequence[Measures], second: Sequence[Measures], measure: str, *, n_bootstrap: int, seed: int
) -> Estimate:
    """Return the mean of the first minus the second, each a run or several, over notes or outputs that both have."""
    of_first, of_second = mean_of_runs(first, measure), mean_of_runs(second, measure)
    pairs = {key: value - of_second[key] for key, value in of_first.items() if key in of_second}
    return _estimate(pairs, n_bootstrap, seed)


def _estimate(values: Values, n_bootstrap: int, seed: int) -> Estimate:
    """Return the mean of values, all NaN if there are none, and its interval from drawing sources."""
    if not values:
        return Estimate(np.nan, np.nan, np.nan, 0, 0)
    _, of_values = np.unique([key[0] for key in values], return_inverse=True)
    sums = np.stack([np.bincount(of_values, [*values.values()]), np.bincount(of_values)], axis=1)  # (n_sources, 2)
    ends = interval(sums, _ratio, n_resamples=n_bootstrap, seed=seed) if len(sums) > 1 else (np.nan, np.nan)
    low, high = map(float, ends)
    return Estimate(float(_ratio(sums, axis=0)), low, high, len(values), len(sums))


def _ratio(sums: np.ndarray, axis: int) -> np.ndarray:
    """Return the mean of sources ``(..., n_sources, 2)``, each with the sum and the number of its values."""
    totals = sums.sum(axis=axis)
    return totals[..., 0] / totals[..., 1]
