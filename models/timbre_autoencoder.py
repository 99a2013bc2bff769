"""The autoencoder of a timbre: spectra of any sound in, spectra that the target could have made out.

It takes sequences of frames of any length. Its three forms are the lecture's (C.-E. Cella, "Neural Networks for Music
Applications"): a frame alone, a frame with its neighbours, and a recurrent hidden layer besides. The lecture does not
give its sizes; all sizes, and the sum around the hidden layer, without which it learns far more slowly, are ours.
"""

from typing import Any

import keras
from keras import layers, ops

from models.losses import WeightedLoss

COMPRESSION = 10.0  # a partial at a tenth of a frame's level, -20 dB, is at log 2
FLOOR_DB = 60.0  # below the level of a target's loud frames; softer ones count as silence
CONVERGENCE_WEIGHT = 0.3
TINY = 1e-8  # instead of nothing: keeps logarithms, and gradients of roots, finite


def compress(magnitudes: Any, level: Any) -> tuple[Any, Any]:
    """Return what the network sees of magnitudes: each frame without its loudness, and the loudness.

    Parameters
    ----------
    magnitudes : array or tensor (..., n_frames, n_bins)
    level : float or tensor (..., 1, 1)
        Root mean square of magnitudes of loud frames.

    Returns
    -------
    frames : tensor (..., n_frames, n_bins)
        log(1 + 10 x) of magnitudes over the root mean square of their frame; 0 or more.
    loudness : tensor (..., n_frames, 1)
        1 at the level and above, 0 at 60 dB below it and under.
    """
    magnitudes, level = ops.cast(magnitudes, "float32"), ops.maximum(ops.cast(level, "float32"), TINY)
    rms = ops.sqrt(ops.mean(ops.square(magnitudes), axis=-1, keepdims=True))
    quietest = 10 ** (-FLOOR_DB / 20) * level
    loudness = 1.0 + 20.0 / FLOOR_DB * ops.log10(ops.maximum(rms, quietest) / level)
    return ops.log1p(COMPRESSION * magnitudes / ops.maximum(rms, quietest)), ops.minimum(loudness, 1.0)


def expand(frames: Any) -> Any:
    """Return the magnitudes of what the network gives, but for a factor that each frame has."""
    return ops.expm1(frames) / COMPRESSION


def build_timbre_autoencoder(
    n_bins: int, n_targets: int = 1, *, context_frames: int = 4, hidden: str = "lstm", wide_units: int = 512,
    units: int = 256,
) -> keras.Model:  # fmt: skip
    """Build the model from frames, loudness and weights of targets to frames.

    Parameters
    ----------
    context_frames : int
        Neighbours on either side that a frame is seen with; beyond the ends of a sequence there is silence.
    hidden : {"dense", "lstm"}
        What the hidden layer is.

    Returns
    -------
    keras.Model
        From a dict of ``frames`` (batch, n_frames, n_bins), ``loudness`` (batch, n_frames, 1) and ``targets`` (batch,
        n_targets), one-hot or weights that sum to 1, to ``(batch, n_frames, n_bins)``, 0 or more.
    """
    frames = keras.Input((None, n_bins), name="frames")
    loudness = keras.Input((None, 1), name="loudness")
    targets = keras.Input((n_targets,), name="targets")
    wide = layers.Dense(wide_units, "relu", name="spectrum")(frames)
    terms = [layers.Dense(units, name="frame")(wide), layers.Dense(units, use_bias=False, name="level")(loudness)]
    if context_frames:
        size = 2 * context_frames + 1
        terms.append(layers.Conv1D(units, size, padding="same", use_bias=False, name="context")(wide))
    terms.append(layers.Dense(units, use_bias=False, name="target")(layers.Reshape((1, n_targets))(targets)))
    code = layers.ReLU(name="code")(layers.Add(name="seen")(terms))
    if hidden == "lstm":
        code = layers.Add(name="remembered")([code, layers.LSTM(units, return_sequences=True, name="lstm")(code)])
    else:
        code = layers.Dense(units, "relu", name="hidden")(code)
    wide = layers.Dense(wide_units, "relu", name="wide")(code)
    timbre = layers.Dense(n_bins, "softplus", name="timbre")(wide)
    inputs = {"frames": frames, "loudness": loudness, "targets": targets}
    return keras.Model(inputs, timbre, name="timbre_autoencoder")


def build_trainer(autoencoder: keras.Model) -> keras.Model:
    """Build the model that is trained: its inputs are those of the autoencoder and ``clean``, what it is to give."""
    inputs = dict(autoencoder.input)
    clean = keras.Input(autoencoder.output.shape[1:], name="clean")
    given = autoencoder(inputs)
    distance = LogMagnitudeLoss(name="log_magnitude")([clean, given])
    convergence = SpectralConvergenceLoss(CONVERGENCE_WEIGHT, name="spectral_convergence")([clean, given])
    return keras.Model(inputs | {"clean": clean}, [given, distance, convergence], name="trainer")


@keras.saving.register_keras_serializable(package="timbre")
class LogMagnitudeLoss(WeightedLoss):
    """Mean absolute difference of compressed magnitudes; 0 or more, lower is better.

    Input shape: frames and what the network gives, both ``(batch, n_frames, n_bins)``.
    """

    def raw_loss(self, clean, given):
        return ops.mean(ops.abs(clean - given))


@keras.saving.register_keras_serializable(package="timbre")
class SpectralConvergenceLoss(WeightedLoss):
    """Norm of the difference over the norm of the frame, mean over frames; 0 or more, lower is better.

    Input shape: frames and what the network gives, both ``(batch, n_frames, n_bins)``.

    References
    ----------
    S. Arik, H. Jun and G. Diamos, "Fast spectrogram inversion using multi-head convolutional neural networks", IEEE
    Signal Processing Letters 26, 2019: of linear magnitudes of whole spectrograms; here of compressed ones, by frame.
    """

    def raw_loss(self, clean, given):
        error = ops.sum(ops.square(clean - given), axis=-1)
        return ops.mean(ops.sqrt(error + TINY) / (ops.sqrt(ops.sum(ops.square(clean), axis=-1)) + 1.0))
