"""How loud frames are, and what the level of a sound is."""

import numpy as np

LOUD_PERCENTILE = 99


def frame_levels(frames: np.ndarray) -> np.ndarray:
    """Return the root mean square over the bins of each frame's magnitudes, ``(n_frames,)``.

    Frames are complex or magnitudes, ``(n_frames, n_bins)``.
    """
    return np.sqrt(np.mean(np.square(np.abs(frames)), axis=1, dtype=float))


def loud_level(frames: np.ndarray) -> float:
    """Return the level of the loud frames of a sound: one frame in a hundred is louder."""
    return float(np.percentile(frame_levels(frames), LOUD_PERCENTILE))
