"""From sound to spectrogram frames: one row per frame, values in [0, 1] over the whole clip.

A frame is `window_samples` of sound; its mean is taken off, a Tukey window is put on, and bin f of its magnitude is
``abs(rfft)[f] / sum(window)``: the scaling "spectrum" of `scipy.signal`, in which a sine of amplitude a peaks at a / 2.
"""

from collections.abc import Callable, Iterator

import librosa
import numpy as np
import scipy.signal

from pipeline.memory import check_memory

COPIES = 3  # of all pixels: in blocks, together, normalised
SAMPLES_AT_ONCE = 2**22  # of all frames together, 4096 of the usual size


def compute_spectrogram(
    samples: np.ndarray, *, sample_rate_hz: int = 44100, window_samples: int = 1024, overlap: float = 0.0,
    tukey_alpha: float = 0.4, max_frequency_hz: float = 4000.0, scale: str = "magnitude", range_db: float = 80.0,
    n_mels: int = 64,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Return the normalised spectrogram of a clip, ``(n_samples,)``, and its axes.

    ValueError if the sound is shorter than a frame, or all pixels are the same.

    Parameters
    ----------
    window_samples : int
        Length of the sound behind one frame.
    overlap : float
        Fraction of a frame's sound that the next frame has too, 0 to less than 1.
    tukey_alpha : float
        Tapered fraction of the window.
    max_frequency_hz : float
        Bins up to the one nearest to this are kept; mel bands end there.
    scale : {"magnitude", "db", "log_mel"}
        What a pixel is before it is normalised; decibels are relative to the loudest, and cut `range_db` below it.
    n_mels : int
        Number of bands of "log_mel".

    Returns
    -------
    dict of str to np.ndarray
        ``frames`` (n_frames, n_bins) in [0, 1], float32; ``times_s`` (n_frames,), the centres of the frames;
        ``frequencies_hz`` (n_bins,); ``hop_s`` from one frame to the next; ``frame_s``, the length of the sound
        behind one; ``lowest`` and ``highest``, the pixels that became 0 and 1; ``scale``.
    """
    hop_samples = window_samples - int(np.ceil(window_samples * overlap))
    if hop_samples < 1:
        raise ValueError(f"spectrogram.overlap={overlap}: leaves no hop at window_samples={window_samples}")
    if len(samples) < window_samples:
        raise ValueError(
            f"spectrogram.window_samples={window_samples}: must be at most the {len(samples)} of the sound"
        )
    frequencies_hz, project = projection(scale, sample_rate_hz, window_samples, max_frequency_hz, n_mels)
    n_pixels = len(frequencies_hz) * (1 + (len(samples) - window_samples) // hop_samples)
    check_memory(f"spectrogram.overlap={overlap}", COPIES * 4 * n_pixels, "take less, or a shorter part of the sound")
    taper = scipy.signal.windows.tukey(window_samples, tukey_alpha)
    blocks = _magnitude_blocks(samples, taper, hop_samples)
    pixels = np.concatenate([project(block) for block in blocks])  # (n_frames, n_bins)
    if pixels.min() == pixels.max():
        raise ValueError("the spectrogram is constant: there is nothing to hear in the sound")
    if scale != "magnitude":
        quietest = 10 ** (-range_db / 20)  # of the loudest, which is 1
        pixels = librosa.amplitude_to_db(pixels / pixels.max(), ref=1.0, amin=quietest, top_db=range_db)
    lowest, highest = float(pixels.min()), float(pixels.max())
    return {
        "frames": (pixels - lowest) / (highest - lowest),
        "times_s": (window_samples / 2 + hop_samples * np.arange(len(pixels))) / sample_rate_hz,
        "frequencies_hz": frequencies_hz,
        "hop_s": np.array(hop_samples / sample_rate_hz),
        "frame_s": np.array(window_samples / sample_rate_hz),
        "lowest": np.array(lowest),
        "highest": np.array(highest),
        "scale": np.array(scale),
    }


def _magnitude_blocks(samples: np.ndarray, taper: np.ndarray, hop_samples: int) -> Iterator[np.ndarray]:
    """Yield magnitudes of all frequencies, some thousand frames at a time, ``(n_frames, window_samples // 2 + 1)``.

    Those of an hour of sound would be gigabytes before the low bins are cut out.
    """
    n_frames, at_once = 1 + (len(samples) - len(taper)) // hop_samples, SAMPLES_AT_ONCE // len(taper)
    for first in range(0, n_frames, at_once):
        end = min(first + at_once, n_frames)
        block = samples[first * hop_samples : (end - 1) * hop_samples + len(taper)]
        *_, magnitude = scipy.signal.spectrogram(
            block, window=taper, noverlap=len(taper) - hop_samples, mode="magnitude", scaling="spectrum"
        )
        yield magnitude.T.astype(np.float32)


def projection(
    scale: str, sample_rate_hz: int, window_samples: int, max_frequency_hz: float, n_mels: int
) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
    """Return frequencies of the bins kept, and the function from magnitudes of all frequencies to those of bins."""
    if scale == "log_mel":
        bands = mel_bands(sample_rate_hz, window_samples, max_frequency_hz, n_mels)
        top_hz = min(max_frequency_hz, sample_rate_hz / 2)
        centres_hz = librosa.mel_frequencies(n_mels + 2, fmax=top_hz)[1:-1]
        return centres_hz, lambda magnitude: np.sqrt(np.square(magnitude) @ bands.T)
    frequencies_hz = np.fft.rfftfreq(window_samples, 1 / sample_rate_hz)
    n_bins = int(np.argmin(np.abs(frequencies_hz - max_frequency_hz))) + 1
    if n_bins == 1:
        raise ValueError(
            f"spectrogram.max_frequency_hz={max_frequency_hz}: must reach the first bin, at {frequencies_hz[1]:.1f} Hz"
        )
    return frequencies_hz[:n_bins], lambda magnitude: magnitude[:, :n_bins].copy()  # a view would keep all bins alive


def mel_bands(sample_rate_hz: int, window_samples: int, max_frequency_hz: float, n_mels: int) -> np.ndarray:
    """Return the mel filters for power, ``(n_mels, window_samples // 2 + 1)``."""
    top_hz = min(max_frequency_hz, sample_rate_hz / 2)
    return librosa.filters.mel(sr=sample_rate_hz, n_fft=window_samples, n_mels=n_mels, fmax=top_hz)
