"""What a dictionary is worth on pieces that were held out: reconstruction, shifts, noise.

Measures are stored as arrays: ``names`` of the measures beside their ``values``, so that tables need no knowledge of
them. Windows never cross the border of two pieces. A threshold is found on the validation split; where that is what is
judged, or too short, it is one half.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from embed.dictionary.sparse_codes import Encode, SparseCodes
from evaluate.dictionary.held_out import calibration_pieces, held_out_pieces, window_steps_of, windows_of
from evaluate.dictionary.reconstruction import best_threshold, measure_codes, measure_reconstruction
from forecast.dictionary.noise import add_noise
from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.midi.corpus import Corpus
from save_dataset.midi.event_tokens import MEAN, STD

UNCALIBRATED = 0.5


def measure_music(
    true: np.ndarray, made: np.ndarray, kinds: Mapping[str, slice], threshold: float = UNCALIBRATED
) -> dict[str, float]:
    """What `measure_reconstruction` says of windows of a corpus, whose tokens are numbers of unit variance."""
    return measure_reconstruction(true, made, kinds, threshold, token_mean=MEAN, token_std=STD)


def measure_held_out(corpus: Corpus, codes: SparseCodes, parameters: DictionaryParameters) -> dict[str, Any]:
    """How well the stored codes give back the pieces held out.

    Returns
    -------
    dict
        ``names`` and ``values`` of all of `evaluate.dictionary.reconstruction`, with ``f1_calibrated``, the F1 at the
        ``threshold`` that is best on validation music, where there is some.

    Raises
    ------
    ValueError
        If no piece is held out, or none is as long as a window.
    """
    kinds, window_steps = corpus.kinds(), window_steps_of(corpus, parameters)
    pieces = held_out_pieces(corpus, parameters)
    true, made = reconstruct(corpus, codes, pieces, window_steps)
    measures = measure_music(true, made, kinds)
    validation = calibration_pieces(corpus, parameters)
    if len(validation) and "token" not in kinds:
        threshold = best_threshold(*reconstruct(corpus, codes, validation, window_steps), kinds)
        calibrated = measure_music(true, made, kinds, threshold)
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
        ``shifts``, upwards from none, ``shift_mse`` and ``shift_f1``, each ``(n_shifts,)``; empty without shifts.

    Raises
    ------
    ValueError
        If no piece is held out, none is as long as a window, or windows are no whole number of strides.
    """
    evaluation, n_steps = parameters.evaluation, window_steps_of(corpus, parameters, "shift_window_steps")
    if not evaluation.shifts:
        return {}
    if n_steps % codes.stride_steps:
        raise ValueError(
            f"evaluation.shift_window_steps={n_steps}: must be a multiple of stride_steps={codes.stride_steps}"
        )
    pieces = held_out_pieces(corpus, parameters, "shift_window_steps")
    windows = windows_of([corpus.piece(p) for p in pieces], n_steps)
    shifts, measures = sorted({0, *evaluation.shifts}), []
    for shift in shifts:
        rolled = np.roll(windows, shift, axis=1)
        made = np.stack([codes.decode(code) for code in encode_windows(rolled)])
        measures.append(measure_music(rolled, made, corpus.kinds()))
    return {
        "shifts": np.array(shifts),
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
        ``noisy_<score>``, ``denoised_<score>`` for precision, recall and F1; the latter at the threshold that is best
        on noisy validation music.

    Raises
    ------
    ValueError
        If no piece is held out, none is as long as a window, or cells are no hits; see `forecast.dictionary.noise`.
    """
    evaluation, kinds, window_steps = parameters.evaluation, corpus.kinds(), window_steps_of(corpus, parameters)
    rng = np.random.default_rng(evaluation.seed)

    def through(indices: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        pieces = [corpus.piece(p) for p in indices]
        shares = {"spurious": evaluation.spurious, "deleted": evaluation.deleted}
        noisy = [add_noise(piece, kinds, **shares, rng=rng) for piece in pieces]
        made = [codes.decode(encode(piece)) for piece in noisy]
        true, before, after = (windows_of(each, window_steps) for each in (pieces, noisy, made))
        return true, before, after

    pieces, validation = held_out_pieces(corpus, parameters), calibration_pieces(corpus, parameters)
    threshold = UNCALIBRATED
    if len(validation):
        true, _, made = through(validation)
        threshold = best_threshold(true, made, kinds)
    true, noisy, made = through(pieces)
    before, after = measure_music(true, noisy, kinds), measure_music(true, made, kinds, threshold)
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
