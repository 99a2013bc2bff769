"""Atoms that begin as pieces of music, and begin anew where nothing uses them; winners that get fewer in training."""

import keras
import numpy as np

from models.dictionary_autoencoder import DictionaryAutoencoder

LAST_SHARE = 0.8  # of the epochs after which no atom is revived: the rest lets all settle
N_WINDOWS = 512  # in which badly coded music is looked for
N_CANDIDATES = 8  # pieces looked at for each atom: many are the same
SILENT = 1e-4  # length, as a vector, below which a piece is silence but for rounding


class Revival(keras.callbacks.Callback):
    """Makes what is left of the worst reconstructed pieces of music the atoms that no winner used in an epoch.

    If there are fewer different ones, some atoms wait for the next epoch. The logs of an epoch get ``atoms_used``.

    Parameters
    ----------
    windows : np.ndarray (n_windows, n_steps, n_channels)
        Music to choose from.
    n_epochs : int
        Of the training.
    revive : bool
        Whether to do so, or only to count.
    seed : int
        Draws the windows of each epoch.
    """

    def __init__(self, windows: np.ndarray, n_epochs: int, *, revive: bool = True, seed: int = 0):
        super().__init__()
        self.windows, self.n_epochs, self.revive, self.seed = windows, n_epochs, revive, seed

    def on_epoch_begin(self, epoch, logs=None):
        self.model.uses.assign(np.zeros(self.model.uses.shape))

    def on_epoch_end(self, epoch, logs=None):
        unused = np.flatnonzero(self.model.uses.numpy() == 0)
        logs["atoms_used"] = self.model.config["n_atoms"] - len(unused)
        if self.revive and len(unused) and epoch + 1 < LAST_SHARE * self.n_epochs:
            rng = np.random.default_rng([self.seed, epoch])
            windows = rng.choice(self.windows, min(N_WINDOWS, len(self.windows)), replace=False)
            left = windows - keras.ops.convert_to_numpy(self.model(windows))
            pieces = cut_pieces(left, self.model.config["atom_steps"], self.model.stride_steps)
            worst = np.argsort(-np.square(pieces).sum(axis=(1, 2)), kind="stable")[: N_CANDIDATES * len(unused)]
            pieces = different(pieces[worst])[: len(unused)]
            _set_atoms(self.model, unused[: len(pieces)], pieces)


class FallOfWinners(keras.callbacks.Callback):
    """Lets the number of winners fall, from the first of a schedule to its last.

    Parameters
    ----------
    first_k, k : int
        Winners in the first epoch and at the end.
    fall, every_epochs : int
        It falls by so many, each time so many epochs have passed; the paper counts after an epoch's first step, so
        that the first stage is one epoch longer.
    """

    def __init__(self, first_k: int, k: int, fall: int, every_epochs: int):
        super().__init__()
        self.first_k, self.k, self.fall, self.every_epochs = first_k, k, fall, every_epochs

    def on_epoch_begin(self, epoch, logs=None):
        n_falls = max(0, epoch - 1) // self.every_epochs
        self.model.winners.k.assign(max(self.k, self.first_k - self.fall * n_falls))

    def on_epoch_end(self, epoch, logs=None):
        logs["k"] = int(self.model.winners.k)


def start_from_music(model: DictionaryAutoencoder, windows: np.ndarray, seed: int) -> None:
    """Make pieces of music the atoms, drawn from those that are not silent, all different.

    If there are fewer than atoms, the last atoms stay as they are.

    Parameters
    ----------
    model : DictionaryAutoencoder
        Its encoder's kernels become the same, where it sees the music.
    windows : np.ndarray (n_windows, n_steps, n_channels)
        Music.
    seed : int
        Of the draw.
    """
    rng = np.random.default_rng(seed)
    n_atoms, atom_steps = model.config["n_atoms"], model.config["atom_steps"]
    some = windows[rng.permutation(len(windows))[: max(N_WINDOWS, 8 * n_atoms)]]
    pieces = rng.permutation(different(cut_pieces(some, atom_steps, model.stride_steps)))[:n_atoms]
    _set_atoms(model, np.arange(len(pieces)), pieces)


def cut_pieces(windows: np.ndarray, atom_steps: int, stride_steps: int) -> np.ndarray:
    """All pieces of windows at multiples of the stride, ``(n_pieces, atom_steps, n_channels)``."""
    starts = range(0, windows.shape[1] - atom_steps + 1, stride_steps)
    return np.concatenate([windows[:, start : start + atom_steps] for start in starts])


def different(pieces: np.ndarray) -> np.ndarray:
    """Pieces at length one as vectors, in order, without silence and without what came before, louder or not."""
    lengths = np.sqrt(np.square(pieces).sum(axis=(1, 2), keepdims=True))
    loud = lengths[:, 0, 0] > SILENT
    pieces = pieces[loud] / lengths[loud]
    first = {piece.tobytes(): index for index, piece in reversed([*enumerate(np.round(pieces, 4) + 0.0)])}  # no -0
    return pieces[sorted(first.values())]


def _set_atoms(model: DictionaryAutoencoder, atoms: np.ndarray, pieces: np.ndarray) -> None:
    """Let pieces of length one, ``(n, atom_steps, n_channels)``, be the given atoms, and what the encoder looks for."""
    kernels = np.moveaxis(pieces, 0, -1)  # (atom_steps, n_channels, n)
    weights = model.atoms.kernel.numpy()
    weights[..., atoms] = kernels
    model.atoms.kernel.assign(weights)
    if model.refine != "pursuit" and (model.sees_music or not model.blocks):
        scores = model.scores.kernel.numpy()
        scores[:, : kernels.shape[1], atoms] = kernels
        scores[:, kernels.shape[1] :, atoms] = 0
        model.scores.kernel.assign(scores)
        if model.config["bias"]:
            biases = model.scores.bias.numpy()
            biases[atoms] = 0
            model.scores.bias.assign(biases)
