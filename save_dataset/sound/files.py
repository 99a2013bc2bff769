"""Sound files in, mono samples out, and back; everything that can be wrong with a recording is found here."""

import io
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import librosa
import numpy as np
import soundfile
import soxr

from pipeline.atomic_write import atomic_write
from save_dataset.sound.decoding import Block, decode

MAX_PEAK = 2.0**32  # beyond integers of 32 bits that were not scaled; squares of 1e20 are no numbers of 32 bits
CANCELLED = 1e-3  # RMS of the mean of channels over their own, -60 dB: what rounding and MP3 leave is below


def read_sound(
    path: Path, *, sample_rate_hz: int = 44100, start_s: float = 0.0, duration_s: float | None = None,
    channel: int | None = None,
) -> np.ndarray:  # fmt: skip
    """Return the samples of a sound file, ``(n_samples,)`` float32, resampled if its rate differs.

    Parameters
    ----------
    path : Path
        What libsndfile or FFmpeg decodes, see `save_dataset.sound.decoding`; of integer formats samples are in [-1, 1].
    start_s, duration_s : float
        The part to read; to the end if there is no duration.
    channel : int
        The only one to read, from 1 on; None: the mean of all.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no sound, truncated, empty, silent, not finite or beyond all scales, or its channels cancel; the
        message begins with the file.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such sound file")
    samples, file_rate_hz = _read_mono(path, start_s, duration_s, channel)
    if not samples.size:
        raise ValueError(f"{path}: contains no samples")
    if not np.isfinite(samples).all():
        raise ValueError(f"{path}: {np.count_nonzero(~np.isfinite(samples))} of {samples.size} samples are not finite")
    if samples.min() == samples.max():
        raise ValueError(f"{path}: is silent: every sample is {samples[0]:g}")
    if file_rate_hz == sample_rate_hz:
        return samples
    # what librosa.resample does, but for a second copy: of an hour of sound it is half a gigabyte
    n_samples = int(np.ceil(len(samples) * (sample_rate_hz / file_rate_hz)))
    return librosa.util.fix_length(soxr.resample(samples, file_rate_hz, sample_rate_hz, "HQ"), size=n_samples)


def _read_mono(path: Path, start_s: float, duration_s: float | None, channel: int | None) -> tuple[np.ndarray, int]:
    """Return the samples of a part, mono, and the sample rate; never are all channels in memory at once."""
    sound, position, rate_hz = bytearray(), 0, 0
    power = mixed_power = 0.0  # of the channels, their mean, and of what is made of them
    for rate_hz, block in _at_one_rate(decode(path)):
        if not 1000 <= rate_hz <= 768000:
            raise ValueError(f"{path}: sample_rate_hz={rate_hz}: must be 1000 to 768000")
        start = round(start_s * rate_hz)
        end = position + block.shape[1] if duration_s is None else start + round(duration_s * rate_hz)
        part = block[:, max(start - position, 0) : max(end - position, 0)]
        position += block.shape[1]
        peak = np.abs(part).max(initial=0)
        if MAX_PEAK < peak < np.inf:
            raise ValueError(
                f"{path}: has a sample of {peak:.1e}: must be sound, in [-1, 1]; it is damaged, or no sound"
            )
        mixed = _mix(part, channel, path)
        power += float(np.square(part, dtype=float).sum()) / len(part)
        mixed_power += float(np.square(mixed, dtype=float).sum())
        sound += mixed.tobytes()
        if position > end:
            break
    if 0 < position <= start_s * rate_hz:
        raise ValueError(f"{path}: start_s={start_s}: must be less than its length, {position / rate_hz:.2f} s")
    samples = np.frombuffer(sound, np.float32)
    if channel is None and mixed_power < CANCELLED**2 * power:
        peak = np.abs(samples).max()
        raise ValueError(f"{path}: the channels cancel: peak {peak:.5f}; take one of them, channel = 1 or 2")
    return samples, rate_hz


def _at_one_rate(blocks: Iterator[Block]) -> Iterator[Block]:
    """Resample what follows a change of the sample rate, as in joined recordings, to the first rate."""
    first_rate_hz = 0
    for (rate_hz, _), group in groupby(blocks, key=lambda block: (block[0], len(block[1]))):
        first_rate_hz = first_rate_hz or rate_hz
        if rate_hz == first_rate_hz:
            yield from group
        else:
            samples = np.concatenate([samples for _, samples in group], axis=1)
            samples = librosa.resample(samples, orig_sr=rate_hz, target_sr=first_rate_hz, res_type="soxr_hq")
            yield first_rate_hz, samples


def _mix(block: np.ndarray, channel: int | None, path: Path) -> np.ndarray:
    """Return one channel, or the mean of all, of ``(n_channels, n_samples)``."""
    if channel is None:
        return block.mean(axis=0)
    if channel > len(block):
        raise ValueError(f"{path}: channel={channel}: must be at most {len(block)}, its number of channels")
    return block[channel - 1]


def write_sound(samples: np.ndarray, path: Path, sample_rate_hz: int) -> Path:
    """Write mono samples in [-1, 1] as 16 bit WAV or FLAC; ValueError if the path has another ending."""
    if path.suffix not in (".wav", ".flac"):
        raise ValueError(f"{path}: must end in .wav or .flac")
    content = io.BytesIO()  # of a file libsndfile says "System error.", whatever is wrong with it
    soundfile.write(content, samples, sample_rate_hz, format=path.suffix[1:], subtype="PCM_16")
    with atomic_write(path) as temporary:
        temporary.write_bytes(content.getbuffer())
    return path
