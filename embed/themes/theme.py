"""Themes: what comes more than once in a piece, as spans of patches, of seconds, of notes.

A row of a self-similarity matrix is a patch of `patch_frames` frames, and stands for the frame in its middle. Step 6
stores the arrays of each extractor under its name: ``lag_piece`` ...
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from save_dataset.themes.recordings import Pattern

EXTRACTORS = ("lag", "nieto_farbood")
MAX_LAST_NOTE_S = 1.5  # after which the last note of a pattern ends, unless another begins before


@dataclass(frozen=True)
class Theme:
    """What comes more than once.

    Attributes
    ----------
    occurrences : np.ndarray (n_occurrences, 2)
        First patch and the one after the last, in order of time.
    strength : float
        By which themes of a piece are ranked; the larger, the better.
    """

    occurrences: np.ndarray
    strength: float


def to_seconds(spans: np.ndarray, patch_frames: int, hop_s: float) -> np.ndarray:
    """Return spans of patches as spans of seconds of the recording, ``(n_occurrences, 2)``."""
    return (spans + patch_frames / 2) * hop_s


def intersection_over_union(spans: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return what spans ``(n, 2)`` and others ``(n_others, 2)`` share over what either covers, ``(n, n_others)``.

    Examples
    --------
    >>> intersection_over_union(np.array([[0, 10]]), np.array([[0, 10], [5, 15], [10, 20], [2, 4]])).round(2)
    array([[1.  , 0.33, 0.  , 0.2 ]])
    """
    (starts, ends), (other_starts, other_ends) = spans.T[..., None], others.T
    common = np.minimum(ends, other_ends) - np.maximum(starts, other_starts)
    union = np.maximum(ends, other_ends) - np.minimum(starts, other_starts)
    return np.maximum(common, 0) / np.maximum(union, 1e-9)


def to_arrays(themes_of_pieces: Sequence[Sequence[Theme]], patch_frames: int, hop_s: float) -> dict[str, np.ndarray]:
    """Return the themes of all pieces as arrays for `pipeline.results.save`.

    Returns
    -------
    dict of str to np.ndarray
        ``piece``, ``theme`` (counts from 0 in each piece), ``starts_s`` and ``ends_s``, each ``(n_occurrences,)``, and
        ``strength`` of its theme.
    """
    rows = [
        (piece, index, start_s, end_s, theme.strength)
        for piece, themes in enumerate(themes_of_pieces)
        for index, theme in enumerate(themes)
        for start_s, end_s in to_seconds(theme.occurrences, patch_frames, hop_s)
    ]
    table = np.array(rows, float).reshape(len(rows), 5)
    arrays = dict(zip(("piece", "theme", "starts_s", "ends_s", "strength"), table.T, strict=True))
    return arrays | {"piece": arrays["piece"].astype(int), "theme": arrays["theme"].astype(int)}


def spans_of(arrays: Mapping[str, np.ndarray], extractor: str, piece: int) -> list[np.ndarray]:
    """Return the themes of a piece by an extractor, in order: of each the spans ``(n_occurrences, 2)`` in s."""
    of_piece = arrays[f"{extractor}_piece"] == piece
    themes = arrays[f"{extractor}_theme"][of_piece]
    spans_s = np.stack([arrays[f"{extractor}_{end}"][of_piece] for end in ("starts_s", "ends_s")], axis=-1)
    return [spans_s[themes == theme] for theme in np.unique(themes)]


def strengths_of(arrays: Mapping[str, np.ndarray], extractor: str, piece: int) -> np.ndarray:
    """Return the strengths of these themes, ``(n_themes,)``."""
    of_piece = arrays[f"{extractor}_piece"] == piece
    _, firsts = np.unique(arrays[f"{extractor}_theme"][of_piece], return_index=True)
    return arrays[f"{extractor}_strength"][of_piece][firsts]


def reference_spans_s(patterns: Iterable[Pattern], score: np.ndarray) -> list[np.ndarray]:
    """Return the reference patterns of a piece as spans in s, each ``(n_occurrences, 2)``; none without a score.

    A span reaches from the first onset to the onset in the score that follows on the last.

    Parameters
    ----------
    patterns, score : iterable of Pattern, np.ndarray (n_notes, 3)
        As `Recordings.patterns` and `Recordings.score` give them.
    """
    if not len(score):
        return []
    beats, firsts = np.unique(score[:, 1], return_index=True)
    onsets_s = score[firsts, 0]
    spans_s = []
    for pattern in patterns:
        ends_beats = [(min(notes)[0], max(notes)[0]) for notes in pattern]
        starts_s, lasts_s = np.interp(ends_beats, beats, onsets_s).T
        following_s = np.append(onsets_s, np.inf)[np.searchsorted(onsets_s, lasts_s + 1e-6, "right")]
        spans_s.append(np.stack([starts_s, np.minimum(following_s, lasts_s + MAX_LAST_NOTE_S)], axis=1))
    return spans_s
