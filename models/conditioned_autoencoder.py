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

from models.losses import CurvatureLoss, ForecastLoss, OffCentreLoss, ReconstructionLoss, RollOutLoss
from models.roll_out import RollOut
from pipeline.windows import Stretch


@keras.saving.register_keras_serializable(package="song")
class SlidingWindows(layers.Layer):
    """All windows of a length in a sequence, each one step after the other.

    Input shape: ``(batch, time, ...)``. Output shape: ``(batch, time - length + 1, length, ...)``.
    """

    def __init__(self, length, **kwargs):
        super().__init__(**kwargs)
        self.length = length

    def call(self, sequence):
        # as few slices as will do: XLA runs them, and their gradients, faster than a gather, but compiles each
        n_windows = sequence.shape[1] - self.length + 1
        if n_windows < self.length:
            return ops.stack([sequence[:, start : start + self.length] for start in range(n_windows)], axis=1)
        return ops.stack([sequence[:, step : step + n_windows] for step in range(self.length)], axis=2)


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
        raise ValueError(f"window_frames={window_frames}: must be at least {shortest} with the preset {preset}")
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
    clip_windows: int, latent_dim: int, preset: str = "half_second", *, units: int = 16, dropout: float = 0.1
) -> keras.Model:
    """Build the model from clips ``(batch, clip_windows, latent_dim)`` to ``v_hat``, the velocity at the last point."""
    clip = keras.Input((clip_windows, latent_dim), name="clip")
    x = layers.LSTM(units, dropout=dropout, kernel_initializer=RandomNormal(), name="lstm")(clip)
    activation = PRESETS[preset].forecast_activation
    v_hat = layers.Dense(latent_dim, activation, kernel_initializer=RandomNormal(), name="v_hat")(x)
    return keras.Model(clip, v_hat, name="forecaster")


def _convolution(channels: int, kernel: int, activation: str = "relu", padding: str = "same") -> layers.Conv1D:
    """Return a convolution over time with the paper's initial weights."""
    return layers.Conv1D(channels, kernel, activation=activation, padding=padding, kernel_initializer=RandomNormal())


def build_conditioned_autoencoder(
    encoder: keras.Model,
    decoder: keras.Model,
    forecaster: keras.Model,
    stretch: Stretch,
    *,
    alpha: float = 0.001,
    beta: float = 1.0,
    gamma: float = 0.0,
    delta: float = 0.0,
    stop_gradient: bool = False,
    roll_out_steps: int = 0,
    roll_out_weight: float = 0.003,
) -> keras.Model:
    """Build the model to train on stretches of frames ``(batch, stretch.n_frames, n_bins)``, with its loss inside.

    Each window of a stretch is encoded once, however many clips it is part of. Of each sample, window t is
    reconstructed, and the velocity from t to t + 1 is forecast from the clip that ends at t. A term of weight 0 is left
    out, and with it the parts that only it needs: without `alpha` the model has no forecaster.

    Parameters
    ----------
    stretch : Stretch
        What a stretch holds: the history of a clip if `alpha` or `delta` is on, a future of 1 if `alpha` is, and of
        `roll_out_steps`.
    alpha, beta, gamma, delta, roll_out_weight : float
        Weights of the terms ``forecast``, ``reconstruction``, ``off_centre``, ``curvature`` and ``roll_out``.
    stop_gradient : bool
        Whether true velocity and true points are fixed targets.
    roll_out_steps : int
        Steps that the forecaster is rolled out; 0 for none. Needs `alpha`.
    """
    frames = keras.Input((stretch.n_frames, encoder.input_shape[-1]), name="frames")
    windows = SlidingWindows(stretch.window_frames, name="windows")(frames)  # (batch, n_windows, window_frames, bins)
    z = encode_each(encoder, windows)  # (batch, n_windows, latent_dim)
    first, end = stretch.history - 1, stretch.history - 1 + stretch.n_samples
    x, z_t = flatten(windows[:, first:end]), flatten(z[:, first:end])  # (batch * n_samples, ...)
    terms = [ReconstructionLoss(beta, name="reconstruction")([x, decoder(z_t)])]
    if alpha or delta:
        clips = flatten(SlidingWindows(stretch.history, name="clips")(z[:, :end]))
    if alpha:
        v = flatten(z[:, first + 1 : end + 1]) - z_t
        terms.append(ForecastLoss(alpha, stop_gradient=stop_gradient, name="forecast")([forecaster(clips), v]))
    if roll_out_steps:
        z_hat = RollOut(forecaster, roll_out_steps, name="rolled_out")(clips)
        z_true = flatten(SlidingWindows(roll_out_steps, name="futures")(z[:, first + 1 : end + roll_out_steps]))
        terms.append(RollOutLoss(roll_out_weight, stop_gradient, name="roll_out")([z_hat, z_true, z]))
    if gamma:
        terms.append(OffCentreLoss(gamma, name="off_centre")([z_t]))
    if delta:
        terms.append(CurvatureLoss(delta, name="curvature")([clips]))
    return keras.Model(frames, terms, name="conditioned_autoencoder")


def encode_each(encoder: keras.Model, windows: keras.KerasTensor) -> keras.KerasTensor:
    """Return points ``(batch, n_windows, latent_dim)`` of windows ``(batch, n_windows, window_frames, n_bins)``.

    Reshaped, not with `keras.layers.TimeDistributed`, which puts one encoder into the graph for each window.
    """
    return ops.reshape(encoder(flatten(windows)), (-1, windows.shape[1], encoder.output_shape[-1]))


def flatten(sequences: keras.KerasTensor) -> keras.KerasTensor:
    """Return sequences ``(batch, time, ...)`` as ``(batch * time, ...)``."""
    return ops.reshape(sequences, (-1, *sequences.shape[2:]))
