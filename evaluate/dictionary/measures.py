"""Measures of dictionaries on pieces that were held out: reconstruction, shifts, denoising.

Measures are stored as arrays, ``names`` and ``values``, so that tables need no knowledge of them. Windows never cross
the border of two pieces. A threshold is chosen on the validation split; where that is evaluated, or too short, it is
one half.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from embed.dictionary.sparse_codes import Encode, SparseCodes
from evaluate.dictionary.held_out import calibration_pieces, held_out_pieces, long_pieces, window_steps_of, windows_of
from evaluate.dictionary.reconstruction import Reconstruction, best_threshold, measure_codes, measure_reconstruction
from forecast.dictionary.noise import add_noise
from pipeline.notes import HIT_THRESHOLD
from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.midi.corpus import Corpus


def measure_held_out(corpus: Corpus, codes: SparseCodes, parameters: DictionaryParameters) -> dict[str, Any]:
    """Measure how well the stored codes reconstruct the pieces held out.

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
    measures = measure_reconstruction(reconstruct(corpus, codes, pieces, window_steps), kinds)
    validation = calibration_pieces(corpus, parameters)
    if len(validation) and "token" not in kinds:
        threshold = best_threshold(reconstruct(corpus, codes, validation, window_steps), kinds)
        calibrated = measure_reconstruction(reconstruct(corpus, codes, pieces, window_steps), kinds, threshold)
        measures |= {"threshold": threshold, "f1_calibrated": calibrated["f1"]}
    used = sum((np.count_nonzero(codes.piece(p), axis=0) for p in pieces), np.zeros(len(codes.patterns), int))
    n_bars = np.diff(corpus.starts)[pieces].sum() / corpus.steps_per_bar
    return named(measures | measure_codes(used, n_bars))


def reconstruct(
    corpus: Corpus, codes: SparseCodes, pieces: np.ndarray, window_steps: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield each piece's windows, and those of its reconstruction, both ``(n_windows, window_steps, n_channels)``."""
    for piece in long_pieces(corpus, pieces, window_steps):
        yield (
            windows_of(corpus.piece(piece), window_steps),
            windows_of(codes.decode(codes.piece(piece)), window_steps),
        )


def measure_shifts(
    corpus: Corpus,
    encode_windows: Encode,
    codes: SparseCodes,
    parameters: DictionaryParameters,
) -> dict[str, np.ndarray]:
    """Measure windows that are rolled in time: the error of a shift-invariant dictionary stays the same.

    Parameters
    ----------
    encode_windows : callable
        From windows ``(n_windows, n_steps, n_channels)`` to codes ``(n_windows, n_columns, n_atoms)``.

    Returns
    -------
    dict
        ``shifts``, upwards from none, ``shift_mse`` and ``shift_f1``, each ``(n_shifts,)``; empty without shifts.

    Raises
    ------
    ValueError
        If no piece is held out, none is as long as a window, or windows are no multiple of the stride.
    """
    evaluation, n_steps = parameters.evaluation, window_steps_of(corpus, parameters, "shift_window_steps")
    if not evaluation.shifts:
        return {}
    if n_steps % codes.stride_steps:
        raise ValueError(
            f"evaluation.shift_window_steps={n_steps}: must be a multiple of stride_steps={codes.stride_steps}"
        )
    pieces = held_out_pieces(corpus, parameters, "shift_window_steps")

    def roll(shift: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for piece in long_pieces(corpus, pieces, n_steps):
            rolled = np.roll(windows_of(corpus.piece(piece), n_steps), shift, axis=1)
            yield rolled, np.stack([codes.decode(code) for code in encode_windows(rolled)])

    shifts = sorted({0, *evaluation.shifts})
    measures = [measure_reconstruction(roll(shift), corpus.kinds()) for shift in shifts]
    mse, f1 = (np.array([of_shift[name] for of_shift in measures]) for name in ("mse", "f1"))
    return {"shifts": np.array(shifts), "shift_mse": mse, "shift_f1": f1}


def measure_denoising(
    corpus: Corpus, encode: Encode, codes: SparseCodes, parameters: DictionaryParameters
) -> dict[str, float]:
    """Score the hits of noisy pieces before and after they went through the dictionary.

    Parameters
    ----------
    encode : callable
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

    fractions = {"spurious": evaluation.spurious, "deleted": evaluation.deleted}

    def denoise(indices: np.ndarray) -> Iterator[list[np.ndarray]]:
        for p in long_pieces(corpus, indices, window_steps):
            piece = corpus.piece(p)
            noisy = add_noise(piece, kinds, **fractions, rng=rng)
            denoised = codes.decode(encode(noisy))
            yield [windows_of(music, window_steps) for music in (piece, noisy, denoised)]

    pieces, validation = held_out_pieces(corpus, parameters), calibration_pieces(corpus, parameters)
    threshold = HIT_THRESHOLD
    if len(validation):
        threshold = best_threshold(((piece, denoised) for piece, _, denoised in denoise(validation)), kinds)
    of_noisy, of_denoised = Reconstruction(kinds), Reconstruction(kinds, threshold)
    for piece, noisy, denoised in denoise(pieces):
        of_noisy.update(piece, noisy)
        of_denoised.update(piece, denoised)
    before, after = of_noisy.result(), of_denoised.result()
    scores = ("precision", "recall", "f1")
    return {f"noisy_{score}": before[score] for score in scores} | {
        f"denoised_{score}": after[score] for score in scores
    }


def named(measures: dict[str, float]) -> dict[str, np.ndarray]:
    """Return measures as two arrays, ``names`` and ``values``."""
    return {"names": np.array([*measures]), "values": np.array([*measures.values()], float)}


def by_name(arrays: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Return the measures that `named` made arrays of.

    Examples
    --------
    >>> by_name(named({"mse": 0.5, "atoms_used": 3}))
    {'mse': 0.5, 'atoms_used': 3.0}
    """
    return dict(zip(arrays["names"].tolist(), arrays["values"].tolist(), strict=True))
