"""Which channels figures show: of 88 keys, those between the lowest and the highest that sound."""

import numpy as np

from pipeline.notes import N_KEYS

MIN_VISIBLE = 0.1  # of the largest magnitude


def used_channels(music: np.ndarray, channels: np.ndarray) -> np.ndarray:
    """Return the indices of the channels to show of music ``(..., n_channels)``, all that is shown side by side.

    These are all of drums and tokens, of a piano the used range of keys in each kind.
    """
    if str(channels[0]).split()[0] not in ("onset", "frame"):
        return np.arange(len(channels))
    peaks = np.abs(music).reshape(-1, N_KEYS * (len(channels) // N_KEYS)).max(axis=0).reshape(-1, N_KEYS).max(axis=0)
    used = np.flatnonzero(peaks >= MIN_VISIBLE * peaks.max())
    span = np.arange(used[0], used[-1] + 1)
    return np.concatenate([kind * N_KEYS + span for kind in range(len(channels) // N_KEYS)])
