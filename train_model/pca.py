"""Principal components of the windows of a song."""

import numpy as np
from sklearn.decomposition import PCA

MOST_WINDOWS = 4000


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
    windows = np.lib.stride_tricks.sliding_window_view(
        frames, window_frames, axis=0
    )  # (n_windows, n_bins, window_frames)
    if len(windows) < latent_dim:
        raise ValueError(f"latent_dim={latent_dim}: must be at most the number of windows, {len(windows)}")
    step = -(-len(windows) // MOST_WINDOWS)
    pixels = windows[::step].swapaxes(1, 2).reshape(-(-len(windows) // step), -1)
    return PCA(latent_dim, random_state=seed).fit(pixels)
