"""Films as pictures, of any part, size and frame rate."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
from av.video.reformatter import VideoReformatter

from save_dataset.video.container import open_video
from save_dataset.video.display import PixelFormat, Size, shown_size, to_picture
from save_dataset.video.grid import find_rate, spread


@dataclass
class Reading:
    """How many frames there were in the part that was read, and what was mended or left out, in words."""

    n_frames: int = 0
    notes: list[str] = field(default_factory=list)


class Part(NamedTuple):
    """Frames that are read, by their places on the grid: from the first to before the end, if there is one."""

    first: int
    end: int | None

    @classmethod
    def of(cls, rate_hz: Fraction, start_s: float, duration_s: float | None) -> "Part":
        """Return the frames of a part in time: one at least."""
        first = round(start_s * rate_hz)
        return cls(first, None if duration_s is None else first + max(round(duration_s * rate_hz), 1))

    def count_frames(self, path: Path, n_frames: int, rate_hz: Fraction) -> int:
        """Return how many frames of a film, of so many, are in the part; ValueError if it begins after them."""
        if self.first >= n_frames:
            start_s, length_s = float(self.first / rate_hz), float(n_frames / rate_hz)
            raise ValueError(f"{path}: film.start_s={start_s:g}: must be less than its length, {length_s:.2f} s")
        return min(n_frames, self.end or n_frames) - self.first


def describe_film(path: Path) -> tuple[Fraction, Size]:
    """Return rate and size, as shown, of a film; ValueError, as `read_film`, if no frame can be decoded."""
    with open_video(path) as video:
        size = shown_size(next(video.decode()), video.stream)
        rate_hz = find_rate(video.container, video.stream)
        if rate_hz is None:
            raise ValueError("does not say its frame rate")
        return rate_hz, size


def find_start_of_sound(path: Path) -> float | None:
    """Return when a film's first sample is heard, in s from its first frame on; None if it has no sound."""
    with open_video(path) as video:
        sounds = video.container.streams.audio[:1]
        first_s: dict[str, float] = {}
        for packet in video.container.demux(video.stream, *sounds) if sounds else ():
            for frame in video.decode_packet(packet):
                first_s.setdefault(packet.stream.type, frame.time or 0.0)
            if len(first_s) == 2:
                return first_s["audio"] - first_s["video"]
    return None


def read_film(
    path: Path, rate_hz: Fraction, part: Part, decimation: int, size: Size, pixel_format: PixelFormat, reading: Reading
) -> Iterator[np.ndarray]:
    """Yield the pictures of a part of a film, uint8, ``(height, width)`` or ``(height, width, 3)``; 255 is white.

    Of the grid of the rate every so many-th frame counts, from the first of the part on.

    Raises
    ------
    ValueError
        If it is no film, contains no video or no frames, the part begins after its end, or the file says how long it is
        and breaks off before; the message begins with the file.
    """
    wanted = range(part.first, part.end or sys.maxsize, decimation)
    reformatter, n_frames = VideoReformatter(), 0
    with open_video(path) as video:
        for frame, places in spread(video.decode(), rate_hz, video.counts):
            n_frames = places.stop
            if n_times := sum(place in wanted for place in places):
                picture = to_picture(frame, reformatter, size, pixel_format)
                yield from [picture] * n_times
            if part.end and n_frames >= part.end:
                break
    reading.n_frames = part.count_frames(path, n_frames, rate_hz)
    reading.notes += [f"{what}: {count}" for what, count in video.counts.items() if count]
