"""The frames in a file of video, whatever its format, decoded by FFmpeg (PyAV): its content decides, not its name."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition

from save_dataset.sound.decoding import FORMATS as SOUND_FORMATS
from save_dataset.sound.decoding import MATROSKA, Source

# of FFmpeg; no playlists, which name other files. Of files of sound it can be said that they contain no video
FORMATS = f"apng,av1,dv,gif,h264,hevc,ivf,m4v,mjpeg,mpegvideo,mxf,nut,obu,rm,vc1,yuv4mpegpipe,{SOUND_FORMATS}"
MOV = "mov,mp4,m4a,3gp,3g2,mj2"  # says where each frame lies
FORMATS_WITH_LENGTH = (MATROSKA, "flv", "mxf")  # of the longest of their streams
TOLERANCE_FRAMES = 3  # by which lengths are rounded, or the last frame does not say how long it is
MAX_FRAMES = 2**30  # stands for "not known"
MAX_PIXELS = 2**26  # of a frame, 8192 x 8192, whatever a header says


class OpenVideo:
    """A file whose first stream of video, other than a cover, is decoded, and counts of what is mended or left out."""

    def __init__(self, container: InputContainer):
        streams = [one for one in container.streams.video if not one.disposition & Disposition.attached_pic]
        if not streams:
            raise ValueError("contains no video")
        if streams[0].codec_context is None:
            raise ValueError("its video is in a format that cannot be decoded")
        self.container, self.stream = container, streams[0]
        self.stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
        self.stream.thread_type = "AUTO"
        self.counts: Counter[str] = Counter()

    def decode(self) -> Iterator[av.VideoFrame]:
        """Yield the frames; ValueError if there is none, or fewer than the file says."""
        n_frames, end_s = 0, 0.0
        for packet in self.container.demux():  # of all streams, of which any may be the longest
            start = packet.dts if packet.pts is None else packet.pts
            if start is not None:
                end_s = max(end_s, float((start + (packet.duration or 0)) * packet.time_base))
            if packet.stream.index == self.stream.index:
                for frame in self.decode_packet(packet):
                    n_frames += 1
                    yield frame
        self._check_length(end_s)
        if not n_frames:
            raise ValueError("contains no frames that can be decoded")

    def decode_packet(self, packet: av.Packet) -> list:
        """Return the frames that come out of a decoder with a packet: none if it is damaged."""
        try:
            return packet.decode()
        except av.error.InvalidDataError:
            self.counts["damaged packets left out"] += 1
            return []

    def _check_length(self, end_s: float) -> None:
        """Raise a ValueError if the file ends before its last frame, or before the length that it says it has."""
        stream, kind, rate_hz = self.stream, self.container.format.name, self.stream.average_rate or 1
        n_there, n_stated, tolerance = round(end_s * rate_hz), 0, TOLERANCE_FRAMES
        if kind == MOV:
            ends = [entry.pos + entry.size for entry in stream.index_entries]
            n_there, n_stated, tolerance = sum(end <= self.container.size for end in ends), len(ends), 0
        elif kind == "avi" and stream.frames < MAX_FRAMES:
            n_stated = stream.frames
        elif kind in FORMATS_WITH_LENGTH and self.container.duration:
            n_stated = round(self.container.duration / av.time_base * rate_hz)
        if n_stated - n_there > tolerance:
            raise ValueError(f"is truncated: {n_there} of {n_stated} frames are there")


@contextmanager
def open_video(path: Path) -> Iterator[OpenVideo]:
    """Open a film; errors, here and in the block, become a ValueError that begins with its path."""
    try:
        if not path.stat().st_size:
            raise ValueError("cannot be read as a film: it is empty")
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
            options = {"format_whitelist": FORMATS}
            with av.open(Source(content), "r", options=options, metadata_errors="replace") as container:
                yield OpenVideo(container)
    except av.error.ArgumentError as error:
        reason = f"it is of another format, or larger than {MAX_PIXELS} pixels"
        raise ValueError(f"{path}: cannot be read as a film: {reason}") from error
    except av.FFmpegError as error:
        reason = f"it is truncated, damaged or none ({error.strerror})"
        raise ValueError(f"{path}: cannot be read as a film: {reason}") from error
    except IndexError as error:  # of PyAV, of a stream that comes later
        raise ValueError(f"{path}: cannot be read as a film: its streams change") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
