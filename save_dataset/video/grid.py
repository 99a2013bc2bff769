"""The frames of a film on a regular grid in time, that of its frame rate.

A frame counts from its time until that of the next, as on the screen: where there is none, the one before counts again,
of several the last counts. Films of a constant rate come out one to one, also where their times are rounded.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from statistics import median_low

import av

SAME_RATE, MOST_OF_MEAN = 0.05, 2  # difference of rates that are the same, one rounded; at most every other is missing
MAX_GAP_S = 3600  # between frames: beyond it a clock was set anew, as where films are joined


def find_rate(container: av.container.InputContainer, stream: av.VideoStream) -> Fraction | None:
    """Return the frame rate of a film; None if it is neither declared nor to be measured.

    It is the nominal one if that is near the mean rate, or the median of the time between frames.
    """
    nominal_hz, mean_hz = stream.guessed_rate, stream.average_rate
    if nominal_hz and mean_hz and 1 - SAME_RATE <= nominal_hz / mean_hz <= MOST_OF_MEAN:
        return nominal_hz
    times = sorted({packet.pts for packet in container.demux(stream) if packet.pts is not None})
    if len(times) < 2:
        return mean_hz or nominal_hz
    step_s = median_low(after - before for before, after in pairwise(times)) * (stream.time_base or Fraction(1))
    measured_hz = 1 / step_s
    return nominal_hz if nominal_hz and abs(nominal_hz / measured_hz - 1) <= SAME_RATE else measured_hz


def spread(
    frames: Iterable[av.VideoFrame], rate_hz: Fraction, counts: Counter[str]
) -> Iterator[tuple[av.VideoFrame, range]]:
    """Yield frames, each with the places on the grid that it counts for: none if the next has the same."""
    shown, first = None, 0
    for place, frame in _place(frames, float(rate_hz), counts):
        if shown is not None:
            counts["frames repeated, at a variable rate"] += max(place - first - 1, 0)
            counts["frames left out, at a variable rate"] += place == first
            yield shown, range(first, place)
        shown, first = frame, place
    if shown is not None:
        yield shown, range(first, first + 1)


def _place(
    frames: Iterable[av.VideoFrame], rate_hz: float, counts: Counter[str]
) -> Iterator[tuple[int, av.VideoFrame]]:
    """Yield frames with their places, which never fall: by their times, else counted up."""
    place, origin_s, last_s = -1, 0.0, None
    for frame in frames:
        time_s = frame.time
        if time_s is None:
            place += 1
        elif last_s is None or not 0 <= time_s - last_s <= MAX_GAP_S:
            counts["jumps in time, as where films are joined, left out"] += last_s is not None
            place += 1
            origin_s, last_s = time_s - place / rate_hz, time_s
        else:
            place, last_s = max(place, math.floor((time_s - origin_s) * rate_hz + 0.5)), time_s
        yield place, frame
