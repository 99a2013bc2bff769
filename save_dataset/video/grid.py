"""The frames of a film on a regular grid in time, and whether all of them are there.

The grid is that of the film's frame rate. A frame counts from its time until that of the next, as on the screen: where
there is none, the one before counts again, of several the last counts. Films of a constant rate come out one to one,
also where their times are rounded.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from statistics import median_low

import av
from av.format import Flags

from save_dataset.sound.decoding import MATROSKA

MOV = "mov,mp4,m4a,3gp,3g2,mj2"
FORMATS_WITH_LENGTH = (MATROSKA, "flv", "mxf")  # of the longest of their streams
TOLERANCE_FRAMES = 3  # that decoders leave out at the ends of a complete film, or lengths are rounded by
MAX_RATE_HZ, MAX_FRAMES = 1000, 2**30  # what is beyond, or as many, stands for "not known"
SAME_RATE, MOST_OF_MEAN = 0.05, 2  # difference of rates that are the same, one rounded
MAX_GAP_S, MAX_GAP_OF_STREAM_S = 3600, 10  # between frames: beyond it a clock was set anew, as where streams are joined
HALF = Fraction(1, 2)


def find_rate(container: av.container.InputContainer, stream: av.VideoStream) -> Fraction | None:
    """Return the frame rate of a film; None if it is neither declared nor to be measured.

    It is the nominal one, of whose multiples FFmpeg finds the times of frames to be, if it is near their mean rate, at
    most every other being missing, or what is measured: one by the median of the time between two.
    """
    nominal_hz, mean_hz = _believed(stream.guessed_rate), _believed(stream.average_rate)
    if nominal_hz and mean_hz and 1 - SAME_RATE <= nominal_hz / mean_hz <= MOST_OF_MEAN:
        return nominal_hz
    times = sorted({packet.pts for packet in container.demux(stream) if packet.pts is not None})
    if len(times) < 2 or not stream.time_base:
        return mean_hz or nominal_hz
    measured_hz = 1 / (median_low(after - before for before, after in pairwise(times)) * stream.time_base)
    if nominal_hz and abs(nominal_hz / measured_hz - 1) <= SAME_RATE:
        return nominal_hz
    return _believed(measured_hz) or mean_hz or nominal_hz


def _believed(rate_hz: Fraction | None) -> Fraction | None:
    return rate_hz if rate_hz and 0 < rate_hz <= MAX_RATE_HZ else None


def decode_packet(packet: av.Packet) -> list | None:
    """Return the frames that come out of a decoder with a packet; None if it is damaged."""
    try:
        return packet.decode()
    except av.error.InvalidDataError:
        return None


class GridDecoder:
    """Decodes a film to its end, and counts what is repeated, left out or damaged."""

    def __init__(self, container: av.container.InputContainer, stream: av.VideoStream, rate_hz: Fraction | None = None):
        self.container, self.stream = container, stream
        self.rate_hz = rate_hz or _believed(stream.average_rate) or Fraction(1)  # until it is known
        self.time_base = stream.time_base or Fraction(1)
        self.n_decoded = self.n_places = self.n_damaged = self.n_repeated = self.n_left_out = self.n_jumps = 0
        self.n_damaged_at_end = 0
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
        flags, frames_per_tick = Flags(self.container.format.flags), self.time_base * self.rate_hz
        max_gap = (MAX_GAP_OF_STREAM_S if Flags.ts_discont in flags else MAX_GAP_S) / self.time_base
        index, origin_index, origin, last = -1, 0, 0, None
        for frame in self.decode():
            time = None if Flags.no_timestamps in flags else frame.pts  # which FFmpeg makes up
            if time is None:
                index += 1
            else:
                if last is None or not 0 <= time - last <= max_gap:
                    self.n_jumps += last is not None
                    origin_index, origin = index + 1, time
                place = origin_index + int((time - origin) * frames_per_tick + HALF)
                index, last = max(index, place), time
            self.n_places = index + 1
            yield index, frame

    def decode(self) -> Iterator[av.VideoFrame]:
        """Yield the frames in order; damaged packets are left out."""
        streams = () if self.container.format.name in FORMATS_WITH_LENGTH else (self.stream,)
        for packet in self.container.demux(*streams):
            if packet.stream.index != self.stream.index:
                end_s = ((packet.pts or 0) + (packet.duration or 0)) * packet.time_base
                self.others_end_s = max(self.others_end_s, end_s)
                continue
            frames = decode_packet(packet)
            self.n_damaged += frames is None
            if frames is None:
                self.n_damaged_at_end += 1
            elif frames and packet.size:  # what the decoder still holds at the end comes without a packet
                self.n_damaged_at_end = 0
            for frame in frames or ():
                self.n_decoded += 1
                self.end = max(self.end, (frame.pts or 0) + (frame.duration or 0))
                yield frame

    def decode_first(self) -> av.VideoFrame:
        """Return the first frame; raises as `check_end` does if there is none."""
        if (frame := next(self.decode(), None)) is None:
            self.check_end()
            raise ValueError("contains no frames")
        return frame

    def check_end(self) -> None:
        """Raise a ValueError if fewer frames were there than the file says, or none."""
        n_there, n_stated = self._count_stated()
        if n_stated - n_there > (0 if self.container.format.name == MOV else TOLERANCE_FRAMES):
            raise ValueError(f"is truncated: {n_there} of {n_stated} frames are there")
        if not self.n_decoded:
            raise ValueError("contains no frames")
        if self.n_damaged_at_end > TOLERANCE_FRAMES:
            raise ValueError(f"is truncated or damaged: nothing can be decoded beyond frame {self.n_decoded}")

    def _count_stated(self) -> tuple[int, int]:
        """Return how many frames were there, and should be as the file says; 0 if it does not."""
        stream, container = self.stream, self.container
        if container.format.name == MOV:  # says where each lies
            ends = [entry.pos + entry.size for entry in stream.index_entries]
            return sum(end <= container.size for end in ends), len(ends)
        if container.format.name in FORMATS_WITH_LENGTH and container.duration:
            lengths_s = self.end * self.time_base, self.others_end_s, Fraction(container.duration, av.time_base)
            n_video, n_others, n_stated = (round(length_s * self.rate_hz) for length_s in lengths_s)
            return max(n_video, n_others), n_stated
        return max(self.n_decoded, self.n_places), stream.frames if stream.frames < MAX_FRAMES else 0

    def notes(self) -> list[str]:
        """Return what was mended or left out, in words."""
        n_variable = self.n_repeated + self.n_left_out
        counts = {
            f"variable frame rate: frames repeated: {self.n_repeated}, left out: {self.n_left_out}": n_variable,
            f"jumps in time, as where films are joined, left out: {self.n_jumps}": self.n_jumps,
            f"damaged packets left out: {self.n_damaged}": self.n_damaged,
        }
        return [note for note, count in counts.items() if count]
