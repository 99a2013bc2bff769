"""Tables of the study `themes`: runs and extractors compared, in percent, and what was chosen."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from evaluate.themes.measures import GRID, choose_leave_one_out, criterion_of, take_chosen
from evaluate.themes.pattern_scores import MEASURES
from evaluate.themes.repeats import KINDS
from pipeline import results, tables
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from pipeline.studies.themes import Parameters

Rows = list[dict[str, str]]

NAMES = {"est": "establishment", "occ50": "occurrence 0.5", "occ75": "occurrence 0.75", "three": "three-layer"}
GRID_NAMES = {"high": "high", "low": "low", "min_beats": "shortest (beats)"}
CHOSEN = "lag, chosen leave-one-out"
ALL_RUNS = "all runs"
UPPER_BOUND, UPPER_BOUND_HOW = "upper bound", "true spans, all notes"


def save_tables(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Write the tables for which there are scores; return the paths."""
    scores = results.load_fresh(parameters.for_runs(), "scores", root)
    upper_bound = results.load_if_fresh(parameters, "upper_bound", root)
    invariance = results.load_fresh(parameters.for_runs(), "invariance", root)
    rows_by_table = {
        "scores": score_rows(scores, upper_bound),
        "scores_pieces": piece_rows(scores, upper_bound),
        "choice": choice_rows(scores),
        "repeats": repeat_rows(scores),
        "phases": phase_rows(invariance),
    }
    return tables.save_all(rows_by_table, parameters, root)


def extractions(scores: Mapping[str, Arrays], upper_bound: Arrays | None) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield what there is to show: run, extractor, and scores ``(n_pieces, n_metrics)``; the upper bound last."""
    for run, of_run in scores.items():
        yield run, "nieto_farbood", of_run["nieto_farbood"]
        yield run, "lag", of_run["lag"]
        if len(of_run["chosen"]) and len(of_run["grid"]) > 1:
            yield run, CHOSEN, take_chosen(of_run["grid_scores"], of_run["chosen"])
    if len(scores) > 1 and len(chosen := _choose_in_all(scores)):
        yield ALL_RUNS, CHOSEN, take_chosen(_grid_scores_of_all(scores), chosen)
    if upper_bound is not None:
        yield UPPER_BOUND, UPPER_BOUND_HOW, upper_bound["scores"]


def _grid_scores_of_all(scores: Mapping[str, Arrays]) -> np.ndarray:
    return np.concatenate([of_run["grid_scores"] for of_run in scores.values()])


def _choose_in_all(scores: Mapping[str, Arrays]) -> np.ndarray:
    """Run and parameters chosen together for each piece, ``(n_pieces,)``, rows of all grids; empty for one piece."""
    together = _grid_scores_of_all(scores)
    return choose_leave_one_out(criterion_of(together)) if together.shape[1] > 1 else np.zeros(0, int)


def score_rows(scores: Mapping[str, Arrays], upper_bound: Arrays | None) -> Rows:
    """Return a row for each run and extractor: F of each measure, the mean over the pieces."""
    return [
        {"features": run, "extractor": extractor}
        | {f"{NAMES[measure]} F": percent(values[:, 3 * index].mean()) for index, measure in enumerate(MEASURES)}
        for run, extractor, values in extractions(scores, upper_bound)
    ]


def piece_rows(scores: Mapping[str, Arrays], upper_bound: Arrays | None) -> Rows:
    """Return a row for each run, extractor and piece: F, precision and recall of each measure."""
    columns = [f"{NAMES[measure]} {part}" for measure in MEASURES for part in "FPR"]
    names = next((arrays["names"] for arrays in (*scores.values(), upper_bound) if arrays is not None), np.array([]))
    return [
        {"piece": str(name), "features": run, "extractor": extractor}
        | dict(zip(columns, map(percent, of_piece), strict=True))
        for run, extractor, values in extractions(scores, upper_bound)
        for name, of_piece in zip(names, values, strict=True)
    ]


def choice_rows(scores: Mapping[str, Arrays]) -> Rows:
    """Return a row for each run and piece: parameters that are best on the other pieces; then run and parameters."""
    chosen = [
        (name, run, run, of_run["grid"][member])
        for run, of_run in scores.items()
        for name, member in zip(of_run["names"], of_run["chosen"], strict=False)  # for one piece nothing is chosen
    ]
    if len(scores) > 1:
        members = [(run, values) for run, of_run in scores.items() for values in of_run["grid"]]
        names = next(iter(scores.values()))["names"]
        chosen += [
            (name, ALL_RUNS, *members[member]) for name, member in zip(names, _choose_in_all(scores), strict=False)
        ]
    return [
        {"piece": str(name), "chosen among": among, "features": run}
        | {GRID_NAMES[key]: f"{value:g}" for key, value in zip(GRID, values, strict=True)}
        for name, among, run, values in chosen
    ]


def repeat_rows(scores: Mapping[str, Arrays]) -> Rows:
    """Return a row for each run and extractor: of the pairs of occurrences of each kind that occurs, those found."""
    return [
        {"features": run, "extractor": extractor}
        | {
            f"{kind} ({n_pairs} pairs)": percent(fraction)
            for kind, n_pairs, fraction in zip(KINDS, of_run["n_pairs"], of_run[f"{extractor}_repeats"], strict=True)
            if n_pairs
        }
        for run, of_run in scores.items()
        for extractor in ("nieto_farbood", "lag")
    ]


def phase_rows(invariance: Mapping[str, Arrays]) -> Rows:
    """Return a row for each run with phases: how well they predict shifts."""
    return [
        {"features": run}
        | {
            f"R2 of the shift in {kind}": f"{arrays['shift_r2'][index]:.3f}"
            for index, kind in enumerate(("pitch", "time"))
        }
        for run, arrays in invariance.items()
        if "shift_r2" in arrays
    ]


def percent(value: float) -> str:
    """Return a fraction in percent, without its sign."""
    return f"{100 * value:.1f}"
