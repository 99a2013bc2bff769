"""Whether what comes again is found as one theme: pairs of known occurrences, by how one differs from the other.

Scores of patterns hardly tell whether a theme was found again in another key. Here each pattern known gives all pairs
of its occurrences: alike, transposed, or at another tempo. A pair is found if occurrences of one theme lie where the
two are, each sharing half of the time that either takes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np

from forecast.themes.notes import from_beats
from save_dataset.themes.recordings import Pattern, Recordings

KINDS = ("alike", "transposed", "at another tempo")
SHARED = 0.5  # intersection over union
SAME_TEMPO = 0.02  # seconds of a beat differ by no more

Notes = Sequence[tuple[float, float]]


def measure_repeats(
    recordings: Recordings, spans_by_piece: Mapping[int, Sequence[np.ndarray]]
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of occurrences, and the share of them that is found.

    Parameters
    ----------
    recordings : Recordings
        With scores and patterns.
    spans_by_piece : mapping of int to sequence of np.ndarray
        For each piece that is known the themes found, each ``(n_occurrences, 2)`` in s.

    Returns
    -------
    np.ndarray, np.ndarray (n_kinds,)
        In the order of `KINDS`: the number of pairs; the share found, the mean over the patterns that have such pairs,
        NaN if none has.
    """
    n_pairs = np.zeros(len(KINDS), int)
    shares: list[list[float]] = [[] for _ in KINDS]
    for piece, themes in spans_by_piece.items():
        for pattern in recordings.patterns(piece):
            pairs = pairs_of(pattern, recordings.score(piece))
            for number, kind in enumerate(KINDS):
                found = [is_found(a, b, themes) for a, b in pairs[kind]]
                n_pairs[number] += len(found)
                shares[number] += [float(np.mean(found))] if found else []
    return n_pairs, np.array([np.mean(each) if each else np.nan for each in shares])


def pairs_of(pattern: Pattern, score: np.ndarray) -> dict[str, list[tuple[np.ndarray, np.ndarray]]]:
    """Spans in s, first onset to last, of all pairs of occurrences, by kind."""
    beats = np.array([(min(notes)[0], max(notes)[0]) for notes in pattern])
    spans_s = from_beats(beats, score)
    beat_s = np.ptp(spans_s, axis=1) / np.maximum(np.ptp(beats, axis=1), 1e-9)
    pairs: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {kind: [] for kind in KINDS}
    for a, b in combinations(range(len(pattern)), 2):
        kind = "alike" if abs(beat_s[a] - beat_s[b]) <= SAME_TEMPO * beat_s[a] else "at another tempo"
        pairs["transposed" if interval(pattern[a], pattern[b]) else kind].append((spans_s[a], spans_s[b]))
    return pairs


def interval(notes: Notes, others: Notes) -> float:
    """Semitones from notes to others: the difference most common where both have a note, as long since their first."""
    pitches: dict[float, list[float]] = {}
    for onset, pitch in others:
        pitches.setdefault(round(onset - min(others)[0], 3), []).append(pitch)
    differences = Counter(
        other - pitch for onset, pitch in notes for other in pitches.get(round(onset - min(notes)[0], 3), ())
    )
    most = max(differences.values(), default=0)
    return min((each for each, count in differences.items() if count == most), key=abs, default=0.0)


def is_found(a: np.ndarray, b: np.ndarray, themes: Iterable[np.ndarray]) -> bool:
    """Whether one theme has occurrences where both spans are."""
    return any((shared(a, spans) >= SHARED).any() and (shared(b, spans) >= SHARED).any() for spans in themes)


def shared(span: np.ndarray, spans: np.ndarray) -> np.ndarray:
    """Intersection over union of a span with each of others ``(n, 2)``, 0 to 1."""
    common = np.minimum(span[1], spans[:, 1]) - np.maximum(span[0], spans[:, 0])
    union = np.maximum(span[1], spans[:, 1]) - np.minimum(span[0], spans[:, 0])
    return np.maximum(common, 0) / np.maximum(union, 1e-9)
