"""The pieces that dictionaries are evaluated on, and the windows that they are cut into."""

import numpy as np

from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.midi.corpus import Corpus


def windows_of(piece: np.ndarray, n_steps: int) -> np.ndarray:
    """Return a piece cut side by side, ``(n_windows, n_steps, n_channels)``; an end that fills no window is left out.

    Examples
    --------
    >>> windows_of(np.arange(5)[:, None], 2)[..., 0].tolist()
    [[0, 1], [2, 3]]
    """
    return piece[: len(piece) // n_steps * n_steps].reshape(-1, n_steps, piece.shape[1])


def long_pieces(corpus: Corpus, pieces: np.ndarray, n_steps: int) -> np.ndarray:
    """Return the indices of those pieces that are as long as a window at least."""
    return pieces[np.diff(corpus.starts)[pieces] >= n_steps]


def window_steps_of(corpus: Corpus, parameters: DictionaryParameters, key: str = "window_steps") -> int:
    """The steps of a window of the section evaluation; left out: a beat, and a bar for windows that are shifted."""
    usual = corpus.steps_per_bar if key == "shift_window_steps" else corpus.steps_per_beat
    return getattr(parameters.evaluation, key) or usual


def held_out_pieces(corpus: Corpus, parameters: DictionaryParameters, key: str = "window_steps") -> np.ndarray:
    """Return the indices of the pieces that dictionaries are evaluated on.

    Raises
    ------
    ValueError
        If there is no such piece, or none as long as the window that the section evaluation has under `key`.
    """
    split = parameters.evaluation.split
    pieces = corpus.pieces_of(split)
    if not len(pieces):
        raise ValueError(
            f"evaluation.split={split!r}: there is no piece in it; raise collection.{split}_fraction, see "
            "collection.split_column, or choose the other split"
        )
    check_that_a_window_fits(corpus, split, window_steps_of(corpus, parameters, key), f"evaluation.{key}")
    return pieces


def check_that_a_window_fits(corpus: Corpus, split: str, n_steps: int, key: str) -> None:
    """Raise ValueError, which names the parameter, if no piece of the split is as long as a window."""
    if np.diff(corpus.starts)[corpus.pieces_of(split)].max(initial=0) < n_steps:
        raise ValueError(f"{key}={n_steps}: no piece of the {split} split is as long")


def calibration_pieces(corpus: Corpus, parameters: DictionaryParameters) -> np.ndarray:
    """Return the validation pieces, for choosing a threshold; none if they are evaluated on, or all too short."""
    pieces, n_steps = corpus.pieces_of("validation"), window_steps_of(corpus, parameters)
    return pieces[:0] if parameters.evaluation.split == "validation" else long_pieces(corpus, pieces, n_steps)
