"""Building and training the model of one run of the study `song`."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from models.conditioned_autoencoder import (
    build_conditioned_autoencoder,
    build_decoder,
    build_encoder,
    build_forecaster,
)
from models.lowest_loss import lowest_cross_entropy
from models.pca_autoencoder import build_pca_autoencoder
from pipeline.data_generator import stretches
from pipeline.studies.song import Parameters
from pipeline.windows import Stretch
from train_model.callbacks import ProcessorTime, SeedByEpoch, WarmUp
from train_model.fitting import fit_resumably, learning_rate, unfinished_folder
from train_model.song.batch_statistics import use_song_statistics
from train_model.song.pca import fit_pca


def fit_linear(frames: np.ndarray, window_frames: int, parameters: Parameters) -> tuple[keras.Model, dict[str, Any]]:
    """The autoencoder that PCA gives, and what it took: ``cpu_s`` and ``explained_variance_ratio`` (latent_dim,)."""
    began = time.process_time()
    pca = fit_pca(frames, window_frames, parameters.model.latent_dim, parameters.training.seed)
    history = {"cpu_s": [time.process_time() - began], "explained_variance_ratio": pca.explained_variance_ratio_}
    return build_pca_autoencoder(pca.mean_, pca.components_, window_frames), history


def build(stretch: Stretch, n_bins: int, parameters: Parameters, *, n_steps: int) -> keras.Model:
    """The conditioned autoencoder of a run, compiled for `n_steps` of training, with first weights from the seed."""
    keras.utils.set_random_seed(parameters.training.seed)
    model, loss = parameters.model, parameters.loss
    autoencoder = build_conditioned_autoencoder(
        build_encoder(stretch.window_frames, n_bins, model.latent_dim, model.preset),
        build_decoder(stretch.window_frames, n_bins, model.latent_dim, model.preset),
        build_forecaster(
            model.clip_windows, model.latent_dim, model.preset, units=model.lstm_units, dropout=model.lstm_dropout
        ),
        stretch,
        **loss.model_dump(exclude={"roll_out_warmup_epochs"}),
    )
    training = parameters.training
    autoencoder.compile(keras.optimizers.Adam(learning_rate(training, n_steps)), jit_compile=training.jit_compile)
    return autoencoder


def train(
    frames: np.ndarray,
    window_frames: int,
    parameters: Parameters,
    folder: Path,
    *,
    verbose: int = 0,
    watchers: Sequence[keras.callbacks.Callback] = (),
) -> tuple[keras.Model, dict[str, np.ndarray]]:
    """Train the autoencoder of a run on a song; one that was stopped goes on after its last whole epoch.

    What that takes is kept in `folder` until `remove_unfinished`.

    Parameters
    ----------
    frames : np.ndarray (n_frames, n_bins)
        The spectrogram, in [0, 1].
    window_frames : int
        Frames of a window.
    parameters : Parameters
        Of the run.
    folder : Path
        The run's, for what an unfinished training leaves and for logs.
    verbose : int
        Keras's: 1 for its progress bar.
    watchers : sequence of keras.callbacks.Callback
        More callbacks, called last.

    Returns
    -------
    keras.Model, dict of str to np.ndarray
        The model; each term of the loss, and ``cpu_s``, per epoch (n_epochs,); ``lowest_reconstruction``, what that
        term would be if all reconstructions were perfect.

    Raises
    ------
    ValueError
        If the loss is no longer finite.
    """
    stretch = parameters.stretch(window_frames)
    epoch = tf.Variable(0, trainable=False, dtype=tf.int32)
    training = parameters.training
    batches = stretches(
        frames, stretch, stretches_per_batch=training.stretches_per_batch, seed=training.seed, epoch=epoch
    )
    n_steps = training.epochs * int(batches.cardinality())
    autoencoder = build(stretch, frames.shape[1], parameters, n_steps=n_steps)
    sections = parameters.model_dump(mode="json", include={"window", "model", "loss", "training"})
    unfinished = unfinished_folder(folder, frames, sections)
    callbacks = [SeedByEpoch(training.seed, epoch), ProcessorTime()]
    if parameters.loss.roll_out_steps:
        callbacks.append(WarmUp("roll_out", parameters.loss.roll_out_warmup_epochs))
    if training.tensorboard:
        callbacks.append(keras.callbacks.TensorBoard(str(folder / "tensorboard")))
    history = fit_resumably(
        *(autoencoder, batches, training.epochs, unfinished, callbacks, watchers),
        verbose=verbose,
        hint="another [training] seed or a lower learning_rate",
    )
    use_song_statistics(autoencoder, frames)
    reconstructed = frames[stretch.history - 1 : len(frames) - stretch.future]
    lowest = {"lowest_reconstruction": np.array(lowest_cross_entropy(reconstructed, window_frames))}
    return autoencoder, history | lowest
