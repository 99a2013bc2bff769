"""Building and training the complex autoencoder of one run of the studies `themes`, `signal` and `digits`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from models.complex_autoencoder import ComplexAutoencoder
from pipeline.data_generator import pairs
from pipeline.pairs import ImagePairs, PatchPairs, WindowPairs, spans_of
from pipeline.results import Arrays
from pipeline.studies import digits, signal, themes
from save_dataset.themes.pieces import check_split
from train_model.callbacks import ProcessorTime
from train_model.complex.pair_watch import PairWatch, measure, read_snapshots
from train_model.complex.parameters import ComplexParameters
from train_model.fitting import compile_with_adam, fit_resumably, unfinished_folder

Maker = PatchPairs | WindowPairs | ImagePairs
MakeOfSplit = Callable[[str], Maker]  # from a part of the split


def makers_of(parameters: ComplexParameters, arrays: Arrays) -> tuple[Maker, Maker]:
    """Return the makers of pairs from the data of step 1: of those to learn from, and of those held out.

    Raises
    ------
    ValueError
        If there is nothing of a kind, or nothing as long as a patch or window.
    """
    make = MAKERS[parameters.DATA](parameters, arrays)
    makers = []
    for split in ("train", "validation"):
        try:
            makers.append(make(split))
        except ValueError as error:
            raise ValueError(f"{LENGTHS[parameters.DATA]}, {split}: {error}") from error
    return makers[0], makers[1]


def _patch_pairs(parameters: themes.Parameters, recordings: Arrays) -> MakeOfSplit:
    check_split(recordings["splits"], parameters)
    shifts = parameters.training.model_dump(include={"pitch_shift_bins", "time_shift_frames", "shifts"})

    def make(split: str) -> PatchPairs:
        spans = spans_of(recordings["starts"], recordings["splits"] == split)
        return PatchPairs(recordings["frames"], spans, parameters.model.patch_frames, **shifts)

    return make


def _window_pairs(parameters: signal.Parameters, samples: Arrays) -> MakeOfSplit:
    starts, ends = samples["starts"], samples["ends_of_training"]
    parts = {"train": [starts[:-1], ends], "validation": [ends, starts[1:]]}  # the last part of each file is held out
    window, shift = parameters.model.window_samples, parameters.training.shift_samples
    return lambda split: WindowPairs(samples["samples"], np.stack(parts[split], axis=1), window, shift_samples=shift)


def _image_pairs(parameters: digits.Parameters, images: Arrays) -> MakeOfSplit:
    max_angle_deg = parameters.training.max_angle_deg
    return lambda split: ImagePairs(images["images"][images["splits"] == split], max_angle_deg=max_angle_deg)


MAKERS: dict[str, Callable[[Any, Arrays], MakeOfSplit]] = {
    "recordings": _patch_pairs,
    "samples": _window_pairs,
    "images": _image_pairs,
}
LENGTHS = {"recordings": "model.patch_frames", "samples": "model.window_samples", "images": "images"}  # by key


def build(n_values: int, parameters: ComplexParameters) -> ComplexAutoencoder:
    """Build the autoencoder of a run for views of n_values, with first weights from the seed."""
    keras.utils.set_random_seed(parameters.training.seed)
    model, loss = parameters.model, parameters.loss
    autoencoder = ComplexAutoencoder(
        n_values,
        model.n_bases,
        power=loss.power,
        dropout=model.dropout,
        learn_norm=model.learn_norm,
        norm_weight=loss.norm,
        equal_norm_weight=loss.equal_norm,
    )
    autoencoder.build()
    return autoencoder


def leave_random(parameters: ComplexParameters, arrays: Arrays) -> tuple[ComplexAutoencoder, dict[str, np.ndarray]]:
    """Return an autoencoder as it is before training, and the measures of `train` for it, each of one value."""
    makers = makers_of(parameters, arrays)
    autoencoder = build(makers[0].n_values, parameters)
    measures = measure(autoencoder, *validation_pairs(makers, parameters))
    return autoencoder, {name: np.array([value]) for name, value in measures.items()} | _bases_of(autoencoder)


def _bases_of(autoencoder: ComplexAutoencoder) -> dict[str, np.ndarray]:
    """Return the bases, ``(2 * n_bases, n_values)``, for the history, from which they are drawn."""
    return {"bases": np.asarray(autoencoder.bases.rows())}


def train(
    parameters: ComplexParameters,
    arrays: Arrays,
    folder: Path,
    *,
    verbose: int = 0,
    watchers: Sequence[keras.callbacks.Callback] = (),
) -> tuple[ComplexAutoencoder, dict[str, np.ndarray]]:
    """Train the autoencoder of a run on pairs; a training that was stopped resumes after its last complete epoch.

    `arrays` are what step 1 of the study saved; the folder of the run has the state of an unfinished training; watchers
    are called after all other callbacks.

    Returns
    -------
    ComplexAutoencoder, dict of str to np.ndarray
        The model; per epoch ``(n_epochs,)`` the ``loss`` of the training, with dropout, and what `measure` gives after
        it: ``train``, ``validation``, ``invariance``, ``invariance_of_input``; and ``cpu_s``, of the training alone;
        and the snapshots of `PairWatch`.

    Raises
    ------
    ValueError
        If there is nothing to learn from or to hold out, or the loss is no longer finite.
    """
    training = parameters.training
    makers = makers_of(parameters, arrays)
    epoch = tf.Variable(0, trainable=False, dtype=tf.int32)
    order = {"pairs_per_batch": training.batch_pairs, "seed": training.seed, "epoch": epoch}
    batches = pairs(makers[0], training.pairs_per_epoch, **order, growing_epochs=training.growth * training.epochs)
    autoencoder = build(makers[0].n_values, parameters)
    compile_with_adam(autoencoder, training, int(batches.cardinality()), epsilon=1e-8)  # PyTorch's, as in the paper
    unfinished = unfinished_folder(folder, parameters, arrays.values())
    watch = PairWatch(validation_pairs(makers, parameters), unfinished, training.epochs, training.plot_every_epochs)
    callbacks = [ProcessorTime(), watch]
    history = fit_resumably(autoencoder, batches, training, epoch, unfinished, callbacks, watchers, verbose=verbose)
    return autoencoder, history | read_snapshots(unfinished) | _bases_of(autoencoder)


def validation_pairs(makers: tuple[Maker, Maker], parameters: ComplexParameters) -> tuple[np.ndarray, np.ndarray]:
    """Return fixed pairs ``(n_pairs, 2, n_values)`` of what is learned from and of what is held out."""
    never_trained = tf.constant([parameters.training.seed, -1])  # batches of the training count from 0
    train_pairs, held_out = (make(parameters.training.validation_pairs, never_trained).numpy() for make in makers)
    return train_pairs, held_out
