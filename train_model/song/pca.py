"""Principal components of the windows of a song: the linear baseline of its autoencoder."""

import time
from typing import Any

import keras
import numpy as np
from sklearn.decomposition import PCA

from models.pca_autoencoder import build_pca_autoencoder
from pipeline.studies.song import Parameters
from pipeline.windows import evenly_spread_windows


def fit_pca(frames: np.ndarray, window_frames: int, latent_dim: int, seed: int = 0) -> PCA:
    """Fit PCA to all windows of a song, or to some thousand evenly spread ones of a long one.

    The seed is that of the randomised solver that scikit-learn takes for large problems.

    Raises
    ------
    ValueError
        If there are fewer windows than components.
    """
    windows = evenly_spread_windows(frames, window_frames)
    if len(windows) < latent_dim:
        raise ValueError(f"latent_dim={latent_dim}: must be at most the number of windows, {len(windows)}")
    return PCA(latent_dim, random_state=seed).fit(windows.reshape(len(windows), -1))


def fit_linear(frames: np.ndarray, window_frames: int, parameters: Parameters) -> tuple[keras.Model, dict[str, Any]]:
    """Return the autoencoder of PCA, and its history: ``cpu_s`` and ``explained_variance_ratio`` (latent_dim,)."""
    began = time.process_time()
    pca = fit_pca(frames, window_frames, parameters.model.latent_dim, parameters.training.seed)
    history = {"cpu_s": [time.process_time() - began], "explained_variance_ratio": pca.explained_variance_ratio_}
    return build_pca_autoencoder(pca.mean_, pca.components_, window_frames), history
