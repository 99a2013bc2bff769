"""What is watched while a complex autoencoder learns: losses on fixed pairs, invariance, and pictures of its work."""

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np

from models.complex_autoencoder import ComplexAutoencoder
from pipeline.atomic_write import atomic_write

N_PATCHES = 1000  # among which a moved one is looked for, at most
N_PAIRS, N_BASES = 4, 16  # shown
BATCH_PAIRS = 500


class PairWatch(keras.callbacks.Callback):
    """Adds what `measure` gives to the logs of an epoch; keeps snapshots, at intervals and of the last epoch.

    Parameters
    ----------
    watched : tuple of np.ndarray (n_pairs, 2, n_values)
        The pairs of `measure`: learned from, held out.
    folder : Path
        For the snapshots, which outlast an interruption there.
    n_epochs, every_epochs : int
        Of the training; from one snapshot to the next.
    """

    def __init__(self, watched: tuple[np.ndarray, np.ndarray], folder: Path, n_epochs: int, every_epochs: int):
        super().__init__()
        self.watched = watched
        self.folder, self.n_epochs, self.every_epochs = folder, n_epochs, every_epochs

    def on_train_begin(self, logs=None):
        """Keep what there is before the first epoch."""
        if not any(self.folder.glob("snapshot_*.npz")):
            self.keep_snapshot(0)

    def on_epoch_end(self, epoch, logs=None):
        """Measure, and keep a snapshot if it is time."""
        logs.update(measure(self.model, *self.watched))
        if (epoch + 1) % self.every_epochs == 0 or epoch + 1 == self.n_epochs:
            self.keep_snapshot(epoch + 1)

    def keep_snapshot(self, epochs: int) -> None:
        """Write a snapshot after so many epochs."""
        with atomic_write(self.folder / f"snapshot_{epochs:06d}.npz") as path:
            arrays = {"epochs": np.array(epochs), **_snapshot(self.model, self.watched[1][:N_PAIRS])}
            np.savez(path, allow_pickle=False, **arrays)


def measure(autoencoder: ComplexAutoencoder, train_pairs: np.ndarray, validation_pairs: np.ndarray) -> dict[str, float]:
    """How good an autoencoder is, without dropout.

    Parameters
    ----------
    autoencoder : ComplexAutoencoder
        As it is now.
    train_pairs, validation_pairs : np.ndarray (n_pairs, 2, n_values)
        Of what it learns from, and of what is held out: as many, so that their losses can be compared.

    Returns
    -------
    dict of str to float
        ``train`` and ``validation``, the losses; of the first 1000 pairs held out, ``invariance``, the share of second
        forms to whose magnitudes those of their own first form are nearest; ``invariance_of_input``, the same for the
        values themselves, is what there is without learning.
    """
    shown = validation_pairs[:N_PATCHES]
    magnitudes = [autoencoder.encode(form)[0] for form in np.moveaxis(shown, 1, 0)]
    return {
        "train": _loss_of(autoencoder, train_pairs),
        "validation": _loss_of(autoencoder, validation_pairs),
        "invariance": found_again(*(np.asarray(each) for each in magnitudes)),
        "invariance_of_input": found_again(shown[:, 0], shown[:, 1]),
    }


def _loss_of(autoencoder: ComplexAutoencoder, pairs: np.ndarray) -> float:
    """The loss of reconstruction of pairs."""
    batches = [pairs[first : first + BATCH_PAIRS] for first in range(0, len(pairs), BATCH_PAIRS)]
    losses = [float(autoencoder.swap.raw_loss(batch, autoencoder.reconstruct(batch))) for batch in batches]
    return float(np.average(losses, weights=[len(batch) for batch in batches]))


def found_again(features: np.ndarray, moved: np.ndarray) -> float:
    """Share of rows of `moved` to which the same row of `features` is nearest, by cosine from the mean."""
    a, b = (unit(each - features.mean(axis=0)) for each in (features, moved))
    return float(np.mean(np.argmax(b @ a.T, axis=1) == np.arange(len(b))))


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors of length 1, 0 where they have none."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def _snapshot(autoencoder: ComplexAutoencoder, pairs: np.ndarray) -> dict[str, np.ndarray]:
    """What there is to be seen of a few pairs, and of the first bases.

    Returns
    -------
    dict of str to np.ndarray
        ``inputs``, ``targets``, ``reconstructions`` ``(n_pairs, n_values)``: the first form, the second, and what is
        made of the magnitudes of the first and phases of the second; these, ``magnitudes`` and ``phases``
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
    """The snapshots that `PairWatch` kept, by name: ``snapshot_epochs (n_snapshots,)``, ``snapshot_inputs``, ..."""
    kept: list[Mapping[str, np.ndarray]] = []
    for path in sorted(folder.glob("snapshot_*.npz")):
        with np.load(path) as arrays:
            kept.append(dict(arrays))
    return {f"snapshot_{name}": np.stack([each[name] for each in kept]) for name in (kept[0] if kept else ())}
