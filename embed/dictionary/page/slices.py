"""Many sounds in one file, and where each lies in it."""

from collections.abc import Sequence

import numpy as np

from embed.pages.mp3 import encode_sound

GAP_S = 0.06  # more than a frame of MP3, 26 ms, into which neighbouring sounds are smeared
SILENCE = 0.003  # of the peak, -50 dB: an end below it is left out
FADE_S = 0.01
RATE_HZ = 32000
BITS_PER_S = 48_000  # so that a hundred bars stay below 3 MB


def join_sounds(sounds: Sequence[np.ndarray], sample_rate_hz: int) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Return the sounds one after the other, silent ends cut, silence between.

    Parameters
    ----------
    sounds : sequence of np.ndarray (n_samples,)
        Some may be empty.
    sample_rate_hz : int
        Their rate.

    Returns
    -------
    samples : np.ndarray (n_samples,)
        float32.
    spans : list of (float, float)
        Start and duration of each sound, in seconds.
    """
    gap = np.zeros(round(GAP_S * sample_rate_hz), np.float32)
    parts, spans, start = [gap], [], len(gap)
    for sound in map(np.asarray, sounds):
        cut = _cut_end(sound, sample_rate_hz)
        spans.append((start / sample_rate_hz, len(cut) / sample_rate_hz))
        parts += [cut, gap]
        start += len(cut) + len(gap)
    return np.concatenate(parts), spans


def _cut_end(sound: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Return a sound without its silent end, faded out where it was cut."""
    loud = np.flatnonzero(np.abs(sound) > SILENCE * np.abs(sound).max(initial=0))
    cut = sound[: loud[-1] + 1 if len(loud) else 0].astype(np.float32)
    fade = min(len(cut), round(FADE_S * sample_rate_hz))
    cut[len(cut) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return cut


def encode_slices(samples: np.ndarray, sample_rate_hz: int) -> bytes:
    """Return mono samples ``(n_samples,)`` as MP3 of 48 kbit/s."""
    return encode_sound(samples, sample_rate_hz, encoded_rate_hz=RATE_HZ, bits_per_s=BITS_PER_S)
