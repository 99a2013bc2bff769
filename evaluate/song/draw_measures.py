"""All figures and tables of the study `song` on forecasts, from stored measures."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from matplotlib.figure import Figure

from evaluate.song import tables as rows
from evaluate.song.draw_divergence import draw_divergence, draw_errors, draw_skills, draw_valid_times
from evaluate.song.draw_protocol import draw_controls, draw_exclusion, draw_recurrence
from pipeline import figures, results, tables
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from pipeline.sections.trajectory_study import TrajectoryParameters


def draw_measures(parameters: TrajectoryParameters, root: Path = ROOT) -> list[Path]:
    """Draw what step 7 measured, leaving out runs that are not measured or stale; return the paths."""
    runs = parameters.for_runs()
    divergences: dict[str, Mapping[str, Arrays]] = {}
    for run in runs:
        methods = run.methods_of_run()
        kinds = {method: f"divergence_{method}" for method in methods}
        by_method = {
            name: {key: array for key, array in stored.items() if key.removeprefix("compared_") != "delta"}
            for name, kind in kinds.items()
            if (stored := results.load_if_fresh(run, kind, root))
        }  # without the distance of every forecast at every step, most of what is stored, which nothing here draws
        if by_method:
            divergences[str(run.run)] = by_method
    controls = results.load_fresh(runs, "controls", root)
    recurrences = results.load_fresh(runs, "recurrence", root)
    embeddings = results.load_fresh(runs, "embedding", root)
    drawn: dict[str, Figure] = {}
    bpm = parameters.bpm
    if divergences:
        drawn |= {"errors": draw_errors(divergences), "skill": draw_skills(divergences)}
        drawn["valid_times"] = draw_valid_times(divergences)
    if groups := _groups_of_knn(divergences, parameters.figures.compare):
        drawn["divergence"] = draw_divergence(groups)
    if controls:
        drawn |= {"controls": draw_controls(controls), "exclusion": draw_exclusion(controls)}
    if recurrences:
        drawn["recurrence"] = draw_recurrence(recurrences, bpm)
    rows_by_table = {
        "divergence": rows.divergence_rows(divergences, bpm),
        "divergence_paper": rows.paper_rows(
            {run: divergences[run] for run in divergences if _has_both(divergences[run])}
        ),
        "one_step": rows.one_step_rows(divergences),
        "controls": rows.control_rows(controls),
        "recurrence": rows.recurrence_rows(recurrences, bpm),
        "consistency": rows.consistency_rows(embeddings),
    }
    return figures.save_all(drawn, parameters, root) + tables.save_all(rows_by_table, parameters, root)


def _groups_of_knn(
    divergences: Mapping[str, Mapping[str, Arrays]], compare: Iterable[tuple[str, ...]]
) -> list[dict[str, Mapping[str, Arrays]]]:
    """The runs of each comparison that were forecast by KNN in both protocols; all of them if none is asked for."""
    known = {run: by_method for run, by_method in divergences.items() if _has_both(by_method)}
    groups = [{run: known[run] for run in group if run in known} for group in compare or [tuple(known)]]
    return [group for group in groups if group]


def _has_both(by_method: Mapping[str, Arrays]) -> bool:
    return {"knn", "knn_paper"} <= by_method.keys()
