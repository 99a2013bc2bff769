"""The autoencoder of spectrogram windows whose latent trajectory is conditioned on being forecast.

The parts are models with names, which is how surgery finds them: ``encoder`` takes a window to a point z, ``decoder``
takes a point back to a window, ``forecaster`` takes a clip of points to the velocity from the last of them to the next.

References
----------
M-Lin-DM, "Deep Audio Embedding", 2021: all sizes of both presets.
"""

from dataclasses import dataclass

import keras
from keras import layers, ops
from keras.initializers import RandomNormal

from models.image_autoencoder import reconstruct_some_pixels
from models.latent_memory import LatentMemory
from models.losses import (
    ConstantVelocityLoss,
    CurvatureLoss,
    ForecastLoss,
    OffCentreLoss,
    PersistenceLoss,
    ReconstructionLoss,
    WhitenessLoss,
)
from pipeline.windows import Sample


@dataclass(frozen=True)
class Preset:
    """The layers of encoder and decoder, whatever the window's length."""

    padding: str  # of the encoder's convolutions: "same" or "valid"
    pointwise_channels: int | None  # of a last convolution of kernel 1 in the encoder; None: there is none
    decoder_channels: tuple[int, int, int]  # after the decoder's dense layer and after its two convolutions
    forecast_activation: str


ENCODER_CHANNELS = (32, 64, 128)
PRESETS = {
    "half_second": Preset("same", None, (64, 128, 128), "linear"),
    "two_seconds": Preset("valid", 128, (32, 64, 128), "tanh"),
}


def build_encoder(window_frames: int, n_bins: int, latent_dim: int, preset: str = "half_second") -> keras.Model:
    """Build the model from windows ``(batch, window_frames, n_bins)`` to points ``(batch, latent_dim)``.

    Raises
    ------
    ValueError
        If the window is too short for three convolutions and poolings.
    """
    layout = PRESETS[preset]
    shortest = 8 if layout.padding == "same" else 22
    if window_frames < shortest:
        raise ValueError(
            f"window.length_s: is {window_frames} frames, must be at least {shortest} with model.preset={preset!r}"
        )
    x = window = keras.Input((window_frames, n_bins), name="window")
    for channels in ENCODER_CHANNELS:
        x = layers.MaxPooling1D(2)(_convolution(channels, 3, padding=layout.padding)(x))
    if layout.pointwise_channels:
        x = _convolution(layout.pointwise_channels, 1)(x)
    z = layers.Dense(latent_dim, kernel_initializer=RandomNormal(), name="z")(layers.Flatten()(x))
    return keras.Model(window, z, name="encoder")


