"""The pictures of a film, whatever its format, decoded by FFmpeg (PyAV); content decides, not the ending of the name.

A film is read on a grid of its frame rate: each frame counts from its time until that of the next, as on the screen.
Films of a constant rate come out one to one, also where their times are rounded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from av.format import Flags
from av.stream import Disposition
from av.video.reformatter import VideoReformatter

from save_dataset.sound.decoding import FORMATS as SOUND_FORMATS
from save_dataset.sound.decoding import MATROSKA, Source
from save_dataset.video.display import PixelFormat, Size, shown_size, to_picture

# of FFmpeg; no playlists, which name other files. Of files of sound it can be said that they contain no video
FORMATS = (
    "apng,av1,dirac,dv,flic,gif,gxf,h261,h263,h264,hevc,ivf,m4v,mjpeg,mpegvideo,mxf,nsv,nut,obu,rm,smk,swf,vc1,vvc,wtv,"
    f"yuv4mpegpipe,{SOUND_FORMATS}"
)
MAX_RATE_HZ = 1000  # a rate beyond it stands for "not known"
TOLERANCE_FRAMES = 3  # that decoders leave out at the ends of a film that is complete, and lengths are rounded by
MAX_GAP_S, MAX_GAP_OF_STREAM_S = 3600, 10  # between frames: beyond it, a clock was set anew; streams do so when joined


@dataclass
class Reading:
    """How many frames there were in the part that was read, and what was mended or left out, in words."""

    n_frames: int = 0
    notes: list[str] = field(default_factory=list)


class Description(NamedTuple):
    """What is known of a film before all of it is decoded."""

    rate_hz: Fraction
    size: Size  # as shown
    sound_offset_s: float | None  # from the first frame to the first sample; None without sound


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


def describe_film(path: Path) -> Description:
    """Return rate, size and where the sound begins; raises as `read_film` does, but for what lies behind the start."""
    with _open(path) as (container, stream):
        streams = (stream, *container.streams.audio[:1])
        first: dict[str, av.VideoFrame | av.AudioFrame] = {}
        for packet in _demux(container, streams, path):
            if packet.stream.type not in first and (frames := _decode_packet(packet)):
                first[packet.stream.type] = frames[0]
            if len(first) == len(streams):
                break
        if "video" not in first:
            raise ValueError(f"{path}: contains no frames")
        offset_s = (first["audio"].time or 0) - (first["video"].time or 0) if "audio" in first else None
        return Description(_rate_of(stream, path), shown_size(first["video"], stream), offset_s)


def read_film(
    path: Path, *, start_s: float = 0.0, duration_s: float | None = None, decimation: int = 1,
    size: Size | None = None, pixel_format: PixelFormat = "gray", reading: Reading | None = None,
) -> Iterator[np.ndarray]:  # fmt: skip
    """Yield one picture of a film after the other, uint8, one for each frame of the grid.

    Parameters
    ----------
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
    with _open(path) as (container, stream):
        decoder, reformatter, n_frames = _Decoder(container, stream, path), VideoReformatter(), 0
        part = Part.of(decoder.rate_hz, start_s, duration_s)
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
        part.check_start(path, n_frames, decoder.rate_hz)
        if reading:
            reading.n_frames = n_frames - part.first
            reading.notes += decoder.notes()


@contextmanager
def _open(path: Path) -> Iterator[tuple[av.container.InputContainer, av.VideoStream]]:
    if not path.stat().st_size:
        raise ValueError(f"{path}: cannot be read as a film (it is empty)")
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        try:
            options = {"format_whitelist": FORMATS}
            container = av.open(Source(content), "r", options=options, metadata_errors="replace")
        except av.FFmpegError as error:
            raise ValueError(f"{path}: cannot be read as a film ({error.strerror})") from error
        with container:
            streams = [other for other in container.streams.video if not other.disposition & Disposition.attached_pic]
            if not streams:
                raise ValueError(f"{path}: contains no video")
            streams[0].thread_type = "AUTO"
            yield container, streams[0]


def _demux(container: av.container.InputContainer, streams: tuple, path: Path) -> Iterator[av.Packet]:
    """Yield the packets of streams, of all if there are none."""
    try:
        yield from container.demux(*streams)
    except (av.FFmpegError, IndexError) as error:  # IndexError: PyAV, of a stream that comes later
        raise ValueError(f"{path}: cannot be read to its end ({getattr(error, 'strerror', error)})") from error


