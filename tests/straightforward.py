"""The conditioned autoencoder in its straightforward form: every sample brings all windows it needs.

This is how the paper's code trains: 47 windows are encoded for a sample, although neighbouring samples share 44 of
the 45 of their clips. The tests hold the form with a memory against it, the benchmarks measure what that saves.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from models.conditioned_autoencoder import encode_each
from models.losses import CurvatureLoss, ForecastLoss, OffCentreLoss, ReconstructionLoss


def build_straightforward_autoencoder(
    encoder,
    decoder,
    forecaster,
    *,
    alpha=0.001,
    beta=1.0,
    gamma=0.0,
    delta=0.0,
    stop_gradient=False,
    detached_history=False,
):
    """Model on dicts of ``clip`` (batch, clip_windows, window_frames, n_bins) and ``top``, the windows t and t + 1.

    All four terms are computed, whatever their weight. With a detached history the points of a clip before the last
    have no gradient.
    """
    clip_windows = forecaster.input_shape[1]
    clip = keras.Input((clip_windows, *encoder.input_shape[1:]), name="clip")
    top = keras.Input((2, *encoder.input_shape[1:]), name="top")
    z_clip, z_top = encode_each(encoder, clip), encode_each(encoder, top)
    if detached_history:
        z_clip = ops.concatenate([ops.stop_gradient(z_clip[:, :-1]), z_clip[:, -1:]], axis=1)
    v = z_top[:, 1] - z_top[:, 0]
    terms = [
        ReconstructionLoss(beta, name="reconstruction")([top[:, 0], decoder(z_top[:, 0])]),
        ForecastLoss(alpha, stop_gradient=stop_gradient, name="forecast")([forecaster(z_clip), v]),
        OffCentreLoss(gamma, name="off_centre")([z_top[:, 0]]),
        CurvatureLoss(delta, name="curvature")([z_clip]),
    ]
    return keras.Model({"clip": clip, "top": top}, terms, name="straightforward_autoencoder")


def straightforward_samples(frames, window_frames, clip_windows):
    """Function from numbers of samples ``(n,)`` to their clips and top windows, and how many samples the song has."""
    windows = np.lib.stride_tricks.sliding_window_view(frames, window_frames, axis=0).swapaxes(1, 2)
    windows = tf.constant(windows)  # (n_windows, window_frames, n_bins)

    def gather(samples):
        clip = samples[:, None] + tf.range(clip_windows)
        top = samples[:, None] + tf.constant([clip_windows - 1, clip_windows])
        return {"clip": tf.gather(windows, clip), "top": tf.gather(windows, top)}

    return gather, windows.shape[0] - clip_windows
