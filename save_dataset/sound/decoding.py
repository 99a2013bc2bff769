"""The sound in a file, whatever its format, decoded to its end; content decides, not the ending.

FFmpeg (PyAV) decodes all but Ogg, of whose last page it drops a few samples; there libsndfile is exact.
"""

from collections.abc import Iterator
from mmap import ACCESS_COPY, mmap
from pathlib import Path

import av
import numpy as np
import soundfile

from save_dataset.sound.containers import OGG_PAGE, correct_size, count_mp3_frames, split

# of FFmpeg; neither playlists, which name other files, nor text and images
FORMATS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,eac3,flac,flv,ircam,matroska,mov,mp3,mpeg,mpegts,nistsphere,ogg,pvf,tta,voc,w64,"
    "wav,wv"
)
FORMATS_THAT_KNOW = ("flac", "mov,mp4,m4a,3gp,3g2,mj2")  # their length, where it is not in bytes
ENCODER_S = 0.25  # what encoders that are not lossless add at both ends, and count or not, is less
BLOCK_SAMPLES = 2**18
Block = tuple[int, np.ndarray]


class Source:
    """Bytes to read and seek in, without the name of a file, by whose ending FFmpeg would guess what they are."""

    def __init__(self, content: bytes | mmap):
        self.content, self.position = content, 0

    def read(self, n_bytes: int) -> bytes:
        """Return the next bytes; fewer, or none, at the end."""
        block = self.content[self.position : self.position + n_bytes]
        self.position += len(block)
        return block

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a byte, from the beginning, the position or the end; return where it is, or -1 if that is before it."""
        position = (0, self.position, len(self.content))[whence] + offset
        self.position = max(position, 0)
        return max(position, -1)

    def tell(self) -> int:
        """Return the position."""
        return self.position


def decode(path: Path) -> Iterator[Block]:
    """Yield the sample rate and samples, ``(n_channels, n_samples)`` float32, of one block of sound after another.

    Samples of integer formats are in [-1, 1). What encoders of MP3, AAC, Vorbis and Opus put before the sound is
    removed where the file says how much it is. Of a film the first sound is read. Damaged packets are left out, which
    is printed.

    Raises
    ------
    ValueError
        If there is no sound, or the file says how long it is and breaks off before; the message begins with the file.
    """
    if not path.stat().st_size:
        raise ValueError(f"{path}: cannot be read as sound (it is empty)")
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_COPY) as content:
        try:
            correct_size(content)
            for sound in split(content):
                yield from (_decode_ogg if sound[:4] == OGG_PAGE else _decode_one)(sound, path)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error


def _decode_ogg(sound: bytes | mmap, path: Path) -> Iterator[Block]:
    try:
        file = soundfile.SoundFile(Source(sound))
    except soundfile.LibsndfileError:  # a film, or Speex
        yield from _decode_one(sound, path)
        return
    with file:
        while len(block := file.read(BLOCK_SAMPLES, dtype="float32", always_2d=True)):
            yield file.samplerate, block.T


def _decode_one(sound: bytes | mmap, path: Path) -> Iterator[Block]:
    try:
        with av.open(Source(sound), "r", options={"format_whitelist": FORMATS}) as container:
            if not container.streams.audio:
                raise ValueError("contains no sound")
            stream = container.streams.audio[0]
            n_samples = n_damaged = 0
            for packet in container.demux(stream):
                try:
                    frames = packet.decode()
                except av.error.InvalidDataError:
                    n_damaged += 1
                    continue
                for frame in frames:
                    n_samples += frame.samples
                    yield frame.sample_rate, _to_floats(frame)
            _check_length(n_samples, stream, container.format.name, sound)
    except av.error.EOFError:  # it ends before its first sample
        return
    except av.FFmpegError as error:
        raise ValueError(f"cannot be read as sound ({error.strerror})") from error
    if n_damaged:
        print(f"{path}: {n_damaged} damaged packets of sound are left out")


def _check_length(n_samples: int, stream: av.AudioStream, format_name: str, sound: bytes | mmap) -> None:
    """Raise a ValueError if there are fewer samples than the file says."""
    n_stated, slack = 0, round(ENCODER_S * stream.rate)
    if format_name in FORMATS_THAT_KNOW and stream.duration and stream.time_base:
        n_stated = round(stream.duration * stream.time_base * stream.rate)
        slack = 0 if format_name == "flac" else slack
    elif format_name == "mp3":
        n_stated = count_mp3_frames(sound) * stream.codec_context.frame_size
    if n_samples < n_stated - slack:
        raise ValueError(f"is truncated: {n_samples} of {n_stated} samples are there")


def _to_floats(frame: av.AudioFrame) -> np.ndarray:
    """Return the samples of a frame, ``(n_channels, n_samples)`` float32."""
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(frame.samples, -1).T
    if samples.dtype.kind == "f":
        return samples.astype(np.float32)
    bits = 8 * samples.dtype.itemsize
    floats = samples.astype(np.float32) / 2 ** (bits - 1)
    return floats - 1 if samples.dtype.kind == "u" else floats
