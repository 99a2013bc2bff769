"""Which channels are worth a place in a picture: of 88 keys, those between the lowest and the highest that sound."""

import numpy as np

from pipeline.notes import N_KEYS

AUDIBLE_SHARE = 0.1  # of the largest magnitude; less is not seen


def used_channels(music: np.ndarray, channels: np.ndarray) -> np.ndarray:
    """Indices of the channels to show: all of drums and tokens, of a piano the used range of keys in each kind.

    Parameters
    ----------
    music : np.ndarray (..., n_channels)
        All that is to be shown side by side.
    channels : np.ndarray (n_channels,)
        Their names, as in a corpus.
    """
    if str(channels[0]).split()[0] not in ("onset", "frame"):
        return np.arange(len(channels))
    peaks = np.abs(music).reshape(-1, N_KEYS * (len(channels) // N_KEYS)).max(axis=0).reshape(-1, N_KEYS).max(axis=0)
    used = np.flatnonzero(peaks >= AUDIBLE_SHARE * peaks.max())
    span = np.arange(used[0], used[-1] + 1)
    return np.concatenate([kind * N_KEYS + span for kind in range(len(channels) // N_KEYS)])
