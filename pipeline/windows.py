"""Where windows, clips and samples start: the arithmetic of the `song` study, with no TensorFlow.

A *window* is `window_frames` consecutive frames of the spectrogram and becomes one point; it slides one frame at a
time, so window k starts at frame k. A *sample* of the conditioned autoencoder is a window t with windows next to it,
which are encoded with it, and windows further back, whose points are remembered. All counts start from 0.
"""

import math
from dataclasses import dataclass

import numpy as np

from pipeline.stored_frames import Frames

MAX_PIXELS = 2**26  # of all windows that are taken of a song or film: a quarter of a gigabyte


@dataclass(frozen=True)
class Sample:
    """What belongs to a sample, in windows."""

    window_frames: int
    before: int = 0  # encoded, up to t - 1
    after: int = 0  # encoded, from t + 1 on
    max_lag: int = 0  # one more is encoded, up to so many after t; 0: none
    remembered: int = 0  # points before all that is encoded

    @property
    def n_frames(self) -> int:
        """Frames of the shortest song that holds a sample."""
        return self.window_frames + self.remembered + self.before + max(self.after, self.max_lag)

    def of_song(self, n_frames: int) -> np.ndarray:
        """Return the windows t of all samples of a song, ``(n_samples,)``; ValueError if it is too short for any."""
        n_samples = n_frames - self.n_frames + 1
        if n_samples < 1:
            raise ValueError(
                f"model.clip_windows, loss.max_lag: a sample takes {self.n_frames} frames, there are {n_frames}; "
                "take fewer of them, shorter windows, or a longer recording"
            )
        return self.remembered + self.before + np.arange(n_samples)


def count_window_frames(length_s: float, *, hop_s: float, frame_s: float) -> int:
    """Return the frames of a window: the index of the frame nearest to its length, plus one, rounded up to even.

    Parameters
    ----------
    length_s, hop_s : float
        Length of the window, time from one frame to the next.
    frame_s : float
        Length of the sound behind one frame; frame k has its centre at ``frame_s / 2 + k * hop_s``.

    Examples
    --------
    >>> count_window_frames(0.5, hop_s=1024 / 44100, frame_s=1024 / 44100)
    22
    """
    index = max(0, math.ceil((length_s - frame_s / 2) / hop_s - 0.5))
    return 2 * (index // 2 + 1)


def window_times(times_s: np.ndarray, window_frames: int, frame_s: float) -> dict[str, np.ndarray]:
    """Return start, centre and end of every window of a song in seconds, each ``(n_windows,)``.

    Frames have their centres at `times_s` ``(n_frames,)`` and are `frame_s` long.
    """
    start_s = times_s[: len(times_s) - window_frames + 1] - frame_s / 2
    end_s = times_s[window_frames - 1 :] + frame_s / 2
    return {"starts_s": start_s, "times_s": (start_s + end_s) / 2, "ends_s": end_s}


def count_overlapping_points(starts_s: np.ndarray, ends_s: np.ndarray) -> int:
    """Return after how many points a window first shares no sound with a point's own.

    Windows start and end at `starts_s` and `ends_s` ``(n_points,)``, at least two.

    Examples
    --------
    >>> count_overlapping_points(np.array([0.0, 0.25, 0.5]), np.array([1.0, 1.25, 1.5]))
    4
    """
    hop_s = (starts_s[-1] - starts_s[0]) / (len(starts_s) - 1)
    return math.ceil((ends_s[0] - starts_s[0]) / hop_s - 1e-6)  # a window of whole hops ends where the later begins


def mean_hop_s(times_s: np.ndarray) -> float:
    """Return the time from one window to the next, from their centres ``(n_points,)``."""
    return float(np.mean(np.diff(times_s)))


def evenly_spread_windows(frames: Frames, window_frames: int, max_windows: int = 4000) -> np.ndarray:
    """Return all windows of a song ``(n_frames, n_bins)``, or every n-th of a long one, `max_windows` at most.

    They are ``(n_windows, window_frames, n_bins)``; of a film, whose windows are of one frame,
    ``(n_windows, 1, height, width)``. Of large windows there are fewer.
    """
    max_windows = min(max_windows, max(1, MAX_PIXELS // (window_frames * math.prod(frames.shape[1:]))))
    if window_frames == 1:
        return frames[:: -(-len(frames) // max_windows)][:, None]
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(frames), window_frames, axis=0)
    step = -(-len(windows) // max_windows)
    return windows[::step].swapaxes(1, 2)  # NumPy puts the frames of a window last