def build_decoder(window_frames: int, n_bins: int, latent_dim: int, preset: str = "half_second") -> keras.Model:
    """Build the model from points ``(batch, latent_dim)`` to windows ``(batch, window_frames, n_bins)`` in (0, 1)."""
    first, *rest = PRESETS[preset].decoder_channels
    start_frames = -(-window_frames // 8)  # doubled three times, then cropped to the window
    excess = 8 * start_frames - window_frames
    z = keras.Input((latent_dim,), name="z")
    x = layers.Dense(start_frames * first, "relu", use_bias=False, kernel_initializer=RandomNormal())(z)
    x = layers.Reshape((start_frames, first))(x)
    for channels in rest:
        x = layers.BatchNormalization()(_convolution(channels, 3)(layers.UpSampling1D(2)(x)))
    x = _convolution(n_bins, 1, activation="sigmoid")(layers.UpSampling1D(2)(x))
    if excess:
        x = layers.Cropping1D((excess // 2, excess - excess // 2))(x)
    return keras.Model(z, x, name="decoder")


def build_forecaster(
    clip_windows: int, latent_dim: int, activation: str = "linear", *, units: int = 16, dropout: float = 0.1
) -> keras.Model:
    """Build the model from clips ``(batch, clip_windows, latent_dim)`` to ``v_hat``, the velocity at the last point."""
    clip = keras.Input((clip_windows, latent_dim), name="clip")
    x = layers.LSTM(units, dropout=dropout, kernel_initializer=RandomNormal(), name="lstm")(clip)
    v_hat = layers.Dense(latent_dim, activation, kernel_initializer=RandomNormal(), name="v_hat")(x)
    return keras.Model(clip, v_hat, name="forecaster")


def _convolution(channels: int, kernel: int, activation: str = "relu", padding: str = "same") -> layers.Conv1D:
    """Return a convolution over time with the paper's initial weights."""
    return layers.Conv1D(channels, kernel, activation=activation, padding=padding, kernel_initializer=RandomNormal())


def build_autoencoder(encoder: keras.Model, decoder: keras.Model, forecaster: keras.Model | None = None) -> keras.Model:
    """Build the model that is kept: from windows to reconstructions, and from clips of windows also to velocities.

    Returns
    -------
    keras.Model
        From ``(batch, window_frames, n_bins)``; or with a forecaster from ``(batch, clip_windows, window_frames,
        n_bins)`` to a dict of ``reconstruction`` of the last window and ``v_hat`` from there on.
    """
    if forecaster is None:
        window = keras.Input(encoder.input_shape[1:], name="window")
        return keras.Model(window, decoder(encoder(window)), name="autoencoder")
    clip = keras.Input((forecaster.input_shape[1], *encoder.input_shape[1:]), name="clip")
    z = encode_each(encoder, clip)
    outputs = {"reconstruction": decoder(z[:, -1]), "v_hat": forecaster(z)}
    return keras.Model(clip, outputs, name="autoencoder")


def build_conditioned_autoencoder(
    encoder: keras.Model,
    decoder: keras.Model,
    forecaster: keras.Model | None,
    sample: Sample,
    n_points: int,
    *,
    alpha: float = 0.0,
    beta: float = 1.0,
    gamma: float = 0.0,
    delta: float = 0.0,
    persistence: float = 0.0,
    constant_velocity: float = 0.0,
    whiteness: float = 0.0,
    stop_gradient: bool = False,
    pixel_stride: int = 1,
) -> keras.Model:
    """Build the model to train on samples as `pipeline.data_generator.samples` gives them, with its loss inside.

    Of each sample, window t is reconstructed. A term of weight 0 is left out, and with it what only it needs.

    Parameters
    ----------
    sample : Sample
        What a sample has: for `alpha` the window after t, and the clip up to t, encoded as a whole or remembered but
        for its last points; for `delta` and `constant_velocity` two windows before t; for `persistence` a lag.
    n_points : int
        Windows of the song, each of which has its place in the memory.
    alpha, beta, gamma, delta, persistence, constant_velocity, whiteness : float
        Weights of the terms ``forecast``, ``reconstruction``, ``off_centre``, ``curvature``, ``persistence``,
        ``constant_velocity``, ``whiteness``.
    stop_gradient : bool
        Whether the true velocity is a fixed target.
    pixel_stride : int
        Of images, every so many-th row and column is reconstructed, others in each step.
    """
    n_near = sample.before + 1 + sample.after
    windows = keras.Input((n_near + bool(sample.max_lag), *encoder.input_shape[1:]), name="windows")
    t = keras.Input((), dtype="int32", name="t")
    z = encode_each(encoder, windows)  # (batch, n_windows, latent_dim)
    x_t, z_t = windows[:, sample.before], z[:, sample.before]
    until_t = z[:, : sample.before + 1]
    pair = (x_t, decoder(z_t)) if pixel_stride == 1 else reconstruct_some_pixels(decoder, x_t, z_t, pixel_stride)
    terms = [ReconstructionLoss(beta, name="reconstruction")(pair)]
    if alpha:
        if forecaster is None:
            raise ValueError(f"alpha={alpha}: must be 0 without a forecaster")
        clip = until_t
        if sample.remembered:
            memory = LatentMemory(n_points, sample.remembered, name="memory")
            clip = ops.concatenate([memory([z[:, :n_near], t - sample.before]), until_t], axis=1)
        v = z[:, sample.before + 1] - z_t
        terms.append(ForecastLoss(alpha, stop_gradient=stop_gradient, name="forecast")([forecaster(clip), v]))
    if gamma:
        terms.append(OffCentreLoss(gamma, name="off_centre")([z_t]))
    if delta:
        terms.append(CurvatureLoss(delta, name="curvature")([until_t]))
    if persistence:
        terms.append(PersistenceLoss(persistence, name="persistence")([z_t, z[:, -1]]))
    if constant_velocity:
        terms.append(ConstantVelocityLoss(constant_velocity, name="constant_velocity")([until_t[:, -3:]]))
    if whiteness:
        terms.append(WhitenessLoss(whiteness, name="whiteness")([flatten(z)]))
    return keras.Model({"windows": windows, "t": t}, terms, name="conditioned_autoencoder")


def encode_each(encoder: keras.Model, windows: keras.KerasTensor) -> keras.KerasTensor:
    """Return points ``(batch, n_windows, latent_dim)`` of windows ``(batch, n_windows, window_frames, n_bins)``.

    Reshaped, not with `keras.layers.TimeDistributed`, which puts one encoder into the graph for each window.
    """
    return ops.reshape(encoder(flatten(windows)), (-1, windows.shape[1], encoder.output_shape[-1]))


def flatten(sequences: keras.KerasTensor) -> keras.KerasTensor:
    """Return sequences ``(batch, time, ...)`` as ``(batch * time, ...)``."""
    return ops.reshape(sequences, (-1, *sequences.shape[2:]))
