"""Has a trajectory collapsed to a line, on which smoothness and forecasts say little?"""

from collections.abc import Mapping

from embed.song.spread import effective_dimensions
from pipeline.results import Arrays
from pipeline.sections.trajectory_study import TrajectoryParameters

MIN_DIMENSIONS = 1.5
MAX_PATH_RATIO = 3.0  # of the path over the extent of the pure autoencoder's trajectory
REMEDY = "condition it as RPVW in parameters/my_{study}.toml, or take a smaller weight"
REMEDY_OF_P = "take a smaller loss.persistence, or a larger loss.whiteness"


def describe_collapses(runs: list[TrajectoryParameters], embeddings: Mapping[str, Arrays]) -> list[str]:
    """Return a line for each sign that a trajectory has collapsed, and what to do against it.

    The path of a trained run is compared with that of the first pure autoencoder of the same windows and dimensions,
    where the file has one.
    """
    embedded = [run for run in runs if run.run in embeddings]
    pure = {_shape_of(run): run for run in reversed(embedded) if _is_pure(run)}
    lines = []
    for run in embedded:
        of_run, reference = embeddings[str(run.run)], pure.get(_shape_of(run))
        remedy = f"; {REMEDY_OF_P if run.loss.persistence else REMEDY.format(study=run.study)}"
        if run.model.is_linear or _is_pure(run):
            remedy = ""
        if run.model.latent_dim > 1 and (dimensions := effective_dimensions(of_run["z"])) < MIN_DIMENSIONS:
            there = f"{dimensions:.2f} effective dimensions of {run.model.latent_dim}"
            lines.append(f"warning: {run.run} has all but collapsed to a line ({there}){remedy}")
        if reference:
            ratio = float(of_run["path_over_extent"] / embeddings[str(reference.run)]["path_over_extent"])
            if ratio > MAX_PATH_RATIO:
                longer = f"its path is {ratio:.1f} times as long for its extent as that of {reference.run}"
                lines.append(f"warning: {run.run} zigzags: {longer}{remedy}")
    return lines


def _is_pure(run: TrajectoryParameters) -> bool:
    return not run.model.is_linear and run.loss.letters() == "R"


def _shape_of(run: TrajectoryParameters) -> tuple[str, int]:
    """The windows and dimensions of a run; the frames of a film have no windows."""
    return run.model_dump_json(include={"window"}), run.model.latent_dim
