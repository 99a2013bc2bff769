"""The tables of the study `themes`: runs and extractors beside each other, in percent, and what was chosen."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from evaluate.themes.measures import GRID, choose_leave_one_out, criterion_of, take_chosen
from evaluate.themes.pattern_scores import MEASURES
from evaluate.themes.repeats import KINDS
from pipeline import results, tables
from pipeline.parameters import ROOT
from pipeline.studies.themes import Parameters

Row = dict[str, str]
Scores = Mapping[str, np.ndarray]

NAMES = {"est": "establishment", "occ50": "occurrence 0.5", "occ75": "occurrence 0.75", "three": "three-layer"}
GRID_NAMES = {"high": "high", "low": "low", "min_beats": "shortest (beats)"}
CHOSEN = "lag, chosen leave-one-out"
ALL_RUNS = "all runs"
UPPER_BOUND, UPPER_BOUND_HOW = "upper bound", "true spans, all notes"


def save_tables(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Write the tables for which there are scores; returns their paths."""
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
    saved = [tables.save(rows, results.figure_path(parameters, name, root)) for name, rows in rows_by_table.items()]
    return [path for paths in saved for path in paths]


def extractions(scores: Mapping[str, Scores], upper_bound: Scores | None) -> Iterator[tuple[str, str, np.ndarray]]:
    """What there is to show: run, extractor, and scores ``(n_pieces, n_metrics)``; the upper bound last."""
    for run, each in scores.items():
        yield run, "nieto_farbood", each["nieto_farbood"]
        yield run, "lag", each["lag"]
        if len(each["chosen"]) and len(each["grid"]) > 1:
            yield run, CHOSEN, take_chosen(each["grid_scores"], each["chosen"])
    if len(scores) > 1 and len(chosen := _choose_in_all(scores)):
        yield ALL_RUNS, CHOSEN, take_chosen(np.concatenate([each["grid_scores"] for each in scores.values()]), chosen)
    if upper_bound is not None:
        yield UPPER_BOUND, UPPER_BOUND_HOW, upper_bound["scores"]


def _choose_in_all(scores: Mapping[str, Scores]) -> np.ndarray:
    """Run and parameters chosen together for each piece, ``(n_pieces,)``, rows of all grids; empty for one piece."""
    together = np.concatenate([each["grid_scores"] for each in scores.values()])
    return choose_leave_one_out(criterion_of(together)) if together.shape[1] > 1 else np.zeros(0, int)


def score_rows(scores: Mapping[str, Scores], upper_bound: Scores | None) -> list[Row]:
    """A row for each run and extractor: F of each measure, the mean over the pieces."""
    return [
        {"features": run, "extractor": extractor}
        | {f"{NAMES[measure]} F": percent(values[:, 3 * number].mean()) for number, measure in enumerate(MEASURES)}
        for run, extractor, values in extractions(scores, upper_bound)
    ]


def piece_rows(scores: Mapping[str, Scores], upper_bound: Scores | None) -> list[Row]:
    """A row for each run, extractor and piece: F, precision and recall of each measure."""
    columns = [f"{NAMES[measure]} {part}" for measure in MEASURES for part in "FPR"]
    names: list[str] = next(
        (each["names"].tolist() for each in [*scores.values(), upper_bound] if each is not None), []
    )
    return [
        {"piece": name, "features": run, "extractor": extractor}
        | dict(zip(columns, map(percent, of_piece), strict=True))
        for run, extractor, values in extractions(scores, upper_bound)
        for name, of_piece in zip(names, values, strict=True)
    ]


def choice_rows(scores: Mapping[str, Scores]) -> list[Row]:
    """A row for each run and piece: the parameters that are best on the other pieces; then run and parameters."""
    rows = [
        {"piece": str(name), "chosen among": run, "features": run} | describe(each["grid"][member])
        for run, each in scores.items()
        for name, member in zip(each["names"], each["chosen"], strict=False)  # for one piece nothing is chosen
    ]
    if len(scores) > 1:
        members = [(run, values) for run, each in scores.items() for values in each["grid"]]
        names = next(iter(scores.values()))["names"]
        rows += [
            {"piece": str(name), "chosen among": ALL_RUNS, "features": members[member][0]}
            | describe(members[member][1])
            for name, member in zip(names, _choose_in_all(scores), strict=False)
        ]
    return rows


def describe(values: np.ndarray) -> Row:
    """The cells of a member of the grid."""
    return {GRID_NAMES[name]: f"{value:g}" for name, value in zip(GRID, values, strict=True)}


def repeat_rows(scores: Mapping[str, Scores]) -> list[Row]:
    """A row for each run and extractor: of the pairs of occurrences of each kind that there is, the share found."""
    rows = []
    for run, each in scores.items():
        names = [f"{kind} ({n_pairs} pairs)" for kind, n_pairs in zip(KINDS, each["n_pairs"], strict=True)]
        for extractor in ("nieto_farbood", "lag"):
            shares = zip(names, each["n_pairs"], each[f"{extractor}_repeats"], strict=True)
            found = {name: percent(share) for name, n_pairs, share in shares if n_pairs}
            rows.append({"features": run, "extractor": extractor} | found)
    return rows


def phase_rows(invariance: Mapping[str, Mapping[str, np.ndarray]]) -> list[Row]:
    """A row for each run with phases: how well shifts are read from them."""
    return [
        {"features": run, "R2 of the shift in pitch": f"{each['shift_r2'][0]:.3f}",
         "R2 of the shift in time": f"{each['shift_r2'][1]:.3f}"}
        for run, each in invariance.items() if "shift_r2" in each
    ]  # fmt: skip


def percent(value: float) -> str:
    """A share in percent."""
    return f"{100 * value:.1f}"
