"""Building and training the complex autoencoder of one run of the studies `themes`, `signal` and `digits`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from models.complex_autoencoder import ComplexAutoencoder
from pipeline.data_generator import pairs
from pipeline.pairs import PatchPairs, PicturePairs, WindowPairs, spans_of
from pipeline.results import Arrays
from pipeline.sections.complex import TRAINED
from save_dataset.themes.pieces import check_split
from train_model.callbacks import ProcessorTime, SeedByEpoch
from train_model.complex.pair_watch import PairWatch, measure, read_snapshots
from train_model.fitting import fit_resumably, learning_rate, unfinished_folder

Maker = PatchPairs | WindowPairs | PicturePairs
DATA = {"themes": "recordings", "signal": "samples", "digits": "images"}  # what step 1 of each study saves


def makers_of(parameters: Any, arrays: Arrays) -> tuple[Maker, Maker]:
    """What makes pairs of the data of step 1: of those to learn from, and of those held out.

    Raises
    ------
    ValueError
        If there is nothing of a kind, or nothing as long as a patch or window.
    """
    make = MAKERS[parameters.study]
    if parameters.study == "themes":
        check_split(arrays["splits"], parameters)
    makers = []
    for split in ("train", "validation"):
        try:
            makers.append(make(parameters, arrays, split))
        except ValueError as error:
            raise ValueError(f"{DATA[parameters.study]}, {split}: {error}") from error
    return makers[0], makers[1]


def _patch_pairs(parameters: Any, recordings: Arrays, split: str) -> PatchPairs:
    """Pairs of patches of the recordings of a part of the split."""
    training = parameters.training
    return PatchPairs(
        recordings["frames"],
        spans_of(recordings["starts"], recordings["splits"] == split),
        parameters.model.patch_frames,
        **training.model_dump(include={"pitch_shift_bins", "time_shift_frames", "shifts"}),
    )


def _window_pairs(parameters: Any, samples: Arrays, split: str) -> WindowPairs:
    """Pairs of windows from the first part of each recording, or from what is held out."""
    starts, ends = samples["starts"], samples["ends_of_training"]
    spans = np.stack([starts[:-1], ends] if split == "train" else [ends, starts[1:]], axis=1)
    shift, window = parameters.training.shift_samples, parameters.model.window_samples
    return WindowPairs(samples["samples"], spans, window, shift_samples=shift)


def _picture_pairs(parameters: Any, images: Arrays, split: str) -> PicturePairs:
    """Pairs of pictures of a part of the split."""
    chosen = images["images"][images["splits"] == split]
    return PicturePairs(chosen, max_angle_deg=parameters.training.max_angle_deg)


MAKERS: dict[str, Callable[[Any, Arrays, str], Maker]] = {
    "themes": _patch_pairs,
    "signal": _window_pairs,
    "digits": _picture_pairs,
}


def build(n_values: int, parameters: Any) -> ComplexAutoencoder:
    """The autoencoder of a run for forms of so many values, with first weights from the seed."""
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


def leave_random(parameters: Any, arrays: Arrays) -> tuple[ComplexAutoencoder, dict[str, np.ndarray]]:
    """An autoencoder as it begins, and the measures of `train` for it, each of one value."""
    makers = makers_of(parameters, arrays)
    autoencoder = build(makers[0].n_values, parameters)
    measures = measure(autoencoder, *validation_pairs(makers, parameters))
    return autoencoder, {name: np.array([value]) for name, value in measures.items()} | _bases_of(autoencoder)


def _bases_of(autoencoder: ComplexAutoencoder) -> dict[str, np.ndarray]:
    """The bases of an autoencoder for its history, ``(2 * n_bases, n_values)``, where drawing finds them."""
    return {"bases": np.asarray(autoencoder.bases.rows())}


def train(
    parameters: Any,
    arrays: Arrays,
    folder: Path,
    *,
    verbose: int = 0,
    watchers: Sequence[keras.callbacks.Callback] = (),
) -> tuple[ComplexAutoencoder, dict[str, np.ndarray]]:
    """Train the autoencoder of a run on pairs; a training that was stopped goes on after its last whole epoch.

    Parameters
    ----------
    parameters : StudyParameters
        Of a run of one of the studies.
    arrays : mapping of str to np.ndarray
        What step 1 of the study saved.
    folder : Path
        The run's, for what an unfinished training leaves.
    verbose : int
        Keras's: 1 for its progress bar, 2 for a line an epoch.
    watchers : sequence of keras.callbacks.Callback
        More callbacks, called last.

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
    autoencoder.compile(adam(training, int(batches.cardinality())), jit_compile=training.jit_compile)
    sections = parameters.model_dump(mode="json", include={*TRAINED})
    unfinished = unfinished_folder(folder, next(iter(arrays.values())), sections, *map(np.asarray, arrays.values()))
    watch = PairWatch(validation_pairs(makers, parameters), unfinished, training.epochs, training.plot_every_epochs)
    callbacks = [SeedByEpoch(training.seed, epoch), ProcessorTime(), watch]
    history = fit_resumably(autoencoder, batches, training.epochs, unfinished, callbacks, watchers, verbose=verbose)
    return autoencoder, history | read_snapshots(unfinished) | _bases_of(autoencoder)


def validation_pairs(makers: tuple[Maker, Maker], parameters: Any) -> tuple[np.ndarray, np.ndarray]:
    """The same pairs after every epoch, of what is learned from and of what is held out, ``(n_pairs, 2, n_values)``."""
    never_trained = tf.constant([parameters.training.seed, -1])  # batches of the training count from 0
    train_pairs, held_out = (make(parameters.training.validation_pairs, never_trained).numpy() for make in makers)
    return train_pairs, held_out


def adam(training: Any, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    """The optimiser of a run; its epsilon is PyTorch's, with which the paper trained."""
    return keras.optimizers.Adam(learning_rate(training, training.epochs * steps_per_epoch), epsilon=1e-8)
