"""Atoms that are initialised with pieces of music, and dead ones, which no winner uses, reinitialised in training."""

import keras
import numpy as np

from models.dictionary_autoencoder import DictionaryAutoencoder
from pipeline.packed_steps import Steps

LAST_FRACTION = 0.8  # of the epochs, after which no atom is reinitialised: the rest lets all settle
N_WINDOWS = 512  # that are searched for badly coded music
N_CANDIDATES = 8  # pieces for each atom: many are the same
SILENT = 1e-4  # norm below which a piece is silence but for rounding


class DeadAtomReinitialisation(keras.callbacks.Callback):
    """Replaces atoms that no winner used in an epoch by the residuals of the worst reconstructed pieces of music.

    If there are fewer different ones, some atoms wait for the next epoch. The logs of an epoch get ``atoms_used``.

    Music is drawn from windows ``(n_windows, n_steps, n_channels)``, packed or not. Without `reinitialise` atoms are
    only counted.
    """

    def __init__(self, windows: Steps, n_epochs: int, *, reinitialise: bool = True, seed: int = 0):
        super().__init__()
        self.windows, self.n_epochs, self.reinitialise, self.seed = windows, n_epochs, reinitialise, seed

    def on_epoch_begin(self, epoch, logs=None):
        self.model.uses.assign(np.zeros(self.model.uses.shape))

    def on_epoch_end(self, epoch, logs=None):
        unused = np.flatnonzero(self.model.uses.numpy() == 0)
        logs["atoms_used"] = self.model.config.n_atoms - len(unused)
        if self.reinitialise and len(unused) and epoch + 1 < LAST_FRACTION * self.n_epochs:
            rng = np.random.default_rng([self.seed, epoch])
            windows = self.windows[rng.choice(len(self.windows), min(N_WINDOWS, len(self.windows)), replace=False)]
            residuals = windows - keras.ops.convert_to_numpy(self.model(windows))
            pieces = cut_pieces(residuals, self.model.config.atom_steps, self.model.stride_steps)
            worst = np.argsort(-np.square(pieces).sum(axis=(1, 2)), kind="stable")[: N_CANDIDATES * len(unused)]
            pieces = different(pieces[worst])[: len(unused)]
            _set_atoms(self.model, unused[: len(pieces)], pieces)


def start_from_music(model: DictionaryAutoencoder, windows: Steps, seed: int) -> None:
    """Set the atoms to pieces of music, drawn from those that are not silent, all different.

    Music is windows ``(n_windows, n_steps, n_channels)``, packed or not. If there are fewer pieces than atoms, the last
    atoms stay as they are. The encoder's kernels become the same, where it sees the music.
    """
    rng = np.random.default_rng(seed)
    n_atoms, atom_steps = model.config.n_atoms, model.config.atom_steps
    some = windows[rng.permutation(len(windows))[: max(N_WINDOWS, 8 * n_atoms)]]
    pieces = rng.permutation(different(cut_pieces(some, atom_steps, model.stride_steps)))[:n_atoms]
    _set_atoms(model, np.arange(len(pieces)), pieces)


def cut_pieces(windows: np.ndarray, atom_steps: int, stride_steps: int) -> np.ndarray:
    """Return all pieces of windows at multiples of the stride, ``(n_pieces, atom_steps, n_channels)``."""
    starts = range(0, windows.shape[1] - atom_steps + 1, stride_steps)
    return np.concatenate([windows[:, start : start + atom_steps] for start in starts])


def different(pieces: np.ndarray) -> np.ndarray:
    """Return pieces of unit norm, in order, without silence and without those equal to one before, louder or not."""
    norms = np.sqrt(np.square(pieces).sum(axis=(1, 2), keepdims=True))
    loud = norms[:, 0, 0] > SILENT
    pieces = pieces[loud] / norms[loud]
    first = {piece.tobytes(): index for index, piece in reversed([*enumerate(np.round(pieces, 4) + 0.0)])}  # no -0
    return pieces[sorted(first.values())]


def _set_atoms(model: DictionaryAutoencoder, atoms: np.ndarray, pieces: np.ndarray) -> None:
    """Set some atoms, and the encoder's kernels for them, to pieces of unit norm, ``(n, atom_steps, n_channels)``."""
    kernels = np.moveaxis(pieces, 0, -1)  # (atom_steps, n_channels, n)
    weights = model.atoms.kernel.numpy()
    weights[..., atoms] = kernels
    model.atoms.kernel.assign(weights)
    if model.refine != "pursuit" and (model.config.sees_music or not model.blocks):
        scores = model.scores.kernel.numpy()
        scores[:, : kernels.shape[1], atoms] = kernels
        scores[:, kernels.shape[1] :, atoms] = 0
        model.scores.kernel.assign(scores)
        if model.config.bias:
            biases = model.scores.bias.numpy()
            biases[atoms] = 0
            model.scores.bias.assign(biases)
