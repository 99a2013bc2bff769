"""Building and training the model of one run of the study `song`."""

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from models import surgery
from models.conditioned_autoencoder import (
    build_autoencoder,
    build_conditioned_autoencoder,
    build_decoder,
    build_encoder,
    build_forecaster,
)
from models.lowest_loss import lowest_cross_entropy
from pipeline.data_generator import samples
from pipeline.sections.trajectory_study import TrajectoryParameters
from pipeline.windows import Sample
from train_model.callbacks import ProcessorTime, RefillMemory
from train_model.fitting import compile_with_adam, fit_resumably, unfinished_folder
from train_model.song.batch_statistics import use_song_statistics

PARTS = ("encoder", "decoder", "forecaster")


def build(sample: Sample, n_frames: int, n_bins: int, parameters: TrajectoryParameters) -> keras.Model:
    """Build the model that trains the autoencoder of a run on a song, with first weights from the seed."""
    keras.utils.set_random_seed(parameters.training.seed)
    model, loss = parameters.model, parameters.loss
    sizes = model.latent_dim, model.preset
    forecaster = None
    encoder = build_encoder(sample.window_frames, n_bins, *sizes)
    decoder = build_decoder(sample.window_frames, n_bins, *sizes)
    if loss.alpha:
        forecaster = build_forecaster(model.clip_windows, *sizes, units=model.lstm_units, dropout=model.lstm_dropout)
    weights = loss.model_dump(exclude={"max_lag"})
    n_points = n_frames - sample.window_frames + 1
    return build_conditioned_autoencoder(encoder, decoder, forecaster, sample, n_points, **weights)


def train(
    frames: np.ndarray,
    window_frames: int,
    parameters: TrajectoryParameters,
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
    sample = parameters.sample(window_frames)
    epoch = tf.Variable(0, trainable=False, dtype=tf.int32)
    training = parameters.training
    batches = samples(frames, sample, samples_per_batch=training.batch_samples, seed=training.seed, epoch=epoch)
    model = build(sample, len(frames), frames.shape[1], parameters)
    compile_with_adam(model, training, int(batches.cardinality()))
    callbacks: list[keras.callbacks.Callback] = [ProcessorTime()]
    if sample.remembered:
        callbacks.append(RefillMemory(frames, window_frames))
    if training.tensorboard:
        callbacks.append(keras.callbacks.TensorBoard(str(folder / "tensorboard")))
    history = fit_resumably(
        *(model, batches, training, epoch, unfinished_folder(folder, parameters, [frames]), callbacks, watchers),
        verbose=verbose,
        hint="another [training] seed or a lower learning_rate",
    )
    use_song_statistics(model, frames)
    parts = [surgery.part(model, name) for name in PARTS if surgery.has_part(model, name)]
    t = sample.of_song(len(frames))
    lowest = lowest_cross_entropy(frames[t[0] : t[-1] + window_frames], window_frames)
    return build_autoencoder(*parts), history | {"lowest_reconstruction": np.array(lowest)}
