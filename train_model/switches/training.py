"""Training of the generator of a run, and what it learns from: one switch on, or two partly, and their spectrogram."""

from functools import partial
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from models.generators import build_generator, fill_table
from pipeline.data_generator import MAX_BATCHES
from pipeline.memory import half_of_machine_gb
from pipeline.studies.switches import Parameters
from save_dataset.switches.clips import Clips
from train_model.callbacks import ProcessorTime
from train_model.fitting import compile_with_adam, fit_resumably, unfinished_folder
from train_model.memory import check_training


def train_generator(
    parameters: Parameters, clips: Clips, folder: Path, *, verbose: int = 0
) -> tuple[keras.Model, dict[str, np.ndarray]]:
    """Train the generator of a run, in its folder; what was stopped resumes after its last complete epoch.

    The history has ``loss``, the mean absolute difference, and ``cpu_s``, each ``(epochs,)``, and ``n_parameters``.
    """
    training, settings = parameters.training, parameters.generator.model_dump()
    build = partial(build_generator, settings.pop("kind"), *clips.mels.shape, **settings)
    if parameters.generator.kind != "table":
        batch = ("training.batch_clips", training.batch_clips)
        check_training(build, "generator", batch, max_gb=half_of_machine_gb())
    keras.utils.set_random_seed(training.seed)
    generator = build()
    if parameters.generator.kind == "table":
        fill_table(generator, clips.mels)
        history = {"loss": np.zeros(1), "cpu_s": np.zeros(1)}
    else:
        epoch = tf.Variable(0, trainable=False, dtype=tf.int32)
        drawn = training.model_dump(include={"batch_clips", "batches_per_epoch", "blended_fraction", "seed"})
        batches = draw_batches(clips.mels, epoch=epoch, **drawn)
        if parameters.generator.kind == "autoencoder":
            batches = batches.map(lambda _, mels: (mels, mels))
        compile_with_adam(generator, training, training.batches_per_epoch, "mean_absolute_error")
        unfinished = unfinished_folder(folder, parameters, [clips.mels])
        history = fit_resumably(generator, batches, training, epoch, unfinished, [ProcessorTime()], verbose=verbose)
    return generator, history | {"n_parameters": np.array(generator.count_params())}


def draw_batches(
    mels: np.ndarray, *, batch_clips: int, batches_per_epoch: int, blended_fraction: float, seed: int,
    epoch: tf.Variable,
) -> tf.data.Dataset:  # fmt: skip
    """Return the batches of an epoch: switches ``(batch_clips, n_clips)``, and spectrograms of `mels`, the clips.

    All clips are drawn in some order, then all in another. To some, `blended_fraction` of them, another clip is added
    (mixup), with weights drawn between 0 and 1 that sum to 1. All depends on seed and epoch, which is read meanwhile.
    """
    n_clips, n_rows = len(mels), batch_clips * batches_per_epoch
    spectrograms = tf.constant(mels, tf.float32)

    def order_clips(_):
        of_epoch = tf.stack([seed, epoch.read_value() * MAX_BATCHES])
        keys = tf.random.stateless_uniform((-(-n_rows // n_clips), n_clips), of_epoch)
        order = tf.reshape(tf.argsort(keys, axis=1), [-1])
        return tf.reshape(order[:n_rows], (batches_per_epoch, batch_clips))

    def blend(batch, first):
        seeds = tf.random.split(tf.stack([seed, epoch * MAX_BATCHES + 1 + tf.cast(batch, tf.int32)]), 3)
        second = (first + tf.random.stateless_uniform((batch_clips,), seeds[0], 1, n_clips, tf.int32)) % n_clips
        is_blended = tf.random.stateless_uniform((batch_clips, 1), seeds[1]) < blended_fraction
        weight = tf.where(is_blended, tf.random.stateless_uniform((batch_clips, 1), seeds[2]), 0.0)
        switches = (1 - weight) * tf.one_hot(first, n_clips) + weight * tf.one_hot(second, n_clips)
        return switches, tf.tensordot(switches, spectrograms, 1)

    batches = tf.data.Dataset.range(1).map(order_clips).unbatch()
    batches = batches.apply(tf.data.experimental.assert_cardinality(batches_per_epoch))
    return batches.enumerate().map(blend).prefetch(2)
