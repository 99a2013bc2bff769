"""The pieces that dictionaries are evaluated on, and the windows that they are cut into."""

import numpy as np

from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.midi.corpus import Corpus


def windows_of(pieces: list[np.ndarray], n_steps: int) -> np.ndarray:
    """Return pieces cut side by side, ``(n_windows, n_steps, n_channels)``; ends that fill no window are left out.

    Examples
    --------
    >>> windows_of([np.arange(5)[:, None], 10 + np.arange(3)[:, None]], 2)[..., 0].tolist()
    [[0, 1], [2, 3], [10, 11]]
    """
    filled = [piece[: len(piece) // n_steps * n_steps] for piece in pieces]
    return np.concatenate(filled).reshape(-1, n_steps, pieces[0].shape[1])


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
    is_usable = parameters.evaluation.split != "validation" and (np.diff(corpus.starts)[pieces] >= n_steps).any()
    return pieces if is_usable else pieces[:0]
