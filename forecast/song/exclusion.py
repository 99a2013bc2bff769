"""What a forecast may learn from: the exclusion rule (Theiler window) that hides the future it is asked for.

A trajectory's own future is in the song it is learned from, and windows overlap: the points next to a start, before and
after it, all but contain what follows. What is learned from is therefore chosen anew for each initial condition and
stays the same for the whole roll-out.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ExclusionRule:
    """Which pieces of a trajectory may be learned from, for each initial condition.

    "block": all but what comes within `radius_points` of the start, the points of a window and of the horizon; "past":
    what the start and the points before it contain; "all": all but the start itself, its own future included (the
    paper's protocol, which flatters).
    """

    learn_from: str = "block"
    radius_points: int = 0

    def allow(
        self, first: np.ndarray, last: np.ndarray, starts: np.ndarray, present: np.ndarray | None = None
    ) -> np.ndarray:
        """Whether the points `first` to `last` of a trajectory may be learned from at `starts`; arrays are broadcast.

        A piece that is forecast from another point than its first has that as its `present`.

        Examples
        --------
        >>> ExclusionRule("block", 2).allow(np.arange(8), np.arange(8) + 1, starts=4)
        array([ True, False, False, False, False, False, False,  True])
        >>> ExclusionRule("past").allow(np.arange(5), np.arange(5) + 1, starts=3)
        array([ True,  True,  True, False, False])
        """
        if self.learn_from == "block":
            return (last < starts - self.radius_points) | (first > starts + self.radius_points)
        if self.learn_from == "past":
            return last <= starts
        return (first if present is None else present) != starts
