"""The lowest binary cross-entropy with which a spectrogram can be reconstructed."""

import math

import numpy as np
from scipy.special import xlogy

from pipeline.stored_frames import Frames

VALUES_AT_ONCE = 2**19  # an hour in double precision, and again for each term, would be most of a gigabyte


def lowest_cross_entropy(frames: Frames, window_frames: int) -> float:
    """Return the binary cross-entropy of perfect reconstructions, mean over the pixels of all windows, in nats.

    A grey pixel x costs its own entropy, ``-x log x - (1 - x) log(1 - x)``, however well it is reconstructed.

    Parameters
    ----------
    frames : np.ndarray (n_frames, n_bins) or StoredFrames (n_frames, height, width)
        The spectrogram, in [0, 1], whose frames near the ends are in fewer windows and count less; or a film.
    """
    at_once = max(1, VALUES_AT_ONCE // math.prod(frames.shape[1:]))
    blocks = (frames[first : first + at_once] for first in range(0, len(frames), at_once))
    of_frames = np.concatenate([_entropy_of_frames(block.astype(float)) for block in blocks])
    n_windows = len(frames) - window_frames + 1
    windows_of_frame = np.convolve(np.ones(n_windows), np.ones(window_frames))
    return float(np.average(of_frames, weights=windows_of_frame))


def _entropy_of_frames(x: np.ndarray) -> np.ndarray:
    """Return the mean over the bins of ``-x log x - (1 - x) log(1 - x)``, ``(n_frames,)``."""
    entropy = xlogy(x, x) + xlogy(1 - x, 1 - x)
    return -np.mean(entropy.reshape(len(x), -1), axis=1)
