"""What a dictionary is worth on pieces that were held out: reconstruction, shifts, noise.

Measures are stored as arrays: ``names`` of the measures beside their ``values``, so that tables need no knowledge of
them.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from embed.sparse_codes import SparseCodes
from evaluate.reconstruction import best_threshold, measure_codes, measure_reconstruction
from forecast.noise import add_noise
from pipeline.dictionary_study import DictionaryParameters
from save_dataset.corpus import Corpus

Encode = Callable[[np.ndarray], np.ndarray]


def windows_of(pieces: list[np.ndarray], n_steps: int) -> np.ndarray:
    """Pieces cut side by side, ``(n_windows, n_steps, n_channels)``; ends that fill no window are left out."""
    whole = [piece[: len(piece) // n_steps * n_steps] for piece in pieces]
    return np.concatenate(whole).reshape(-1, n_steps, pieces[0].shape[1])


def measure_held_out(corpus: Corpus, codes: SparseCodes, parameters: DictionaryParameters) -> dict[str, Any]:
    """How well the stored codes give back the pieces held out.

    Returns
    -------
    dict
        ``names`` and ``values`` of all of `evaluate.reconstruction`, with ``f1_calibrated``, the F1 at the
        ``threshold`` that is best on validation music.
    """
    kinds, window_steps = corpus.kinds(), parameters.evaluation.window_steps
    pieces = corpus.pieces_of(parameters.evaluation.split)
    true, made = reconstruct(corpus, codes, pieces, window_steps)
    measures = measure_reconstruction(true, made, kinds)
    validation = corpus.pieces_of("validation")
    if len(validation) and "token" not in kinds:
        threshold = best_threshold(*reconstruct(corpus, codes, validation, window_steps), kinds)
        calibrated = measure_reconstruction(true, made, kinds, threshold)
        measures |= {"threshold": threshold, "f1_calibrated": calibrated["f1"]}
    used = sum((np.count_nonzero(codes.piece(p), axis=0) for p in pieces), np.zeros(len(codes.patterns), int))
    n_bars = np.diff(corpus.starts)[pieces].sum() / corpus.steps_per_bar
    return named(measures | measure_codes(used, n_bars))


def reconstruct(
    corpus: Corpus, codes: SparseCodes, pieces: np.ndarray, window_steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Windows of pieces, and what their codes make of them, both ``(n_windows, window_steps, n_channels)``."""
    true = windows_of([corpus.piece(p) for p in pieces], window_steps)
    return true, windows_of([codes.decode(codes.piece(p)) for p in pieces], window_steps)


def measure_shifts(
    corpus: Corpus, encode_windows: Encode, codes: SparseCodes, parameters: DictionaryParameters
) -> dict[str, np.ndarray]:
    """Errors on windows that are rolled in time: a dictionary that knows no places does not mind.

    Parameters
    ----------
    encode_windows : function
        From windows ``(n_windows, n_steps, n_channels)`` to codes ``(n_windows, n_columns, n_atoms)``.

    Returns
    -------
    dict
        ``shifts``, ``shift_mse`` and ``shift_f1``, each ``(n_shifts,)``.
    """
    evaluation = parameters.evaluation
    windows = windows_of([corpus.piece(p) for p in corpus.pieces_of(evaluation.split)], evaluation.shift_window_steps)
    measures = []
    for shift in evaluation.shifts:
        rolled = np.roll(windows, shift, axis=1)
        made = np.stack([codes.decode(code) for code in encode_windows(rolled)])
        measures.append(measure_reconstruction(rolled, made, corpus.kinds()))
    return {
        "shifts": np.array(evaluation.shifts),
        "shift_mse": np.array([each["mse"] for each in measures]),
        "shift_f1": np.array([each["f1"] for each in measures]),
    }


def measure_denoising(
    corpus: Corpus, encode: Encode, codes: SparseCodes, parameters: DictionaryParameters
) -> dict[str, float]:
    """Hits of noisy pieces before and after they went through the dictionary.

    Parameters
    ----------
    encode : function
        From a piece ``(n_steps, n_channels)`` to its code ``(n_columns, n_atoms)``.

    Returns
    -------
    dict
        ``noisy_<score>``, ``denoised_<score>`` for precision, recall and F1; the threshold is that of the validation.
    """
    evaluation, kinds = parameters.evaluation, corpus.kinds()
    rng = np.random.default_rng(evaluation.seed)

    def through(split: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        pieces = [corpus.piece(p) for p in corpus.pieces_of(split)]
        shares = {"spurious": evaluation.spurious, "deleted": evaluation.deleted}
        noisy = [add_noise(piece, kinds, **shares, rng=rng) for piece in pieces]
        made = [codes.decode(encode(piece)) for piece in noisy]
        true, before, after = (windows_of(each, evaluation.window_steps) for each in (pieces, noisy, made))
        return true, before, after

    threshold = 0.5
    if len(corpus.pieces_of("validation")):
        true, _, made = through("validation")
        threshold = best_threshold(true, made, kinds)
    true, noisy, made = through(evaluation.split)
    before, after = measure_reconstruction(true, noisy, kinds), measure_reconstruction(true, made, kinds, threshold)
    scores = ("precision", "recall", "f1")
    return {f"noisy_{score}": before[score] for score in scores} | {
        f"denoised_{score}": after[score] for score in scores
    }


def named(measures: dict[str, float]) -> dict[str, np.ndarray]:
    """Measures as two arrays, ``names`` and ``values``."""
    return {"names": np.array([*measures]), "values": np.array([*measures.values()], float)}


def by_name(arrays: dict[str, np.ndarray]) -> dict[str, float]:
    """The measures that `named` made arrays of."""
    return dict(zip(arrays["names"].tolist(), arrays["values"].tolist(), strict=True))
