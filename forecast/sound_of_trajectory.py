"""What a trajectory sounds like: every point decoded to its window, the windows laid over each other, inverted."""

import keras
import numpy as np


def frames_of(decoder: keras.Model, z: np.ndarray) -> np.ndarray:
    """Frames ``(n_points + window_frames - 1, n_bins)`` of a trajectory, each the mean over the windows that hold it.

    Parameters
    ----------
    decoder : keras.Model
        From points ``(n_points, latent_dim)`` to windows ``(n_points, window_frames, n_bins)``.
    z : np.ndarray (n_points, latent_dim)
        The trajectory, one hop from point to point.
    """
    return overlay(decoder.predict(z.astype(np.float32), verbose=0))


def overlay(windows: np.ndarray) -> np.ndarray:
    """Mean of windows that follow each other one frame apart, ``(n_windows + window_frames - 1, n_bins)``.

    Examples
    --------
    >>> overlay(np.array([[[0.0], [2.0]], [[4.0], [6.0]]])).ravel()
    array([0., 3., 6.])
    """
    n_windows, window_frames, n_bins = windows.shape
    total = np.zeros((n_windows + window_frames - 1, n_bins))
    for frame in range(window_frames):
        total[frame : frame + n_windows] += windows[:, frame]
    n_over_frame = np.convolve(np.ones(n_windows), np.ones(window_frames))
    return total / n_over_frame[:, None]
