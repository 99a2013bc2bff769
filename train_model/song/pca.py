"""Principal components of the windows of a song."""

import numpy as np
from sklearn.decomposition import PCA

from pipeline.windows import evenly_spread_windows


def fit_pca(frames: np.ndarray, window_frames: int, latent_dim: int, seed: int = 0) -> PCA:
    """PCA of all windows of a song, of some thousand evenly spread ones if the song has more.

    Parameters
    ----------
    frames : np.ndarray (n_frames, n_bins)
        The spectrogram.
    window_frames : int
        Frames of a window.
    latent_dim : int
        Number of components.
    seed : int
        Of the randomised solver that scikit-learn takes for large problems.

    Raises
    ------
    ValueError
        If there are fewer windows than components.
    """
    windows = evenly_spread_windows(frames, window_frames)
    if len(windows) < latent_dim:
        raise ValueError(f"latent_dim={latent_dim}: must be at most the number of windows, {len(windows)}")
    return PCA(latent_dim, random_state=seed).fit(windows.reshape(len(windows), -1))
