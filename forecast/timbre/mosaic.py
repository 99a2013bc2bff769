"""Mosaics: each frame of a sound replaced by the frame of another that is most like it in timbre.

Frames are compared by their mel-frequency cepstral coefficients without the first, so that their level does not
matter, each coefficient standardised by the sound that frames are taken from. A step to any other frame than the next
can cost something: then the path through the frames is the cheapest of all, found by dynamic programming.

References
----------
J. J. Burred, "A framework for music analysis/resynthesis based on matrix factorization", ICMC 2014.
D. Schwarz, "Concatenative sound synthesis: the early years", Journal of New Music Research 35, 2006: costs of targets
and of concatenation.
"""

import librosa
import numpy as np
from scipy.spatial.distance import cdist
from sklearn.preprocessing import StandardScaler

from pipeline.memory import check_memory, half_of_machine_gb

N_MELS = 40
QUIET_DB = -60.0  # frames that are so far below the loudest are not taken: raised to the source's level they are noise
FRAMES_AT_ONCE = 512  # of the source, whose distances are in memory


class Mosaic:
    """The frames of a sound, from which mosaics are made.

    Parameters
    ----------
    frames : np.ndarray (n_frames, n_bins)
        Complex.
    n_mfcc : int
        Coefficients that are computed; the first is left out.
    """

    def __init__(self, frames: np.ndarray, *, sample_rate_hz: int, n_mfcc: int = 20):
        self.frames, self.sample_rate_hz, self.n_mfcc = frames, sample_rate_hz, n_mfcc
        self.scaler = StandardScaler()
        self.features = self.scaler.fit_transform(self._mfcc(frames))
        levels_db = librosa.amplitude_to_db(np.linalg.norm(frames, axis=1), ref=np.max, top_db=None)
        self.is_quiet = levels_db < QUIET_DB

    def choose(self, frames: np.ndarray, continuity: float = 0.0) -> np.ndarray:
        """Return the index of the frame that stands for each frame of a source, ``(n_source_frames,)``.

        Parameters
        ----------
        continuity : float
            Cost of a step to another frame than the next, in root mean square distances of two frames of this sound;
            0: the nearest frame each time.

        Raises
        ------
        ValueError
            If so many pairs of frames do not fit into memory.
        """
        n_bytes = len(self.frames) * (len(frames) + 8 * FRAMES_AT_ONCE)
        hint = "raise stft.hop_samples, or lower targets.max_s or sources.max_s"
        check_memory("method.kind='mosaic'", n_bytes, hint, half_of_machine_gb())
        features = self.scaler.transform(self._mfcc(frames))
        jump = continuity * np.sqrt(2 * features.shape[1])  # coefficients have a variance of 1
        n_frames, n_choices = len(features), len(self.features)
        costs, is_next = np.zeros(n_choices), np.zeros((n_frames, n_choices), bool)
        from_where = np.zeros(n_frames, int)
        for frame, distances in enumerate(self._distances(features)):
            from_where[frame] = costs.argmin()
            jumped = costs[from_where[frame]] + jump
            went_on = np.concatenate([[np.inf], costs[:-1]])
            is_next[frame] = went_on < jumped
            costs = distances + np.minimum(went_on, jumped)
        return _trace_back(int(costs.argmin()), is_next, from_where)

    def convert(self, frames: np.ndarray, continuity: float = 0.0) -> np.ndarray:
        """Return the frames of this sound that stand for those of a source."""
        return self.frames[self.choose(frames, continuity)]

    def _distances(self, features: np.ndarray):
        """Yield the distance of each frame of a source to all frames, ``(n_frames,)``."""
        for first in range(0, len(features), FRAMES_AT_ONCE):
            distances = cdist(features[first : first + FRAMES_AT_ONCE], self.features)
            distances[:, self.is_quiet] = np.inf
            yield from distances

    def _mfcc(self, frames: np.ndarray) -> np.ndarray:
        """Return the coefficients after the first of each frame, ``(n_frames, n_mfcc - 1)``."""
        mel = librosa.feature.melspectrogram(
            S=np.square(np.abs(frames)).T, sr=self.sample_rate_hz, n_fft=2 * (frames.shape[1] - 1), n_mels=N_MELS
        )
        return librosa.feature.mfcc(S=librosa.power_to_db(mel, ref=np.max), n_mfcc=self.n_mfcc)[1:].T


def _trace_back(last: int, is_next: np.ndarray, from_where: np.ndarray) -> np.ndarray:
    """Return the cheapest path that ends at a frame: each came from the frame before it, or from the cheapest."""
    path = np.empty(len(is_next), int)
    path[-1] = last
    for frame in range(len(path) - 1, 0, -1):
        path[frame - 1] = path[frame] - 1 if is_next[frame, path[frame]] else from_where[frame]
    return path
