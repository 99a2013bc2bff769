"""Whether a song's trajectory is a loop: its score beside those of surrogates that are none."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

import numpy as np

from evaluate.song.loop_score import compare_with_surrogates, loop_score
from evaluate.song.surrogates import phase_randomised, time_shuffled
from pipeline.windows import count_overlapping_points, mean_hop_s

Surrogate: TypeAlias = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def measure_recurrence(
    embedding: Mapping[str, np.ndarray], *, max_period_s: float, n_surrogates: int, seed: int
) -> dict[str, np.ndarray]:
    """How a stored embedding returns.

    Returns
    -------
    dict of str to np.ndarray
        What `evaluate.song.loop_score.loop_score` tells; ``shuffled_scores`` and ``shuffled_p`` of the song's pieces in
        random order, whether it is a loop at all; ``randomised_scores`` and ``randomised_p`` of paths with the same
        spectrum, whether it repeats more exactly than that demands.
    """
    hop_s = mean_hop_s(embedding["times_s"])
    overlap = count_overlapping_points(embedding["starts_s"], embedding["ends_s"])
    z = embedding["z"].astype(float)
    longest = max(round(max_period_s / hop_s), overlap + 2)
    measures = loop_score(z, hop_s, overlap, longest)
    surrogates: dict[str, Surrogate] = {
        "shuffled": partial(time_shuffled, mean_points=3 * overlap),
        "randomised": phase_randomised,
    }
    for name, surrogate in surrogates.items():
        compared = compare_with_surrogates(
            z, overlap, surrogate=surrogate, n_surrogates=n_surrogates, seed=seed, longest_points=longest
        )
        measures[f"{name}_scores"], measures[f"{name}_p"] = compared["surrogate_scores"], compared["p_value"]
    return measures
