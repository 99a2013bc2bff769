"""What is measured while a complex autoencoder learns: losses on fixed pairs and invariance; and its snapshots."""

from pathlib import Path

import keras
import numpy as np

from models.complex_autoencoder import ComplexAutoencoder
from models.retrieval import centred_cosines, retrieval_accuracy
from pipeline import provenance
from pipeline.atomic_write import atomic_write
from pipeline.results import Arrays

N_PATCHES = 1000  # among which a transformed one is retrieved, at most
N_PAIRS, N_BASES = 4, 16  # shown
BATCH_PAIRS = 500


class PairWatch(keras.callbacks.Callback):
    """Adds the result of `measure` to the logs of an epoch; keeps snapshots, at intervals and of the last epoch.

    `watched` are the pairs of `measure`. Snapshots lie in `folder`, where they are kept over an interruption.
    """

    def __init__(self, watched: tuple[np.ndarray, np.ndarray], folder: Path, n_epochs: int, every_epochs: int):
        super().__init__()
        self.watched = watched
        self.folder, self.n_epochs, self.every_epochs = folder, n_epochs, every_epochs

    def on_train_begin(self, logs=None):
        if not any(self.folder.glob("snapshot_*.npz")):
            self.keep_snapshot(0)

    def on_epoch_end(self, epoch, logs=None):
        logs.update(measure(self.model, *self.watched))
        if (epoch + 1) % self.every_epochs == 0 or epoch + 1 == self.n_epochs:
            self.keep_snapshot(epoch + 1)

    def keep_snapshot(self, epochs: int) -> None:
        """Write a snapshot after a number of epochs."""
        with atomic_write(self.folder / f"snapshot_{epochs:06d}.npz") as path:
            arrays = {"epochs": np.array(epochs), **_snapshot(self.model, self.watched[1][:N_PAIRS])}
            np.savez(path, allow_pickle=False, **arrays)


def measure(autoencoder: ComplexAutoencoder, train_pairs: np.ndarray, validation_pairs: np.ndarray) -> dict[str, float]:
    """Measure an autoencoder, without dropout.

    Pairs of what it learns from, and of what is held out, are ``(n_pairs, 2, n_values)``, equally many.

    Returns
    -------
    dict of str to float
        ``train`` and ``validation``, the losses; of the first 1000 pairs held out, ``invariance``, the fraction of
        second views to whose magnitudes those of their own first view are nearest; ``invariance_of_input``, the same
        for the values themselves.
    """
    shown = validation_pairs[:N_PATCHES]
    magnitudes = [autoencoder.encode(view)[0] for view in np.moveaxis(shown, 1, 0)]
    return {
        "train": _loss_of(autoencoder, train_pairs),
        "validation": _loss_of(autoencoder, validation_pairs),
        "invariance": retrieval_accuracy(centred_cosines(*map(np.asarray, magnitudes))),
        "invariance_of_input": retrieval_accuracy(centred_cosines(shown[:, 0], shown[:, 1])),
    }


def _loss_of(autoencoder: ComplexAutoencoder, pairs: np.ndarray) -> float:
    batches = [pairs[first : first + BATCH_PAIRS] for first in range(0, len(pairs), BATCH_PAIRS)]
    losses = [float(autoencoder.swap.raw_loss(batch, autoencoder.reconstruct(batch))) for batch in batches]
    return float(np.average(losses, weights=[len(batch) for batch in batches]))


def _snapshot(autoencoder: ComplexAutoencoder, pairs: np.ndarray) -> dict[str, np.ndarray]:
    """Return what is drawn of a few pairs, and of the first bases.

    Returns
    -------
    dict of str to np.ndarray
        ``inputs``, ``targets``, ``reconstructions`` ``(n_pairs, n_values)``: the first view, the second, and the
        reconstruction from the magnitudes of the first and phases of the second; these, ``magnitudes`` and ``phases``
        ``(n_pairs, n_bases)``; ``bases (2, n_shown, n_values)``, real and imaginary parts.
    """
    reconstructions = np.asarray(autoencoder.reconstruct(pairs))
    phasors = np.asarray(autoencoder.encode(pairs[:, 1])[1])
    real, imaginary = np.split(phasors, 2, axis=1)
    return {
        "inputs": pairs[:, 0],
        "targets": pairs[:, 1],
        "reconstructions": reconstructions[:, 1],
        "magnitudes": np.asarray(autoencoder.encode(pairs[:, 0])[0]),
        "phases": np.arctan2(imaginary, real),
        "bases": np.stack(np.split(np.asarray(autoencoder.bases.rows()), 2))[:, :N_BASES],
    }


def read_snapshots(folder: Path) -> dict[str, np.ndarray]:
    """Return the snapshots of `PairWatch` by name: ``snapshot_epochs (n_snapshots,)``, ``snapshot_inputs``, ..."""
    kept: list[Arrays] = []
    for path in sorted(folder.glob("snapshot_*.npz")):
        try:
            kept.append(provenance.read_arrays(path))
        except ValueError as error:
            raise ValueError(f"{path}: {error}; train anew, with --force") from error
    return {f"snapshot_{name}": np.stack([snapshot[name] for snapshot in kept]) for name in (kept[0] if kept else ())}
