"""How well the themes of a run match the reference: by both extractors, and by ours with parameters from a grid.

Parameters that were chosen on the pieces that they are scored on flatter. So for each piece that member of the grid is
taken which is best on the other pieces, by the mean of `CRITERION`, laid down beforehand.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from tqdm import tqdm

from embed.themes.theme import EXTRACTORS, spans_of, to_seconds
from evaluate.themes.pattern_scores import METRICS, score_patterns
from evaluate.themes.repeats import measure_repeats
from evaluate.themes.upper_bound import pieces_with_reference
from forecast.themes.find import find_in_piece, frames_per_beat
from forecast.themes.notes import patterns_of
from pipeline.sections.recordings import Choice, Lag
from pipeline.studies.themes import Parameters
from save_dataset.themes.recordings import Recordings

CRITERION = ("est_f", "occ75_f", "three_f")  # their mean is what parameters are chosen by
GRID = ("high", "low", "min_beats")


def measure_run(
    parameters: Parameters,
    recordings: Recordings,
    matrices: Mapping[str, np.ndarray],
    themes: Mapping[str, np.ndarray],
    show_progress: bool = False,
) -> dict[str, Any]:
    """Score a run on the pieces that have a reference.

    `matrices` and `themes` are as steps 3 and 6 store them.

    Returns
    -------
    dict of str
        ``names`` (n_pieces,), ``metrics`` (n_metrics,); ``lag`` and ``nieto_farbood`` (n_pieces, n_metrics), the
        themes of step 6; ``grid`` (n_configurations, 3) of `GRID`; ``grid_scores`` (n_configurations, n_pieces,
        n_metrics); ``chosen`` (n_pieces,), rows of the grid, empty if there is one piece only; ``n_pairs`` (n_kinds,)
        and ``lag_repeats``, ``nieto_farbood_repeats`` (n_kinds,) of `measure_repeats`.

    Raises
    ------
    ValueError
        If no piece has a reference.
    """
    pieces = pieces_with_reference(recordings)
    if not len(pieces):
        raise ValueError("pieces.patterns: no piece has both a score and reference patterns")
    scores = {}
    for extractor in EXTRACTORS:
        spans_s = {piece: spans_of(themes, extractor, piece) for piece in pieces}
        scores[extractor] = np.array([score_spans(recordings, piece, spans_s[piece]) for piece in pieces])
        scores["n_pairs"], scores[f"{extractor}_repeats"] = measure_repeats(recordings, spans_s)
    lags = grid_of(parameters.choice, parameters.lag)
    steps = tqdm(lags, desc=parameters.run, unit="configurations", disable=not show_progress)
    grid_scores = np.array(
        [_score_lag(lag, parameters.model.patch_frames, recordings, matrices, pieces) for lag in steps]
    )
    return scores | {
        "names": recordings.names[pieces],
        "metrics": np.array(METRICS),
        "grid": np.array([[getattr(lag, name) for name in GRID] for lag in lags]),
        "grid_scores": grid_scores,
        "chosen": choose_leave_one_out(criterion_of(grid_scores)) if len(pieces) > 1 else np.zeros(0, int),
    }


def grid_of(choice: Choice, lag: Lag) -> list[Lag]:
    """Return all parameters of our extractor to choose from, without those whose runs would end above their mean."""
    values = [getattr(choice, name) or (getattr(lag, name),) for name in GRID]
    members = [dict(zip(GRID, member, strict=True)) for member in product(*values)]
    grid = [lag.model_copy(update=member) for member in members if member["low"] <= member["high"]]
    if not grid:
        raise ValueError(f"choice.low={choice.low}: none is as low as one of choice.high={choice.high}")
    return grid


def _score_lag(
    lag: Lag, patch_frames: int, recordings: Recordings, matrices: Mapping[str, np.ndarray], pieces: Iterable[int]
) -> list[list[float]]:
    scores = []
    for piece in pieces:
        beat = frames_per_beat(recordings, piece)
        themes = find_in_piece(matrices[f"ours_{piece}"], lag, frames_per_beat=beat)
        spans_s = [to_seconds(theme.occurrences, patch_frames, recordings.hop_s) for theme in themes]
        scores.append(score_spans(recordings, piece, spans_s))
    return scores


def score_spans(recordings: Recordings, piece: int, spans_s: Sequence[np.ndarray]) -> list[float]:
    """Return the scores of estimated themes, each ``(n_occurrences, 2)`` in s, in the order of `METRICS`."""
    estimated = patterns_of(spans_s, recordings.score(piece))
    return list(score_patterns(recordings.patterns(piece), estimated).values())


def choose_leave_one_out(criterion: np.ndarray) -> np.ndarray:
    """Return for each piece the configuration with the largest mean over the other pieces, the first of equals.

    `criterion` is ``(n_configurations, n_pieces)``, the larger the better.

    Raises
    ------
    ValueError
        If there is no configuration, or a piece has no other.

    Examples
    --------
    The third piece is best served by the second configuration, which the others know nothing of:

    >>> choose_leave_one_out(np.array([[3.0, 3, 0], [2, 2, 9]]))
    array([1, 1, 0])
    """
    n_configurations, n_pieces = criterion.shape
    if not n_configurations or n_pieces < 2:
        raise ValueError(f"criterion of shape {criterion.shape}: must be of a configuration at least, and two pieces")
    return np.array([np.argmax(np.delete(criterion, piece, axis=1).mean(axis=1)) for piece in range(n_pieces)])


def criterion_of(scores: np.ndarray) -> np.ndarray:
    """Return what parameters are chosen by, of scores ``(..., n_metrics)``."""
    return scores[..., [METRICS.index(name) for name in CRITERION]].mean(axis=-1)


def best_of(scores: Mapping[str, np.ndarray]) -> tuple[str, np.ndarray]:
    """Return how the themes to show were found, and their scores: chosen parameters if there was a choice."""
    if len(scores["grid"]) > 1 and len(scores["chosen"]):
        return "chosen leave-one-out", take_chosen(scores["grid_scores"], scores["chosen"])
    return "lag", scores["lag"]


def take_chosen(grid_scores: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return of scores ``(n_configurations, n_pieces, n_metrics)`` those chosen for each piece."""
    return grid_scores[chosen, np.arange(len(chosen))]
