"""Has a trajectory collapsed to a line, on which smoothness and forecasts say little?"""

from collections.abc import Mapping

from embed.song.spread import effective_dimensions
from pipeline.results import Arrays
from pipeline.studies.song import Parameters

MIN_DIMENSIONS = 1.5
MAX_PATH_RATIO = 3.0  # of the path over the extent of the pure autoencoder's trajectory
REMEDY = (
    "condition it on persistence instead, as RPVW in parameters/my_song.toml, or take a smaller weight or more epochs"
)


def describe_collapses(runs: list[Parameters], embeddings: Mapping[str, Arrays]) -> list[str]:
    """Return a line for each embedded run whose trajectory has collapsed: what shows it, and what to do.

    A trained run is compared with the pure autoencoder of the same windows and dimensions, where the file has one.
    """
    embedded = [run for run in runs if run.run in embeddings]
    pure = {_shape_of(run): embeddings[str(run.run)] for run in reversed(embedded) if _is_pure(run)}
    lines = []
    for run in embedded:
        signs = _signs_of_collapse(embeddings[str(run.run)], pure.get(_shape_of(run)))
        if signs:
            remedy = "" if run.model.is_linear or _is_pure(run) else f"; {REMEDY}"
            lines.append(f"warning: {run.run} has all but collapsed to a line ({' and '.join(signs)}){remedy}")
    return lines


def _is_pure(run: Parameters) -> bool:
    return not run.model.is_linear and run.loss.letters() == "R"


def _shape_of(run: Parameters) -> tuple[float, int]:
    return run.window.length_s, run.model.latent_dim


def _signs_of_collapse(embedding: Arrays, pure: Arrays | None) -> list[str]:
    signs = []
    z, path = embedding["z"], float(embedding["path_over_extent"])
    if z.shape[1] > 1 and (dimensions := effective_dimensions(z)) < MIN_DIMENSIONS:
        signs.append(f"{dimensions:.2f} effective dimensions of {z.shape[1]}")
    if pure is not None and path > MAX_PATH_RATIO * float(pure["path_over_extent"]):
        signs.append(f"its path is {path / float(pure['path_over_extent']):.1f} times as long for its extent as R's")
    return signs
