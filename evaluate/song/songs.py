"""Measures of several songs together: the unit of statistics is a song, with the mean over its seeds.

Runs of a song that differ in their seed alone are the same kind of run; a kind has the name of its first run. Songs are
compared kind by kind. What is measured is ``measured[song][kind]``, a value for each seed.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from evaluate.bootstrap import paired_difference
from pipeline import results
from pipeline.parameters import ROOT, load
from pipeline.results import Arrays
from pipeline.studies.song import Parameters

REFERENCE = "R"
Measured = TypeVar("Measured")


def kinds_of_runs(parameters: Parameters) -> dict[str, list[Parameters]]:
    """Return the runs of a song by kind, in order."""
    kinds: dict[str, list[Parameters]] = {}
    first_of: dict[str, str] = {}
    for run in parameters.for_runs():
        seedless = run.model_copy(update={"training": run.training.model_copy(update={"seed": 0})})
        settings = seedless.model_dump_json(include=set(parameters.RUN_SECTIONS))
        kinds.setdefault(first_of.setdefault(settings, str(run.run)), []).append(run)
    return kinds


def _load_song(name: str, root: Path = ROOT) -> Parameters:
    parameters = load(name, root)
    if not isinstance(parameters, Parameters):
        raise ValueError(f"figures.songs: parameters/{name}.toml is of the study {parameters.study}, not song")
    return parameters


def load_songs(
    names: Sequence[str], kind_of_result: str, measure: Callable[[Arrays], Measured], root: Path = ROOT
) -> dict[str, dict[str, list[Measured]]]:
    """Return a measure of a kind of result for every song, kind of run and seed that has it."""
    measured: dict[str, dict[str, list[Measured]]] = {}
    for name in names:
        by_kind = {
            kind: list(results.load_fresh(runs, kind_of_result, root).values())
            for kind, runs in kinds_of_runs(_load_song(name, root)).items()
        }
        measured[name] = {kind: [measure(arrays) for arrays in stored] for kind, stored in by_kind.items() if stored}
    return measured


def only(measured: Mapping[str, Mapping[str, list[Arrays]]], name: str) -> dict[str, dict[str, list[np.ndarray]]]:
    """Return one of several arrays for every song, kind of run and seed that has it."""
    chosen = {
        song: {kind: [arrays[name] for arrays in seeds if name in arrays] for kind, seeds in by_kind.items()}
        for song, by_kind in measured.items()
    }
    return {song: {kind: seeds for kind, seeds in by_kind.items() if seeds} for song, by_kind in chosen.items()}


def differences(
    measured: Mapping[str, Mapping[str, list[np.ndarray]]], reference: str = REFERENCE
) -> dict[str, dict[str, np.ndarray]]:
    """Return the difference of every kind of run to the reference, over the songs that have both.

    Returns
    -------
    dict of str to dict of str to np.ndarray
        By kind: ``mean`` of the difference over songs, ``low`` and ``high`` of its 95 % bootstrap interval over songs,
        all in the shape of a measure; ``lower_share`` and ``higher_share``, the fractions of songs in which the kind
        is below and above the reference; ``n_songs``. Kinds with fewer than two songs are left out.
    """
    compared = {}
    for kind in dict.fromkeys(kind for by_kind in measured.values() for kind in by_kind):
        pairs = [(song[kind], song[reference]) for song in measured.values() if {kind, reference} <= song.keys()]
        if kind == reference or len(pairs) < 2:
            continue
        if len({seed.shape for side in pairs for seeds in side for seed in seeds}) > 1:
            raise ValueError("figures.songs: the songs must have been forecast over the same forecast.horizon_steps")
        ours, others = (
            np.stack([np.mean(seeds, axis=0, keepdims=True) for seeds in side]) for side in zip(*pairs, strict=True)
        )
        mean, low, high = paired_difference(ours, others)
        compared[kind] = {
            **{"mean": mean, "low": low, "high": high, "n_songs": np.array(len(pairs))},
            "lower_share": np.mean((ours < others)[:, 0], axis=0),
            "higher_share": np.mean((ours > others)[:, 0], axis=0),
        }
    return compared
