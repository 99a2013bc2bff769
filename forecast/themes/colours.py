"""Colours that show which reference theme an estimated theme is most like."""

from collections.abc import Sequence

import numpy as np

from embed.themes.theme import intersection_over_union
from pipeline.figures import OTHER_COLOURS

COLOURS = (*OTHER_COLOURS, "tab:red", "tab:blue")
LIKE_NONE = "0.6"
ALIKE = 0.5  # mean overlap from which on an estimated theme is taken for a reference theme


def colours_of(themes: Sequence[np.ndarray]) -> list[str]:
    """Return a colour for each theme, by its index."""
    return [COLOURS[theme % len(COLOURS)] for theme in range(len(themes))]


def colours_like(reference: Sequence[np.ndarray], estimated: Sequence[np.ndarray]) -> list[str]:
    """Return for each estimated theme the colour of the reference theme that it is most like, grey if it is like none.

    Without any reference, each has its own. Themes are spans ``(n_occurrences, 2)`` in s; what counts is the mean of
    the largest intersection over union of each estimated span with one of the reference.
    """
    if not reference:
        return colours_of(estimated)
    colours = []
    for spans_s in estimated:
        likeness = [intersection_over_union(spans_s, others_s).max(axis=1).mean() for others_s in reference]
        best = int(np.argmax(likeness))
        colours.append(colours_of(reference)[best] if likeness[best] >= ALIKE else LIKE_NONE)
    return colours
