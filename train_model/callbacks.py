"""What happens between epochs: the count of processor time, the order of samples, and what a stopped training needs."""

import csv
import time
from pathlib import Path

import h5py
import keras
import numpy as np
import tensorflow as tf


class SeedByEpoch(keras.callbacks.Callback):
    """Makes all that is random in an epoch a function of the seed and the epoch's number.

    A training that goes on after an interruption then ends as one without: Keras saves no state of random numbers.

    Parameters
    ----------
    seed : int
        Of the training.
    epoch : tf.Variable
        Gets the number of the epoch that begins, for the data generator to draw its order from.
    """

    def __init__(self, seed: int, epoch: tf.Variable):
        super().__init__()
        self.seed = seed
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch.assign(epoch)
        states = [variable for variable in self.model.variables if variable.path.endswith("seed_generator_state")]
        for index, state in enumerate(states):
            state.assign([self.seed + index, epoch])


class ProcessorTime(keras.callbacks.Callback):
    """Adds ``cpu_s`` to the logs of an epoch: the seconds of processor time it took, in all threads of this process.

    The first epoch's hold the tracing and compilation of the model.
    """

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.process_time()

    def on_epoch_end(self, epoch, logs=None):
        logs["cpu_s"] = time.process_time() - self.began


class WarmUp(keras.callbacks.Callback):
    """Lets the weight of a term of the loss rise from 0 in the first epoch, by the same amount each, to its full value.

    Parameters
    ----------
    term : str
        Name of the loss layer, which has a ``share``.
    n_epochs : int
        Epochs until the weight is full; 0: it is from the beginning.
    """

    def __init__(self, term: str, n_epochs: int):
        super().__init__()
        self.term = term
        self.n_epochs = n_epochs

    def on_epoch_begin(self, epoch, logs=None):
        self.model.get_layer(self.term).share.assign(min(1.0, epoch / self.n_epochs) if self.n_epochs else 1.0)


def resumable(folder: Path) -> list[keras.callbacks.Callback]:
    """Callbacks that keep history, weights and state of the optimiser in `folder`, and go on from there.

    What they keep stays when the training is done, for the case that its result cannot be saved.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [
        keras.callbacks.CSVLogger(str(folder / "history.csv"), append=True),
        keras.callbacks.BackupAndRestore(str(folder / "backup"), double_checkpoint=True, delete_checkpoint=False),
    ]


def can_resume(folder: Path) -> bool:
    """Whether what `resumable` kept in a folder is whole."""
    weights = list((folder / "backup").glob("*.weights.h5"))
    try:
        for path in weights:
            h5py.File(path).close()
    except OSError:
        return False
    return bool(weights) and (folder / "history.csv").is_file()


def read_history(folder: Path) -> dict[str, np.ndarray]:
    """The history that `resumable` kept: values per epoch, each ``(n_epochs,)``.

    An epoch that was logged twice, because the training stopped between log and backup, counts as it was the last time.
    """
    with (folder / "history.csv").open(newline="") as file:
        by_epoch = {int(row["epoch"]): row for row in csv.DictReader(file)}
    names = [name for name, value in by_epoch[0].items() if name != "epoch" and value != "NA"]
    return {name: np.array([float(by_epoch[epoch][name]) for epoch in sorted(by_epoch)]) for name in names}
