"""The sections of a trajectory, in their colours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.lines import Line2D

COLOURS = ("#4c8dca", "#c99a1e", "#3fa35b", "#9a6fd0", "#2fa9a4", "#d0705f", "#a0714f", "#8d8d8d")  # as on the page
BEFORE = "0.6"  # the first section
Sections = Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Piece:
    """Points of a trajectory that belong to a section, with the first of the next, where it joins on."""

    points: slice
    colour: str


def cut(n_points: int, sections: Sections) -> Iterator[Piece]:
    """Yield the pieces of a trajectory between the starts of sections, ``(first point, name)``; names have colours."""
    colours = _colours_of(sections)
    starts = [(0, BEFORE), *((first, colours[name]) for first, name in sections), (n_points, "")]
    for (first, colour), (end, _) in pairwise(starts):
        if end > first:
            yield Piece(slice(first, end + 1), colour)


def legend_of(sections: Sections) -> list[Line2D]:
    """Return a handle for a legend of each name."""
    return [Line2D([], [], color=colour, label=name) for name, colour in _colours_of(sections).items()]


def _colours_of(sections: Sections) -> dict[str, str]:
    names = dict.fromkeys(name for _, name in sections)
    return {name: COLOURS[index % len(COLOURS)] for index, name in enumerate(names)}
