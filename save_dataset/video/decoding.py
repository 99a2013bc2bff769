"""The pictures of a film, whatever its format, decoded by FFmpeg (PyAV): content decides, not the name's ending."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from av.stream import Disposition
from av.video.reformatter import VideoReformatter

from save_dataset.sound.decoding import FORMATS as SOUND_FORMATS
from save_dataset.sound.decoding import Source
from save_dataset.video.atoms import lacks_table
from save_dataset.video.display import PixelFormat, Size, shown_size, to_picture
from save_dataset.video.grid import GridDecoder, decode_packet, find_rate

# of FFmpeg; no playlists, which name other files. Of files of sound it can be said that they contain no video
FORMATS = (
    "apng,av1,dirac,dv,flic,gif,gxf,h261,h263,h264,hevc,ivf,m4v,mjpeg,mpegvideo,mxf,nsv,nut,obu,rm,smk,swf,vc1,vvc,wtv,"
    f"yuv4mpegpipe,{SOUND_FORMATS}"
)


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

    def check_start(self, path: Path, n_frames: int, rate_hz: Fraction) -> None:
        """Raise a ValueError if a film of so many frames does not reach the part."""
        if self.first >= n_frames:
            start_s, length_s = float(self.first / rate_hz), float(n_frames / rate_hz)
            raise ValueError(f"{path}: film.start_s={start_s:g}: must be less than its length, {length_s:.2f} s")


def describe_film(path: Path) -> tuple[Fraction, Size]:
    """Return rate and size, as shown, of a film; ValueError, as `read_film`, if no frame can be decoded."""
    with _open(path) as (container, stream):
        size = shown_size(GridDecoder(container, stream).decode_first(), stream)
        if (rate_hz := find_rate(container, stream)) is None:
            raise ValueError("does not say its frame rate")
        return rate_hz, size


def find_start_of_sound(path: Path) -> float | None:
    """Return when a film's first sample is heard, in s from its first frame on; None if it has no sound."""
    with _open(path) as (container, stream):
        first_s = GridDecoder(container, stream).decode_first().time or 0
    with _open(path) as (container, _):
        for packet in container.demux(container.streams.audio[0]) if container.streams.audio else ():
            for frame in decode_packet(packet) or ():
                return float((frame.time or 0) - first_s)
    return None


def read_film(
    path: Path, rate_hz: Fraction | None = None, *, start_s: float = 0.0, duration_s: float | None = None,
    decimation: int = 1, size: Size | None = None, pixel_format: PixelFormat = "gray", reading: Reading | None = None,
) -> Iterator[np.ndarray]:  # fmt: skip
    """Yield one picture of a film after the other, uint8, one for each frame of the grid.

    Parameters
    ----------
    rate_hz : Fraction
        Of the grid; None: that of the film.
    start_s, duration_s : float
        The part to read; to the end if there is no duration.
    decimation : int
        Only every so many-th frame of the part, from its first on.
    size : (int, int)
        Height and width of the pictures; None: as the first of them is shown.
    pixel_format : "gray" or "rgb24"
        Pictures are ``(height, width)`` or ``(height, width, 3)``; black is 0 and white 255.
    reading : Reading
        Where to count frames, and note what is mended or left out.

    Raises
    ------
    ValueError
        If it is no film, contains no video or no frames, the part begins after its end, or the file says how many
        frames there are and breaks off before; the message begins with the file.
    """
    rate_hz = rate_hz or describe_film(path)[0]
    part = Part.of(rate_hz, start_s, duration_s)
    with _open(path) as (container, stream):
        decoder, reformatter, n_frames = GridDecoder(container, stream, rate_hz), VideoReformatter(), 0
        for frame, places in decoder.spans():
            n_frames = places.stop if part.end is None else min(places.stop, part.end)
            first = max(places.start, part.first)
            if wanted := range(first + (part.first - first) % decimation, n_frames, decimation):
                size = size or shown_size(frame, stream)
                picture = to_picture(frame, reformatter, size, pixel_format)
                yield from (picture for _ in wanted)
            if n_frames == part.end:
                break
        else:
            decoder.check_end()
    part.check_start(path, n_frames, rate_hz)
    if reading:
        reading.n_frames = n_frames - part.first
        reading.notes += decoder.notes()


@contextmanager
def _open(path: Path) -> Iterator[tuple[av.container.InputContainer, av.VideoStream]]:
    """Open a film, whose first stream of video counts; errors, here and in the block, become one that names it."""
    try:
        if not path.stat().st_size:
            raise ValueError("cannot be read as a film (it is empty)")
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
            if lacks_table(content):
                raise ValueError("is truncated: its table of frames (moov) is missing or incomplete")
            options = {"format_whitelist": FORMATS}
            with av.open(Source(content), "r", options=options, metadata_errors="replace") as container:
                yield container, _find_video(container)
    except av.error.ArgumentError as error:
        raise ValueError(f"{path}: cannot be read as a film (it is of another format)") from error
    except av.FFmpegError as error:
        raise ValueError(f"{path}: cannot be read as a film ({error.strerror})") from error
    except IndexError as error:  # of PyAV, of a stream that comes later
        raise ValueError(f"{path}: cannot be read as a film (its streams change)") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _find_video(container: av.container.InputContainer) -> av.VideoStream:
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:  # as the cover of a record
            stream.thread_type = "AUTO"
            return stream
    raise ValueError("contains no video")
