"""The sound in a file, whatever its format, decoded to its end; content decides, not the ending.

libsndfile reads what is sound as it is (WAV, AIFF ...), with the sizes that `containers` corrected, and Ogg, of whose
last page FFmpeg drops samples; FFmpeg (PyAV) reads the rest. What one of them cannot open the other may.
"""

from collections.abc import Iterator
from mmap import ACCESS_COPY, mmap
from pathlib import Path

import av
import numpy as np
import soundfile

from pipeline.results import display_path
from save_dataset.sound.containers import OGG_PAGE, PCM, correct_size, count_mp3_frames, split

# of FFmpeg; neither playlists, which name other files, nor text and images
FORMATS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,eac3,flac,flv,ircam,matroska,mov,mp3,mpeg,mpegts,nistsphere,ogg,pvf,tta,voc,w64,"
    "wav,wv"
)
FORMATS_THAT_KNOW = ("flac", "mov,mp4,m4a,3gp,3g2,mj2", "tta", "wv")  # how long each of their streams is
MATROSKA = "matroska,webm"  # knows how long all of it is
LOSSLESS = ("flac", "tta", "wv")
ENCODER_FRAMES = 3  # what other encoders add at both ends, and count or not, is less
FRAME_SAMPLES = 1024  # of a decoder that does not say it
MAX_SAMPLES = 2**35  # nine days: a length beyond it stands for "not known"
BLOCK_SAMPLES = 2**19  # of all channels
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
            is_corrected = correct_size(content)
            sounds, n_damaged = split(content)
            if n_damaged:
                print(f"{display_path(path)}: damaged or missing pages of sound left out: {n_damaged}")
            for sound in sounds:
                is_file = sound is content and not is_corrected
                yield from _decode_one(sound, path, file.fileno() if is_file else Source(sound))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error


def _decode_one(sound: bytes | mmap, path: Path, source: int | Source) -> Iterator[Block]:
    if sound[:4] in (OGG_PAGE, *PCM) and (file := _open_with_libsndfile(source)):
        yield from _read_with_libsndfile(file)
        return
    try:
        container = av.open(Source(sound), "r", options={"format_whitelist": FORMATS}, metadata_errors="replace")
    except av.error.EOFError:  # it ends before its first sample
        return
    except av.FFmpegError as error:
        if file := _open_with_libsndfile(source):
            yield from _read_with_libsndfile(file)
            return
        raise ValueError(f"cannot be read as sound ({error.strerror})") from error
    with container:
        yield from _read_with_ffmpeg(container, sound, path)


def _open_with_libsndfile(source: int | Source) -> soundfile.SoundFile | None:
    """Open a file descriptor, or bytes; None if libsndfile cannot."""
    try:
        return soundfile.SoundFile(source, closefd=False)
    except soundfile.LibsndfileError:
        return None


def _read_with_libsndfile(file: soundfile.SoundFile) -> Iterator[Block]:
    with file:
        try:
            n_samples = BLOCK_SAMPLES // file.channels
            while len(block := file.read(n_samples, dtype="float32", always_2d=True)):
                yield file.samplerate, block.T
        except soundfile.LibsndfileError as error:
            raise ValueError(f"cannot be read as sound ({error.error_string.strip().rstrip('.')})") from error


def _read_with_ffmpeg(container: av.container.InputContainer, sound: bytes | mmap, path: Path) -> Iterator[Block]:
    if not container.streams.audio:
        raise ValueError("contains no sound")
    stream = container.streams.audio[0]
    if stream.codec_context is None:
        raise ValueError("its sound is in a format that cannot be decoded")
    if container.format.name == "flac":  # whose checksums FFmpeg does not look at by itself
        stream.codec_context.options = {"err_detect": "crccheck+explode"}
    n_samples = n_damaged = n_since = 0  # packets that are damaged: before others that are not, and since
    try:
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                n_since += 1
                continue
            if frames and packet.size:  # what the decoder still holds at the end comes without a packet
                n_damaged, n_since = n_damaged + n_since, 0
            for frame in frames:
                n_samples += frame.samples
                yield frame.sample_rate, _to_floats(frame)
    except (av.FFmpegError, IndexError) as error:  # IndexError: PyAV, of a stream that comes later
        reason = getattr(error, "strerror", "its streams change")
        raise ValueError(f"cannot be read as sound beyond sample {n_samples} ({reason})") from error
    n_stated = _count_stated_samples(stream, container, sound)
    if n_damaged:
        print(f"{display_path(path)}: damaged packets of sound left out: {n_damaged}")
    elif n_samples < n_stated:
        raise ValueError(f"is truncated or damaged: {n_samples} of {n_stated} samples are there")


def _count_stated_samples(stream: av.AudioStream, container: av.container.InputContainer, sound: bytes | mmap) -> int:
    """Return how many samples a file says it has, at least; 0 if it does not, or beyond belief."""
    kind, frame_samples = container.format.name, stream.codec_context.frame_size or FRAME_SAMPLES
    n_stated = 0
    if kind == "mp3":
        n_stated = count_mp3_frames(sound) * frame_samples
    elif kind in FORMATS_THAT_KNOW and stream.duration and stream.time_base:
        n_stated = round(stream.duration * stream.time_base * stream.rate)
    elif kind == MATROSKA and container.duration and not container.streams.video:
        n_stated = round(container.duration / av.time_base * stream.rate)
    if n_stated > MAX_SAMPLES:
        return 0
    return n_stated if kind in LOSSLESS else n_stated - ENCODER_FRAMES * frame_samples


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
