"""Which pieces dictionaries are judged on, and the windows that they are cut into."""

import numpy as np

from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.midi.corpus import Corpus


def windows_of(pieces: list[np.ndarray], n_steps: int) -> np.ndarray:
    """Pieces cut side by side, ``(n_windows, n_steps, n_channels)``; ends that fill no window are left out."""
    whole = [piece[: len(piece) // n_steps * n_steps] for piece in pieces]
    return np.concatenate(whole).reshape(-1, n_steps, pieces[0].shape[1])


def window_steps_of(corpus: Corpus, parameters: DictionaryParameters, key: str = "window_steps") -> int:
    """A length of the section evaluation; left out, windows are a beat, and those that are shifted a bar."""
    usual = corpus.steps_per_bar if key == "shift_window_steps" else corpus.steps_per_beat
    return getattr(parameters.evaluation, key) or usual


def held_out_pieces(corpus: Corpus, parameters: DictionaryParameters, key: str = "window_steps") -> np.ndarray:
    """Indices of the pieces that dictionaries are judged on.

    Parameters
    ----------
    key : str
        Which length of the section evaluation one of them must have.

    Raises
    ------
    ValueError
        If there is no such piece.
    """
    split, n_steps = parameters.evaluation.split, window_steps_of(corpus, parameters, key)
    pieces = corpus.pieces_of(split)
    if not len(pieces):
        raise ValueError(
            f"evaluation.split={split!r}: there is no piece in it; raise collection.{split}_share, see "
            "collection.split_column, or choose the other split"
        )
    if np.diff(corpus.starts)[pieces].max() < n_steps:
        raise ValueError(f"evaluation.{key}={n_steps}: no piece of the {split} split is as long")
    return pieces


def calibration_pieces(corpus: Corpus, parameters: DictionaryParameters) -> np.ndarray:
    """Indices of the pieces a threshold is found on: of the validation; none if that is judged, or too short."""
    pieces, n_steps = corpus.pieces_of("validation"), window_steps_of(corpus, parameters)
    is_usable = parameters.evaluation.split != "validation" and (np.diff(corpus.starts)[pieces] >= n_steps).any()
    return pieces if is_usable else pieces[:0]