def _decode_packet(packet: av.Packet) -> list | None:
    """Return the frames that come out of a decoder with a packet; None if it is damaged."""
    try:
        return packet.decode()
    except av.error.InvalidDataError:
        return None


def _rate_of(stream: av.VideoStream, path: Path) -> Fraction:
    for rate_hz in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if rate_hz and 0 < rate_hz <= MAX_RATE_HZ:
            return rate_hz
    raise ValueError(f"{path}: does not say its frame rate")


class _Decoder:
    """Decodes a stream to its end, and counts what is repeated, left out or damaged."""

    def __init__(self, container: av.container.InputContainer, stream: av.VideoStream, path: Path):
        self.container, self.stream, self.path, self.rate_hz = container, stream, path, _rate_of(stream, path)
        self.time_base = stream.time_base or Fraction(1)
        self.n_decoded = self.n_damaged = self.n_repeated = self.n_left_out = self.n_jumps = 0
        self.end, self.others_end_s = 0, Fraction(0)  # of the frames, and of other streams that are read

    def spans(self) -> Iterator[tuple[av.VideoFrame, range]]:
        """Yield the frames in order, each with the places on the grid that it counts for; of several the last."""
        held, first = None, 0
        for index, frame in self._place():
            if held is None:
                first = index
            elif index > first:
                self.n_repeated += index - first - 1
                yield held, range(first, index)
            else:
                self.n_left_out += 1
            held, first = frame, index
        if held is not None:
            yield held, range(first, first + 1)

    def _place(self) -> Iterator[tuple[int, av.VideoFrame]]:
        """Yield the frames with their places on the grid, which never fall: by their times, else counted up."""
        flags, time_base = self.container.format.flags, self.time_base
        max_gap = (MAX_GAP_OF_STREAM_S if flags & Flags.ts_discont.value else MAX_GAP_S) / time_base
        index, origin_index, origin, last = -1, 0, 0, None
        for frame in self._decode():
            time = None if flags & Flags.no_timestamps.value else frame.pts  # which FFmpeg makes up
            if time is None:
                index += 1
            else:
                if last is None or not 0 <= time - last <= max_gap:
                    self.n_jumps += last is not None
                    origin_index, origin = index + 1, time
                place = (time - origin) * time_base * self.rate_hz + Fraction(1, 2)
                index, last = max(index, origin_index + int(place)), time
            yield index, frame

    def _decode(self) -> Iterator[av.VideoFrame]:
        streams = () if self.container.format.name == MATROSKA else (self.stream,)
        for packet in _demux(self.container, streams, self.path):
            if packet.stream.index != self.stream.index:
                end_s = ((packet.pts or 0) + (packet.duration or 0)) * packet.time_base
                self.others_end_s = max(self.others_end_s, end_s)
                continue
            frames = _decode_packet(packet)
            self.n_damaged += frames is None
            for frame in frames or ():
                self.n_decoded += 1
                self.end = max(self.end, (frame.pts or 0) + (frame.duration or 0))
                yield frame

    def check_end(self) -> None:
        """Raise a ValueError if no frame was decoded, or fewer than the file says there are."""
        if not self.n_decoded:
            raise ValueError(f"{self.path}: contains no frames")
        stream, container = self.stream, self.container
        end_s = max(self.end * self.time_base, self.others_end_s)
        if stream.frames and stream.duration:
            stated_end_s = ((stream.start_time or 0) + stream.duration) * self.time_base
            n_there, n_stated = self.n_decoded, stream.frames
        elif container.format.name == MATROSKA and container.duration:
            stated_end_s = Fraction(container.duration, av.time_base)
            n_there, n_stated = round(end_s * self.rate_hz), round(stated_end_s * self.rate_hz)
        else:
            return
        if min(n_stated - n_there, (stated_end_s - end_s) * self.rate_hz) > TOLERANCE_FRAMES:
            raise ValueError(f"{self.path}: is truncated: {n_there} of {n_stated} frames are there")

    def notes(self) -> list[str]:
        """Return what was mended or left out, in words."""
        n_variable = self.n_repeated + self.n_left_out
        counts = {
            f"variable frame rate: {self.n_repeated} frames repeated, {self.n_left_out} left out": n_variable,
            f"jumps in time, as where films are joined, left out: {self.n_jumps}": self.n_jumps,
            f"damaged packets left out: {self.n_damaged}": self.n_damaged,
        }
        return [note for note, count in counts.items() if count]
