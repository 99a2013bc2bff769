"""Building and training the model of one run of the studies `song` and `video`."""

from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from models.conditioned_autoencoder import (
    PRESETS,
    build_autoencoder,
    build_conditioned_autoencoder,
    build_decoder,
    build_encoder,
    build_forecaster,
)
from models.image_autoencoder import build_image_decoder, build_image_encoder
from models.lowest_loss import lowest_cross_entropy
from pipeline.data_generator import samples
from pipeline.memory import half_of_machine_gb
from pipeline.sections.autoencoder import WindowModel
from pipeline.sections.trajectory_study import TrajectoryParameters
from pipeline.stored_frames import Frames, identity_of, part_of
from pipeline.windows import Sample
from train_model.callbacks import ProcessorTime, RefillMemory
from train_model.fitting import compile_with_adam, fit_resumably, unfinished_folder
from train_model.memory import check_training
from train_model.song.batch_statistics import use_song_statistics

OF_WINDOWS: dict[str, Callable[..., keras.Model]] = {"encoder": build_encoder, "decoder": build_decoder}
OF_IMAGES: dict[str, Callable[..., keras.Model]] = {"encoder": build_image_encoder, "decoder": build_image_decoder}
Parts = dict[str, keras.Model]


def build_parts(window_shape: tuple[int, ...], parameters: TrajectoryParameters) -> Parts:
    """Build ``encoder``, ``decoder`` and, where it is trained, ``forecaster`` of a run; the seed draws first weights.

    Windows are ``(window_frames, n_bins)``, or ``(1, height, width)`` of a film.
    """
    keras.utils.set_random_seed(parameters.training.seed)
    model, activation = parameters.model, "linear"
    if isinstance(model, WindowModel):
        parts = {name: build(*window_shape, model.latent_dim, model.preset) for name, build in OF_WINDOWS.items()}
        activation = PRESETS[model.preset].forecast_activation
    else:
        parts = {name: build(*window_shape[1:], model.latent_dim) for name, build in OF_IMAGES.items()}
    if parameters.loss.alpha:
        parts["forecaster"] = build_forecaster(
            model.clip_windows, model.latent_dim, activation, units=model.lstm_units, dropout=model.lstm_dropout
        )
    return parts


def build(parts: Parts, sample: Sample, n_frames: int, parameters: TrajectoryParameters) -> keras.Model:
    """Build the model that trains the parts of a run on a song or film of so many frames."""
    weights = parameters.loss.model_dump(exclude={"max_lag"})
    settings = parameters.training.model_dump(include={"pixel_stride"})
    n_points = n_frames - sample.window_frames + 1
    return build_conditioned_autoencoder(
        parts["encoder"], parts["decoder"], parts.get("forecaster"), sample, n_points, **weights, **settings
    )


def train(
    frames: Frames,
    window_frames: int,
    parameters: TrajectoryParameters,
    folder: Path,
    *,
    verbose: int = 0,
    watchers: Sequence[keras.callbacks.Callback] = (),
) -> tuple[keras.Model, dict[str, np.ndarray]]:
    """Train the autoencoder of a run on a song or film; one that was stopped resumes after its last complete epoch.

    Frames are ``(n_frames, n_bins)`` in [0, 1], or those of a film, ``(n_frames, height, width)``: its first part is
    trained on, and its second, if there is one, chooses the epoch whose weights are kept. The folder of the run has
    logs, and the state of an unfinished training until `remove_unfinished`; watchers are called after all other
    callbacks.

    Returns
    -------
    keras.Model, dict of str to np.ndarray
        The model; each term of the loss, and ``cpu_s``, per epoch (n_epochs,); ``lowest_reconstruction``, that term of
        perfect reconstructions; the same of validation with ``val_`` before the name.

    Raises
    ------
    ValueError
        If the loss is no longer finite.
    """
    sample, training = parameters.sample(window_frames), parameters.training
    n_train, n_validation = parameters.count_parts(len(frames))
    n_frames = n_train + n_validation
    epoch = tf.Variable(0, trainable=False, dtype=tf.int32)
    settings = {"samples_per_batch": training.batch_samples, "seed": training.seed, "epoch": epoch}
    batches = samples(frames, sample, **settings, part=(0, n_train))
    before = sample.before + sample.remembered  # of the first sample that validates: what it sees was trained on
    validation = samples(frames, sample, **settings, part=(n_train - before, n_frames)) if n_validation else None
    shape = (window_frames, *frames.shape[1:])
    check_training(
        lambda: build(build_parts(shape, parameters), sample, n_frames, parameters),
        *("model", ("training.batch_samples", training.batch_samples)),
        times={"encoder": sample.before + 1 + sample.after + bool(sample.max_lag)},
        max_gb=half_of_machine_gb(),
    )
    parts = build_parts(shape, parameters)
    model = build(parts, sample, n_frames, parameters)
    compile_with_adam(model, training, int(batches.cardinality()))
    callbacks: list[keras.callbacks.Callback] = [ProcessorTime()]
    if sample.remembered:
        callbacks.append(RefillMemory(part_of(frames, 0, n_frames), window_frames))
    if training.tensorboard:
        callbacks.append(keras.callbacks.TensorBoard(str(folder / "tensorboard")))
    unfinished = unfinished_folder(folder, parameters, identity_of(frames))
    history = fit_resumably(
        *(model, batches, training, epoch, unfinished, callbacks, watchers),
        validation=validation,
        verbose=verbose,
        hint="another [training] seed or a lower learning_rate",
    )
    trained = part_of(frames, 0, n_train)
    use_song_statistics(parts["encoder"], parts["decoder"], trained)
    t = sample.of_song(n_train)
    lowest = lowest_cross_entropy(part_of(trained, t[0], t[-1] + window_frames), window_frames)
    history["lowest_reconstruction"] = np.array(lowest)
    if n_validation:
        history["val_lowest_reconstruction"] = np.array(lowest_cross_entropy(part_of(frames, n_train, n_frames), 1))
    return build_autoencoder(*parts.values()), history
