"""Reconstruction and predictability of several songs: what each kind of run reaches, as means over its seeds.

How well a run can be forecast is measured by its best fair forecaster, so that no space is preferred for suiting one of
them. Fair are those that have not seen what they forecast and are more than a baseline.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embed.song.spread import effective_dimensions
from evaluate.song.songs import REFERENCE, differences, load_songs
from evaluate.song.tables import TABLE_STEPS, cell_at, format_difference
from pipeline.figures import METHOD_NAMES
from pipeline.parameters import ROOT
from pipeline.results import Arrays

LINEAR = "PCA"
FAIR_METHODS = ("knn", "analog", "var", "mlp", "lstm")
COMPARED = ("compared_valid_time_s", "compared_censored_share", "compared_nrmse")
MAX_STEPS = 30  # that errors are compared over, the paper's horizon


@dataclass(frozen=True)
class Forecasts:
    """How well one method forecasts a kind of run on a song, over the initial conditions that are compared."""

    method: str
    valid_time_s: float
    censored_share: float
    nrmse: np.ndarray  # (horizon_steps + 1,)


@dataclass(frozen=True)
class Kind:
    """What a kind of run reaches on a song; `best` is None where no fair forecaster was measured."""

    n_seeds: int
    reconstruction_loss: float
    lowest_reconstruction_loss: float
    mean_velocity_cosine: float
    effective_dimensions: float
    path_over_extent: float
    best: Forecasts | None


Scores = Mapping[str, Mapping[str, Mapping[str, list[Arrays]]]]  # by method, song, kind of run and seed
Kinds = Mapping[str, Mapping[str, Kind]]  # by song and kind of run
Measure = Callable[[Kind], float | None]


def load_kinds(songs: Sequence[str], scores: Scores, root: Path = ROOT) -> Kinds:
    """Return what every kind of run reaches on every song, from its embeddings and its scores by method."""
    embeddings = load_songs(songs, "embedding", _measures_of_embedding, root)
    kinds: dict[str, dict[str, Kind]] = {song: {} for song in embeddings}
    for song, by_kind in embeddings.items():
        for name, seeds in by_kind.items():
            best = best_of({method: scores[method][song].get(name, []) for method in scores})
            loss, lowest, cosine, dimensions, path = np.mean(seeds, axis=0).tolist()
            kinds[song][name] = Kind(len(seeds), loss, lowest, cosine, dimensions, path, best)
    return kinds


def _measures_of_embedding(stored: Arrays) -> np.ndarray:
    """The measures of an embedding in the order of `Kind`."""
    names = "reconstruction_loss", "lowest_reconstruction_loss", "mean_velocity_cosine"
    measures = [*(stored[name] for name in names), effective_dimensions(stored["z"]), stored["path_over_extent"]]
    return np.array(measures, dtype=float)


def best_of(scores: Mapping[str, Sequence[Arrays]]) -> Forecasts | None:
    """Return the fair forecasts that are valid longest, of equals those with the lowest mean error; None of none.

    `scores` are by method, then seed, with the names of `COMPARED`, or without where no initial condition is compared.
    """
    measured = []
    for method in (method for method in FAIR_METHODS if method in scores):
        if seeds := [seed for seed in scores[method] if seed.keys() >= set(COMPARED)]:
            valid_time_s, censored_share, nrmse = (np.mean([seed[name] for seed in seeds], axis=0) for name in COMPARED)
            valid_time_s = round(float(valid_time_s), 9)  # the same times must be equal whatever the number of seeds
            measured.append(Forecasts(method, valid_time_s, float(censored_share), nrmse))
    return min(measured, key=lambda one: (-one.valid_time_s, np.mean(one.nrmse[1:])), default=None)


def run_rows(kinds: Kinds) -> list[dict[str, str]]:
    """Return a row for each song and kind of run; a + follows a valid time that the horizon ended in most forecasts."""
    rows = []
    for song, by_kind in kinds.items():
        for name, kind in by_kind.items():
            row = {
                "song": song,
                "run": name,
                "seeds": str(kind.n_seeds),
                "reconstruction loss": f"{kind.reconstruction_loss:.5f}",
                "mean cos(v, v next)": f"{kind.mean_velocity_cosine:.3f}",
                "effective dimensions": f"{kind.effective_dimensions:.2f}",
                "path / extent": f"{kind.path_over_extent:.1f}",
                **dict.fromkeys(("best forecaster", "valid time (s)"), ""),
                **dict.fromkeys((f"NRMSE at {step}" for step in TABLE_STEPS), ""),
                f"below {REFERENCE}": "",
            }
            if kind.best:
                row["best forecaster"] = METHOD_NAMES[kind.best.method]
                row["valid time (s)"] = f"{kind.best.valid_time_s:.3f}" + "+" * (kind.best.censored_share > 0.5)
                row |= {f"NRMSE at {step}": cell_at(kind.best.nrmse, step, ".3f") for step in TABLE_STEPS}
                reference = by_kind[REFERENCE].best if REFERENCE in by_kind else None
                if reference and name != REFERENCE:
                    is_below = (kind.best.nrmse < reference.nrmse)[1 : MAX_STEPS + 1]
                    row[f"below {REFERENCE}"] = f"{is_below.sum()} of {len(is_below)}"
            rows.append(row)
    return rows


def difference_rows(kinds: Kinds) -> list[dict[str, str]]:
    """Return a row for each kind of run and what it is compared with: mean differences over songs, with intervals."""
    columns: tuple[tuple[str, str, str, Measure], ...] = (
        ("reconstruction loss (millinats)", "lower_share", "lower", lambda kind: 1000 * kind.reconstruction_loss),
        ("mean cos(v, v next)", "higher_share", "smoother", lambda kind: kind.mean_velocity_cosine),
        ("effective dimensions", "higher_share", "more", lambda kind: kind.effective_dimensions),
        ("valid time (s)", "higher_share", "longer", _valid_time_s),
    )
    empty = {text: "" for column, _, better, _ in columns for text in (column, better)}
    rows = []
    for reference in (REFERENCE, LINEAR):
        compared = [differences(_values(kinds, measure), reference) for *_, measure in columns]
        for name in compared[0]:
            row = {"runs": f"{name} - {reference}"} | empty
            for (column, share, better, _), by_name in zip(columns, compared, strict=True):
                if difference := by_name.get(name):
                    n_songs = int(difference["n_songs"])
                    row[column] = format_difference(difference)
                    row[better] = f"{round(n_songs * float(difference[share]))} of {n_songs}"
            rows.append(row)
    return rows


def _valid_time_s(kind: Kind) -> float | None:
    return kind.best.valid_time_s if kind.best else None


def _values(kinds: Kinds, measure: Measure) -> dict[str, dict[str, list[np.ndarray]]]:
    """A measure for every song and kind of run that has it."""
    measured = {song: {name: measure(kind) for name, kind in by_kind.items()} for song, by_kind in kinds.items()}
    return {
        song: {name: [np.array(value)] for name, value in by_name.items() if value is not None}
        for song, by_name in measured.items()
    }


def trade_off(kinds: Kinds) -> dict[str, np.ndarray]:
    """Return reconstruction and valid time of each kind of run next to those of PCA, on the songs that have both.

    Returns
    -------
    dict of str to np.ndarray
        By kind, PCA and kinds with fewer than two songs left out, (n_songs, 2): the fraction that is recovered of the
        loss that PCA leaves above the lowest possible (0: as PCA, 1: perfect); the valid time of the best fair
        forecaster over that of PCA. Where more than half of both are censored, the horizon makes this 1.
    """
    points: dict[str, list[tuple[float, float]]] = {}
    for by_kind in kinds.values():
        linear = by_kind.get(LINEAR)
        left = linear.reconstruction_loss - linear.lowest_reconstruction_loss if linear else 0.0
        if not (linear and linear.best and left > 0):
            continue
        for name, kind in by_kind.items():
            if kind.best and name != LINEAR:
                recovered = (linear.reconstruction_loss - kind.reconstruction_loss) / left
                points.setdefault(name, []).append((recovered, kind.best.valid_time_s / linear.best.valid_time_s))
    return {name: np.array(of_songs) for name, of_songs in points.items() if len(of_songs) > 1}
