"""The lowest binary cross-entropy with which a spectrogram can be reconstructed."""

import numpy as np
from scipy.special import xlogy

FRAMES_AT_ONCE = 4096  # an hour in double precision, and again for each term, would be most of a gigabyte


def lowest_cross_entropy(frames: np.ndarray, window_frames: int) -> float:
    """Return the binary cross-entropy of perfect reconstructions, mean over the pixels of all windows, in nats.

    A grey pixel x costs its own entropy, ``-x log x - (1 - x) log(1 - x)``, however well it is reconstructed.

    Parameters
    ----------
    frames : np.ndarray (n_frames, n_bins)
        The spectrogram, in [0, 1]; frames near the ends are in fewer windows and count less.
    """
    blocks = np.array_split(frames, -(-len(frames) // FRAMES_AT_ONCE))
    of_frames = np.concatenate([_entropy_of_frames(block.astype(float)) for block in blocks])
    n_windows = len(frames) - window_frames + 1
    windows_of_frame = np.convolve(np.ones(n_windows), np.ones(window_frames))
    return float(np.average(of_frames, weights=windows_of_frame))


def _entropy_of_frames(x: np.ndarray) -> np.ndarray:
    """Return the mean over the bins of ``-x log x - (1 - x) log(1 - x)``, ``(n_frames,)``."""
    return -np.mean(xlogy(x, x) + xlogy(1 - x, 1 - x), axis=1)
