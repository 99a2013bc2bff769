"""Whether what comes again is found as one theme: pairs of reference occurrences, by how one differs from the other.

Scores of patterns hardly show whether a theme was found again in another key. Here each reference pattern gives all
pairs of its occurrences: alike, transposed, or at another tempo. A pair is found if occurrences of one estimated theme
lie where the two are, each sharing half of the time that either takes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np

from embed.themes.theme import intersection_over_union
from forecast.themes.notes import from_beats
from save_dataset.themes.recordings import Pattern, Recordings

KINDS = ("alike", "transposed", "at another tempo")
SHARED = 0.5  # intersection over union
SAME_TEMPO = 0.02  # seconds of a beat differ by no more

Notes = Sequence[tuple[float, float]]


def measure_repeats(
    recordings: Recordings, spans_by_piece: Mapping[int, Sequence[np.ndarray]]
) -> tuple[np.ndarray, np.ndarray]:
    """Count pairs of occurrences, and the fraction of them that is found.

    `spans_by_piece` are the estimated themes of each piece that has a reference, each ``(n_occurrences, 2)`` in s.

    Returns
    -------
    np.ndarray, np.ndarray (n_kinds,)
        In the order of `KINDS`: the number of pairs; the fraction found, the mean over the patterns that have such
        pairs, NaN if none has.
    """
    n_pairs = dict.fromkeys(KINDS, 0)
    fractions: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for piece, themes in spans_by_piece.items():
        for pattern in recordings.patterns(piece):
            for kind, pairs in pairs_of(pattern, recordings.score(piece)).items():
                found = [is_found(a, b, themes) for a, b in pairs]
                n_pairs[kind] += len(found)
                fractions[kind] += [float(np.mean(found))] if found else []
    means = [np.mean(of_kind) if of_kind else np.nan for of_kind in fractions.values()]
    return np.array([*n_pairs.values()]), np.array(means)


def pairs_of(pattern: Pattern, score: np.ndarray) -> dict[str, list[tuple[np.ndarray, np.ndarray]]]:
    """Return spans in s, first onset to last, of all pairs of occurrences, by kind."""
    beats = np.array([(min(notes)[0], max(notes)[0]) for notes in pattern])
    spans_s = from_beats(beats, score)
    beat_s = np.ptp(spans_s, axis=1) / np.maximum(np.ptp(beats, axis=1), 1e-9)
    pairs: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {kind: [] for kind in KINDS}
    for a, b in combinations(range(len(pattern)), 2):
        kind = "alike" if abs(beat_s[a] - beat_s[b]) <= SAME_TEMPO * beat_s[a] else "at another tempo"
        pairs["transposed" if interval(pattern[a], pattern[b]) else kind].append((spans_s[a], spans_s[b]))
    return pairs


def interval(notes: Notes, others: Notes) -> float:
    """Return semitones from notes to others: the most common difference of notes as long after their first."""
    pitches: dict[float, list[float]] = {}
    for onset, pitch in others:
        pitches.setdefault(round(onset - min(others)[0], 3), []).append(pitch)
    differences = Counter(
        other - pitch for onset, pitch in notes for other in pitches.get(round(onset - min(notes)[0], 3), ())
    )
    most = max(differences.values(), default=0)
    return min((semitones for semitones, count in differences.items() if count == most), key=abs, default=0.0)


def is_found(a: np.ndarray, b: np.ndarray, themes: Iterable[np.ndarray]) -> bool:
    """Whether one theme has occurrences where both spans are."""
    both = np.stack([a, b])
    return any((intersection_over_union(both, spans) >= SHARED).any(axis=1).all() for spans in themes)
