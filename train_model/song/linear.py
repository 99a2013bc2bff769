"""Linear autoencoders of the windows of a song, the baselines of the trained one: PCA, and two to be predictable.

Slow feature analysis (SFA) and dynamical components analysis (DCA) choose from the space of the leading principal
components. Coordinates of SFA have variance 1, since it knows no other scale; DCA is an orthonormal projection of the
windows, as PCA is. Both are decoded by least squares.
"""

import time
from typing import Any

import keras
import numpy as np
from sklearn.decomposition import PCA

from models.linear_autoencoder import build_linear_autoencoder
from pipeline.sections.trajectory_study import TrajectoryParameters
from pipeline.stored_frames import Frames, part_of
from pipeline.windows import evenly_spread_windows
from train_model.song.predictable import dynamical_components, slow_features

# Principal components that SFA and DCA choose from. Fitted on one half of a song, SFA of 50 is slower on the other half
# than SFA of 10 or 20 on six songs of eight. A clip of 30 s has only 59 windows of 0.5 s that share no sound.
N_LEADING = 50
MIN_VARIANCE_RATIO = 1e-6  # a component below it, as a fraction of all variance, is rounding and no direction


def fit_pca(frames: Frames, window_frames: int, latent_dim: int, seed: int = 0) -> PCA:
    """Fit PCA to all windows of a song or film, or to some thousand evenly spread ones of a long one.

    The seed is that of the randomised solver that scikit-learn takes for large problems.

    Raises
    ------
    ValueError
        If there are fewer windows than components.
    """
    windows = evenly_spread_windows(frames, window_frames)
    if len(windows) < latent_dim:
        raise ValueError(f"model.latent_dim={latent_dim}: must be at most the number of windows, {len(windows)}")
    return PCA(latent_dim, random_state=seed).fit(windows.reshape(len(windows), -1))


def fit_predictable(
    frames: Frames, window_frames: int, latent_dim: int, method: str, seed: int = 0
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], dict[str, Any]]:
    """Fit SFA or DCA, the method "sfa" or "dca", to all windows of a song ``(n_frames, n_bins)``.

    Returns
    -------
    arrays : tuple of np.ndarray
        Mean, weights and patterns, as `build_linear_autoencoder` takes them.
    measures : dict
        ``delta_values`` (latent_dim,) of SFA, or ``predictive_information_nats`` of DCA.

    Raises
    ------
    ValueError
        If there are fewer principal components than coordinates.
    """
    mean, components = _leading_components(frames, window_frames, seed)
    if len(components) < latent_dim:
        raise ValueError(
            f"model.latent_dim={latent_dim}: must be at most {len(components)}, the leading principal components"
        )
    scores = _project(frames, components, window_frames) - components @ mean
    origin = scores.mean(axis=0)
    scores -= origin
    if method == "sfa":
        v, delta_values = slow_features(scores, latent_dim)
        measures = {"delta_values": delta_values}
    else:
        v, nats = dynamical_components(scores, latent_dim, seed)
        measures = {"predictive_information_nats": np.array(nats)}
    v *= np.sign(v[np.abs(v).argmax(axis=0), np.arange(latent_dim)])  # or two solvers might give mirror images
    patterns = np.linalg.lstsq(scores @ v, scores, rcond=None)[0]
    return (mean + origin @ components, v.T @ components, patterns @ components), measures


def fit_linear(
    frames: Frames, window_frames: int, parameters: TrajectoryParameters
) -> tuple[keras.Model, dict[str, Any]]:
    """Return the linear autoencoder of a run, fitted to the part of song or film to train on, and its history.

    That is ``cpu_s``, and ``explained_variance_ratio`` (latent_dim,) of PCA, or the measures of `fit_predictable`.
    """
    model, seed, began = parameters.model, parameters.training.seed, time.process_time()
    frames = part_of(frames, 0, parameters.count_parts(len(frames))[0])
    if model.method == "pca":
        pca = fit_pca(frames, window_frames, model.latent_dim, seed)
        arrays = pca.mean_, pca.components_, pca.components_
        measures = {"explained_variance_ratio": pca.explained_variance_ratio_}
    else:
        arrays, measures = fit_predictable(frames, window_frames, model.latent_dim, model.method, seed)
    history = {"cpu_s": [time.process_time() - began], **measures}
    return build_linear_autoencoder(*arrays, (window_frames, *frames.shape[1:])), history


def _leading_components(frames: Frames, window_frames: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The mean window and the leading principal components in which windows do differ, ``(n, n_pixels)``."""
    n_windows, n_pixels = len(frames) - window_frames + 1, window_frames * frames.shape[1]
    with np.errstate(invalid="ignore", divide="ignore"):  # of windows that are all the same
        pca = fit_pca(frames, window_frames, min(N_LEADING, n_windows, n_pixels), seed)
    differ = pca.explained_variance_ > MIN_VARIANCE_RATIO * pca.explained_variance_.sum()
    return pca.mean_, pca.components_[differ].astype(float)


def _project(frames: Frames, components: np.ndarray, window_frames: int) -> np.ndarray:
    """Scores of all windows ``(n_windows, n)``, added up frame by frame: windows themselves would fill the memory."""
    n_windows = len(frames) - window_frames + 1
    by_frame = components.reshape(len(components), window_frames, -1)
    return sum(frames[k : k + n_windows] @ by_frame[:, k].T for k in range(window_frames))
