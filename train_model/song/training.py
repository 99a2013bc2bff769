"""Building and training the model of one run of the study `song`."""

from collections.abc import Sequence
from pathlib import Path

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
from pipeline.data_generator import stretches
from pipeline.studies.song import Parameters
from pipeline.windows import Stretch
from train_model.callbacks import ProcessorTime, WarmUp
from train_model.fitting import compile_with_adam, fit_resumably, unfinished_folder
from train_model.song.batch_statistics import use_song_statistics


def build(stretch: Stretch, n_bins: int, parameters: Parameters) -> keras.Model:
    """Build the conditioned autoencoder of a run, with first weights from the seed."""
    keras.utils.set_random_seed(parameters.training.seed)
    model, loss = parameters.model, parameters.loss
    return build_conditioned_autoencoder(
        build_encoder(stretch.window_frames, n_bins, model.latent_dim, model.preset),
        build_decoder(stretch.window_frames, n_bins, model.latent_dim, model.preset),
        build_forecaster(
            model.clip_windows, model.latent_dim, model.preset, units=model.lstm_units, dropout=model.lstm_dropout
        ),
        stretch,
        **loss.model_dump(exclude={"roll_out_warmup_epochs"}),
    )


def train(
    frames: np.ndarray,
    window_frames: int,
    parameters: Parameters,
    folder: Path,
    *,
    verbose: int = 0,
    watchers: Sequence[keras.callbacks.Callback] = (),
) -> tuple[keras.Model, dict[str, np.ndarray]]:
    """Train the autoencoder of a run on a song; one that was stopped resumes after its last complete epoch.

    The spectrogram is frames ``(n_frames, n_bins)`` in [0, 1]; the folder of the run has logs, and the state of an
    unfinished training until `remove_unfinished`; watchers are called after all other callbacks.

    Returns
    -------
    keras.Model, dict of str to np.ndarray
        The model; each term of the loss, and ``cpu_s``, per epoch (n_epochs,); ``lowest_reconstruction``, that
        term of perfect reconstructions.

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
    autoencoder = build(stretch, frames.shape[1], parameters)
    compile_with_adam(autoencoder, training, int(batches.cardinality()))
    callbacks: list[keras.callbacks.Callback] = [ProcessorTime()]
    if parameters.loss.roll_out_steps:
        callbacks.append(WarmUp("roll_out", parameters.loss.roll_out_warmup_epochs))
    if training.tensorboard:
        callbacks.append(keras.callbacks.TensorBoard(str(folder / "tensorboard")))
    history = fit_resumably(
        *(autoencoder, batches, training, epoch, unfinished_folder(folder, parameters, [frames]), callbacks, watchers),
        verbose=verbose,
        hint="another [training] seed or a lower learning_rate",
    )
    use_song_statistics(autoencoder, frames)
    reconstructed = frames[stretch.history - 1 : len(frames) - stretch.future]
    lowest = {"lowest_reconstruction": np.array(lowest_cross_entropy(reconstructed, window_frames))}
    return autoencoder, history | lowest
