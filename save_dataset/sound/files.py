"""Sound files in, mono samples out, and back; everything that can be wrong with a recording is found here."""

import errno
from pathlib import Path

import librosa
import numpy as np
import soundfile

from pipeline.atomic_write import atomic_write

BLOCK_SAMPLES = 2**20
ID3_HEADER_BYTES = 10  # ID3v2, section 3.1: the last four are the size of the tag, seven bits in each
MAX_FRAME_BYTES = 2881  # of MPEG audio layer III: 320 kbit/s at 16 kHz; the numbers stand in the first
STATES_LENGTH = (b"Xing", b"Info", b"VBRI")
MAX_OGG_PAGE = 65307


def read_sound(
    path: Path, *, sample_rate_hz: int = 44100, start_s: float = 0.0, duration_s: float | None = None
) -> np.ndarray:
    """Return the samples of a sound file, ``(n_samples,)`` float32, channels averaged, resampled if its rate differs.

    Parameters
    ----------
    path : Path
        WAV, FLAC, OGG, MP3 or what else libsndfile reads; of integer formats samples are in [-1, 1].
    start_s, duration_s : float
        The part to read; to the end if there is no duration.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no sound, truncated, empty, silent, or not finite; the message begins with the file.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such sound file")
    _check_that_it_ends(path)
    try:
        with soundfile.SoundFile(path) as file:
            if not 1000 <= file.samplerate <= 768000:
                raise ValueError(f"{path}: sample_rate_hz={file.samplerate}: must be 1000 to 768000")
            samples = _read_mono(file, path, start_s, duration_s)
            file_rate_hz = file.samplerate
    except soundfile.LibsndfileError as error:
        raise ValueError(f"{path}: cannot be read as sound ({error.error_string.strip().rstrip('.')})") from error
    _check_samples(samples, path)
    if file_rate_hz == sample_rate_hz:
        return samples
    return librosa.resample(samples, orig_sr=file_rate_hz, target_sr=sample_rate_hz, res_type="soxr_hq")


def _read_mono(file: soundfile.SoundFile, path: Path, start_s: float, duration_s: float | None) -> np.ndarray:
    """Return the mean of the channels, read in blocks so that all channels are never in memory at once."""
    start = round(start_s * file.samplerate)
    if not file.frames:
        raise ValueError(f"{path}: contains no samples")
    if start >= file.frames:
        raise ValueError(
            f"{path}: start_s={start_s}: must be less than its length, {file.frames / file.samplerate:.2f} s"
        )
    n_samples = file.frames - start
    if duration_s is not None:
        n_samples = min(n_samples, round(duration_s * file.samplerate))
    samples = np.empty(n_samples, np.float32)
    file.seek(start)
    for first in range(0, n_samples, BLOCK_SAMPLES):
        block = file.read(min(BLOCK_SAMPLES, n_samples - first), dtype="float32", always_2d=True)
        end = first + len(block)
        samples[first:end] = block.mean(axis=1)
        if len(block) < min(BLOCK_SAMPLES, n_samples - first):
            if path.suffix.lower() == ".mp3" and not states_length(path):  # the number was a guess
                return samples[:end]
            raise ValueError(f"{path}: is truncated: {end} of {n_samples} samples are there")
    return samples


def _check_samples(samples: np.ndarray, path: Path) -> None:
    if not samples.size:
        raise ValueError(f"{path}: contains no samples")
    if not np.isfinite(samples).all():
        raise ValueError(f"{path}: {np.count_nonzero(~np.isfinite(samples))} of {samples.size} samples are not finite")
    if samples.min() == samples.max():
        raise ValueError(f"{path}: is silent: every sample is {samples[0]:g}")


def _check_that_it_ends(path: Path) -> None:
    """Raise a ValueError if a WAV or OGG file breaks off, which libsndfile reads without a word."""
    n_bytes = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(12)
        file.seek(max(0, n_bytes - MAX_OGG_PAGE))
        end = file.read()
    if header[:4] == b"RIFF" and header[8:] == b"WAVE":
        declared = 8 + int.from_bytes(header[4:8], "little")
        if n_bytes + 1 < declared < 2**32 - 8:  # a streamed file declares the largest number there is
            raise ValueError(f"{path}: is truncated: {n_bytes} of {declared} bytes are there")
    if header[:4] == b"OggS":
        flags = end[end.rfind(b"OggS") + 5]
        if not flags & 4:  # the bit of the last page of a stream
            raise ValueError(f"{path}: is truncated: its last page is missing")


def states_length(path: Path) -> bool:
    """Whether the first frame of an MP3 file says how many there are.

    Of a file that does not, libsndfile guesses the number from its size, a little too high if the bit rate is constant:
    it ends where it ends.
    """
    with path.open("rb") as file:
        header = file.read(ID3_HEADER_BYTES)
        tag_bytes = 0
        if header[:3] == b"ID3" and len(header) == ID3_HEADER_BYTES:
            size = sum(byte << shift for byte, shift in zip(header[6:], (21, 14, 7, 0), strict=True))
            tag_bytes = ID3_HEADER_BYTES + size
        file.seek(tag_bytes)
        first_frame = file.read(MAX_FRAME_BYTES)
    return any(word in first_frame for word in STATES_LENGTH)


def write_sound(samples: np.ndarray, path: Path, sample_rate_hz: int) -> Path:
    """Write mono samples in [-1, 1] as 16 bit WAV or FLAC; ValueError if the path has another ending."""
    if path.suffix not in (".wav", ".flac"):
        raise ValueError(f"{path}: must end in .wav or .flac")
    with atomic_write(path) as temporary:
        try:
            soundfile.write(temporary, samples, sample_rate_hz, subtype="PCM_16")
        except soundfile.LibsndfileError as error:
            raise OSError(errno.EIO, error.error_string) from error
    return path
