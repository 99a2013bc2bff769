"""Colours by which themes found can be told to be those known."""

from collections.abc import Sequence

import numpy as np

from pipeline.figures import OTHER_COLOURS

COLOURS = (*OTHER_COLOURS, "tab:red", "tab:blue")
LIKE_NONE = "0.6"
ALIKE = 0.5  # mean overlap from which on a theme found is taken for one that is known


def colours_of(themes: Sequence[np.ndarray]) -> list[str]:
    """A colour for each theme, by its number."""
    return [COLOURS[number % len(COLOURS)] for number in range(len(themes))]


def colours_like(known: Sequence[np.ndarray], found: Sequence[np.ndarray]) -> list[str]:
    """For each theme found the colour of the reference theme that it is most like, grey if it is like none.

    Where none is known, each has its own. Themes are ``(n_occurrences, 2)`` spans in s.
    """
    if not known:
        return colours_of(found)
    colours = []
    for spans_s in found:
        likeness = [mean_overlap(spans_s, each) for each in known]
        best = int(np.argmax(likeness))
        colours.append(colours_of(known)[best] if likeness[best] >= ALIKE else LIKE_NONE)
    return colours


def mean_overlap(spans_s: np.ndarray, others_s: np.ndarray) -> float:
    """How well others match spans: the mean of each span's largest overlap with one of them, over what both cover."""
    starts, ends = (np.stack(np.broadcast_arrays(spans_s[:, None, end], others_s[None, :, end])) for end in (0, 1))
    both = np.maximum(ends.min(axis=0) - starts.max(axis=0), 0)
    either = np.diff(spans_s)[:, [0]] + np.diff(others_s)[:, 0] - both
    return float((both / np.maximum(either, 1e-9)).max(axis=1).mean())
