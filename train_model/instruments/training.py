"""Training of what classifies instruments: networks, one for each seed, or a linear support vector machine."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from models.instrument_networks import build_network, stack_seeds
from pipeline.memory import half_of_machine_gb
from pipeline.studies.instruments import Parameters
from save_dataset.instruments.clips import Clips
from train_model.callbacks import ProcessorTime
from train_model.fitting import compile_with_adam, fit_resumably, unfinished_folder
from train_model.instruments.batches import draw_batches, draw_probabilities
from train_model.memory import check_training


def train_networks(
    parameters: Parameters,
    clips: Clips,
    phrases: Clips | None,
    folder: Path,
    *,
    verbose: int = 0,
    watchers: Sequence[keras.callbacks.Callback] = (),
) -> tuple[keras.Model, dict[str, np.ndarray]]:
    """Train the networks of a run on clips and phrases, one after the other.

    A training that was stopped resumes after the last complete epoch of the seed that it was at; the folder of the run
    has the states of all seeds until `remove_unfinished`. Watchers are called after all other callbacks.

    Returns
    -------
    keras.Model, dict of str to np.ndarray
        All networks, as `stack_seeds` gives them; ``loss``, the cross-entropy in nats, and ``accuracy`` while it
        learns, ``(n_seeds, epochs)``; and ``cpu_s`` (epochs,), of all seeds.
    """
    parts = [clips] if phrases is None else [clips, phrases]
    cqt, labels = (np.concatenate([getattr(part, name) for part in parts]) for name in ("cqt", "labels"))
    probabilities = draw_probabilities(clips, phrases)
    n_frames, n_bins = clips.cqt.shape[1:]
    sizes = parameters.classifier.model_dump(include={"branches", "kernels", "dense_units", "head"})
    build = partial(build_network, n_frames, n_bins, len(clips.class_names), **sizes)
    batch = ("training.batch_clips", parameters.training.batch_clips)
    n_networks = parameters.training.n_seeds
    check_training(build, "classifier", batch, n_networks=n_networks, max_gb=half_of_machine_gb())
    networks, histories = [], []
    for index in range(parameters.training.n_seeds):
        training = parameters.training.model_copy(update={"seed": parameters.training.seed + index})
        keras.utils.set_random_seed(training.seed)
        network = build(name=f"seed_{index}")
        epoch = tf.Variable(0, trainable=False, dtype=tf.int32)
        batches = draw_batches(
            *(cqt, labels, probabilities),
            n_batches=training.batches_per_epoch,
            epoch=epoch,
            **training.model_dump(include={"batch_clips", "seed", "shift_bins", "tilt_db"}),
        )
        loss = "sparse_categorical_crossentropy"
        compile_with_adam(network, training, training.batches_per_epoch, loss, ["accuracy"])
        unfinished = unfinished_folder(folder / f"unfinished_seed_{index}", parameters, (cqt, labels, probabilities))
        around = (epoch, unfinished, [ProcessorTime()], watchers)
        histories.append(fit_resumably(network, batches, training, *around, verbose=verbose))
        networks.append(network)
    history = {name: np.stack([one[name] for one in histories]) for name in ("loss", "accuracy")}
    return stack_seeds(networks), history | {"cpu_s": np.sum([one["cpu_s"] for one in histories], axis=0)}
