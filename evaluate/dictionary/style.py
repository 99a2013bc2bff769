"""Styles classified from codes, compared with styles classified from statistics made by hand."""

from dataclasses import replace

import numpy as np

from evaluate.classification import activation_features, check_pieces, choose_pieces, measure_style
from evaluate.dictionary.music_statistics import statistics_of
from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.midi.above_bass import on_keys
from save_dataset.midi.corpus import Corpus


def pieces_with_style(corpus: Corpus, parameters: DictionaryParameters) -> tuple[np.ndarray, str]:
    """Return the indices of the pieces whose labels are classified, ``(n_pieces,)``, and "".

    Where labels cannot be classified there are no pieces, and the text is a line that says why.
    """
    style, nothing = parameters.style, np.zeros(0, int)
    n_bars = np.diff(corpus.starts) / corpus.steps_per_bar
    limits = style.model_dump(include={"min_pieces", "max_labels", "min_bars"})
    pieces = choose_pieces(corpus.labels, corpus.groups, n_bars, **limits)
    if not len(pieces):
        limit = f"style.min_pieces={style.min_pieces} pieces of style.min_bars={style.min_bars} or more"
        return nothing, f"no label has {limit}, in two groups"
    try:
        check_pieces(np.zeros((len(pieces), 1)), corpus.labels[pieces], corpus.groups[pieces], style.folds)
    except ValueError as error:
        return nothing, str(error)
    return pieces, ""


def classify_style(
    corpus: Corpus, pieces: np.ndarray, magnitudes: np.ndarray, parameters: DictionaryParameters
) -> dict[str, np.ndarray]:
    """Return `measure_style` of features of these pieces, with their indices as ``pieces``.

    Parameters
    ----------
    pieces : np.ndarray (n_pieces,)
        From `pieces_with_style`.
    magnitudes : np.ndarray (n_pieces, n_features)
        Mean magnitudes of atoms, or other features that are not negative.
    """
    features = activation_features(magnitudes)
    settings = parameters.style.model_dump(include={"folds", "penalty", "n_bootstrap", "seed"})
    return {"pieces": pieces} | measure_style(features, corpus.labels[pieces], corpus.groups[pieces], **settings)


def classify_style_by_statistics(
    corpus: Corpus, pieces: np.ndarray, parameters: DictionaryParameters
) -> dict[str, np.ndarray]:
    """Return the same for each of `statistics_of`: ``<name of the statistics>.<name of the measure>``."""
    statistics = []
    for piece in pieces:
        steps, channels = on_keys(corpus.piece(piece), corpus.channels)
        statistics.append(statistics_of(steps, replace(corpus, channels=channels).kinds(), corpus.steps_per_bar))
    return {
        f"{name}.{measure}": value
        for name in statistics[0]
        for measure, value in classify_style(
            corpus, pieces, np.stack([of_piece[name] for of_piece in statistics]), parameters
        ).items()
    }
