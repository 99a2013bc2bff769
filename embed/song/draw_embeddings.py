"""All figures and the table of step 3, from stored embeddings."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from embed.song.collapse import describe_collapses
from embed.song.draw_trajectory import draw_trajectories
from embed.song.recurrence import distance_after
from embed.song.spread import effective_dimensions
from pipeline import figures, results, tables
from pipeline.parameters import ROOT
from pipeline.sections.trajectory_study import TrajectoryParameters


def draw_embeddings(parameters: TrajectoryParameters, root: Path = ROOT) -> list[Path]:
    """Draw the trajectory of each embedded run, each comparison of embedded runs, and the table; returns paths."""
    runs = parameters.for_runs()
    embeddings = results.load_fresh(runs, "embedding", root)
    histories = results.load_fresh(runs, "history", root)
    left_out = [str(run.run) for run in runs if run.run not in embeddings]
    if left_out:
        print(f"left out of figures and table, not embedded or stale: {', '.join(left_out)}")
    for line in describe_collapses(runs, embeddings):
        print(line)
    paths = []
    for group in [*((run,) for run in embeddings), *parameters.figures.compare]:
        if not embeddings.keys() >= set(group):
            continue
        name = "_".join(["compare" if len(group) > 1 else "trajectory", *group])
        sections = parameters.sections_of(len(embeddings[group[0]]["z"]))
        figure = draw_trajectories({run: embeddings[run] for run in group}, sections)
        paths += figures.save(figure, results.figure_path(parameters, name, root))
    rows = [_row_of(run, embeddings[run], histories[run], parameters) for run in embeddings if run in histories]
    return paths + tables.save(rows, results.figure_path(parameters, "embedding", root))


def _row_of(
    run: str, embedding: Mapping[str, np.ndarray], history: Mapping[str, np.ndarray], parameters: TrajectoryParameters
) -> dict[str, str]:
    closure, z, times_s = "", embedding["z"], embedding["times_s"]
    if parameters.period_s is not None:
        closure = f"{distance_after(z, times_s, parameters.period_s, parameters.PERIOD_KEY):.3f}"
    return {
        "run": run,
        "dimensions": str(z.shape[1]),
        "effective dimensions": f"{effective_dimensions(z):.2f}",
        "window (s)": f"{embedding['ends_s'][0] - embedding['starts_s'][0]:.2f}",
        "reconstruction loss": f"{embedding['reconstruction_loss']:.5f}",
        "lowest possible": f"{embedding['lowest_reconstruction_loss']:.5f}",
        "mean cos(v, v next)": f"{embedding['mean_velocity_cosine']:.3f}",
        "path / extent": f"{embedding['path_over_extent']:.1f}",
        "distance after a period": closure,
        "training CPU (s)": f"{history['cpu_s'].sum():.1f}",
    }
