"""Linear autoencoders of the windows of a song, the baselines of the trained one: PCA, and two that are to be predictable.

Slow feature analysis and dynamical components analysis look for their coordinates among the leading principal
components. Coordinates of SFA have variance 1, since it knows no other scale; DCA's are an orthonormal projection of the
windows, as PCA's, turned to their own principal axes. Both are decoded by least squares.
"""

import time
from typing import Any

import keras
import numpy as np
from sklearn.decomposition import PCA

from models.linear_autoencoder import build_linear_autoencoder
from pipeline.studies.song import Parameters
from pipeline.windows import evenly_spread_windows
from train_model.song.predictable import dynamical_components, slow_features

N_LEADING = 50  # principal components that SFA and DCA choose from
MIN_VARIANCE_RATIO = 1e-6  # a component below it, as a fraction of all variance, is rounding and no direction


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


def fit_predictable(
    frames: np.ndarray, window_frames: int, latent_dim: int, method: str, seed: int = 0
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
        raise ValueError(f"latent_dim={latent_dim}: must be at most {len(components)}, the leading principal components")
    scores = _project(frames, components, window_frames) - components @ mean
    covariance = np.cov(scores, rowvar=False, bias=True).reshape(2 * [len(components)])
    variances, axes = np.linalg.eigh(covariance)
    whiten = (axes / np.sqrt(variances))[:, ::-1]  # largest variance first
    series = (scores - scores.mean(axis=0)) @ whiten

    if method == "sfa":
        v, delta_values = slow_features(series, latent_dim)
        measures, weights = {"delta_values": delta_values}, whiten @ v
    else:
        v, nats = dynamical_components(series, latent_dim, seed)
        measures, weights = {"predictive_information_nats": nats}, _principal_axes(whiten @ v, covariance)
    patterns = np.linalg.solve(weights.T @ covariance @ weights, weights.T @ covariance)  # least squares
    arrays = _with_fixed_signs(weights.T @ components, patterns @ components)
    return (mean + scores.mean(axis=0) @ components, *arrays), measures


def fit_linear(frames: np.ndarray, window_frames: int, parameters: Parameters) -> tuple[keras.Model, dict[str, Any]]:
    """Return the linear autoencoder of a run, and its history.

    That is ``cpu_s``, and ``explained_variance_ratio`` (latent_dim,) of PCA, or the measures of `fit_predictable`.
    """
    model, seed, began = parameters.model, parameters.training.seed, time.process_time()
    if model.method == "pca":
        pca = fit_pca(frames, window_frames, model.latent_dim, seed)
        arrays = pca.mean_, pca.components_, pca.components_
        measures = {"explained_variance_ratio": pca.explained_variance_ratio_}
    else:
        arrays, measures = fit_predictable(frames, window_frames, model.latent_dim, model.method, seed)
    history = {"cpu_s": [time.process_time() - began], **measures}
    return build_linear_autoencoder(*arrays, window_frames), history


def _leading_components(frames: np.ndarray, window_frames: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The mean window and the leading principal components in which windows do differ, ``(n, n_pixels)``."""
    n_windows, n_pixels = len(frames) - window_frames + 1, window_frames * frames.shape[1]
    with np.errstate(invalid="ignore", divide="ignore"):  # of windows that are all the same
        pca = fit_pca(frames, window_frames, min(N_LEADING, n_windows, n_pixels), seed)
    differ = pca.explained_variance_ > MIN_VARIANCE_RATIO * pca.explained_variance_.sum()
    return pca.mean_, pca.components_[differ].astype(float)


def _project(frames: np.ndarray, components: np.ndarray, window_frames: int) -> np.ndarray:
    """Scores of all windows ``(n_windows, n)``, added up frame by frame: windows themselves would fill the memory."""
    n_windows = len(frames) - window_frames + 1
    by_frame = components.reshape(len(components), window_frames, -1)
    return sum(frames[k : k + n_windows] @ by_frame[:, k].T for k in range(window_frames))


def _principal_axes(directions: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Orthonormal directions of the same span ``(n, latent_dim)``, uncorrelated, that of largest variance first."""
    basis = np.linalg.qr(directions)[0]
    return basis @ np.linalg.eigh(basis.T @ covariance @ basis)[1][:, ::-1]


def _with_fixed_signs(weights: np.ndarray, patterns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn coordinates round so that the largest weight of each is positive."""
    largest = np.take_along_axis(weights, np.abs(weights).argmax(axis=1)[:, None], axis=1)
    return np.sign(largest) * weights, np.sign(largest) * patterns
