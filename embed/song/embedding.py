"""From a trained autoencoder and a song or film to its trajectory."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from tqdm import tqdm

from embed.song.smoothness import mean_velocity_cosine, path_over_extent
from models import surgery
from models.lowest_loss import lowest_cross_entropy
from pipeline.data_generator import windows
from pipeline.windows import window_times


def embed_song(
    autoencoder: keras.Model, series: Mapping[str, Any], *, show_progress: bool = False
) -> dict[str, np.ndarray]:
    """Return every window of a song, or frame of a film, as a point, in one batched pass.

    Parameters
    ----------
    autoencoder : keras.Model
        With the parts ``encoder`` and ``decoder``.
    series : mapping of str to np.ndarray
        As stored by step 1: ``frames`` (n_frames, n_bins) or (n_frames, height, width), ``times_s`` (n_frames,),
        ``frame_s``.

    Returns
    -------
    dict of str to np.ndarray
        ``z`` (n_points, latent_dim); ``z_scaled``, the same with each axis scaled to [0, 1]; ``starts_s``, ``times_s``
        (centres) and ``ends_s`` of the windows, (n_points,); ``window_reconstruction_loss`` (n_points,), the mean
        binary cross-entropy over the pixels of each window, its mean ``reconstruction_loss``, and what a perfect
        reconstruction would have, ``lowest_reconstruction_loss``; the smoothness as ``mean_velocity_cosine`` and
        ``path_over_extent``.

    Raises
    ------
    ValueError
        If the encoder maps all windows to the same point.
    """
    embedder = surgery.build_embedder(autoencoder)
    window_frames = embedder.input_shape[1]
    batches = windows(series["frames"], window_frames)
    embedded = [embedder(batch) for batch in tqdm(batches, "embedding", unit="batch", disable=not show_progress)]
    z = np.concatenate([batch["z"] for batch in embedded])
    if not np.ptp(z, axis=0).any():
        raise ValueError(
            "the encoder maps all windows to the same point: "
            "train it with another [training] seed or a lower learning_rate"
        )
    losses = np.concatenate([batch["reconstruction_loss"] for batch in embedded])
    times = window_times(series["times_s"], window_frames, float(series["frame_s"]))
    return {
        "z": z,
        "z_scaled": scale_axes(z),
        **times,
        "window_reconstruction_loss": losses,
        "reconstruction_loss": losses.mean(dtype=np.float64),
        "lowest_reconstruction_loss": np.array(lowest_cross_entropy(series["frames"], window_frames)),
        "mean_velocity_cosine": np.array(mean_velocity_cosine(z)),
        "path_over_extent": np.array(path_over_extent(z)),
    }


def scale_axes(z: np.ndarray) -> np.ndarray:
    """Return a trajectory with each axis scaled to [0, 1]; a constant axis becomes 0."""
    extent = np.ptp(z, axis=0)
    return (z - z.min(axis=0)) / np.where(extent > 0, extent, 1)
