"""Styles told from codes, beside styles told from statistics made by hand; chords told from reconstructions."""

from collections.abc import Mapping

import numpy as np

from embed.sparse_codes import SparseCodes
from evaluate.chord_accuracy import chord_features, chords_of_beats, measure_chords
from evaluate.music_statistics import statistics_of
from evaluate.style import activity_features, choose_pieces, measure_style
from pipeline.dictionary_study import DictionaryParameters
from save_dataset.corpus import NO_CHORD, Corpus

N_KEYS = 88


def pieces_with_style(corpus: Corpus, parameters: DictionaryParameters) -> np.ndarray:
    """Indices of the pieces whose labels are to be told apart, ``(n_chosen,)``; none if there are no two labels."""
    n_bars = np.diff(corpus.starts) / corpus.steps_per_bar
    limits = parameters.style.model_dump(include={"min_pieces", "max_labels", "min_bars"})
    chosen = choose_pieces(corpus.labels, corpus.groups, n_bars, **limits)
    return chosen if len(np.unique(corpus.labels[chosen])) > 1 else np.zeros(0, int)


def tell_style_from_codes(
    corpus: Corpus, mean_activity: np.ndarray, parameters: DictionaryParameters
) -> dict[str, np.ndarray]:
    """What `measure_style` says of the mean activity of atoms ``(n_pieces, n_atoms)``, with its ``pieces``."""
    return tell_style(corpus, activity_features(mean_activity), parameters)


def tell_style_from_statistics(corpus: Corpus, parameters: DictionaryParameters) -> dict[str, np.ndarray]:
    """The same of each of `statistics_of`, rooted as codes are: ``<name of the statistics>.<name of the measure>``."""
    told: dict[str, np.ndarray] = {}
    statistics = [statistics_of(corpus.piece(p), corpus.kinds(), corpus.steps_per_bar) for p in range(corpus.n_pieces)]
    for name in statistics[0]:
        features = activity_features(np.stack([each[name] for each in statistics]))
        measures = tell_style(corpus, features, parameters)
        told |= {f"{name}.{measure}": value for measure, value in measures.items()}
    return told


def tell_style(corpus: Corpus, features: np.ndarray, parameters: DictionaryParameters) -> dict[str, np.ndarray]:
    """What `measure_style` says of features ``(n_pieces, n_features)``, with the ``pieces`` it is about."""
    pieces = pieces_with_style(corpus, parameters)
    settings = parameters.style.model_dump(include={"folds", "penalty", "n_bootstrap", "seed"})
    return {"pieces": pieces} | measure_style(
        features[pieces], corpus.labels[pieces], corpus.groups[pieces], **settings
    )


def has_chords(corpus: Corpus) -> bool:
    """Whether chords can be told: the channels are keys, and both train and test have chords that are known."""
    kinds = corpus.kinds()
    has_keys = all(kind.stop - kind.start == N_KEYS for kind in kinds.values()) and {"onset", "frame"} & set(kinds)
    splits = np.repeat(corpus.splits, np.diff(corpus.starts))
    known = set(splits[corpus.chords != NO_CHORD])
    return bool(has_keys) and {"train", "test"} <= known


def tell_chords(corpus: Corpus, codes: SparseCodes, parameters: DictionaryParameters) -> dict[str, np.ndarray]:
    """What `measure_chords` says of reconstructions of pieces held out; its classifier learns from the train split."""
    train, test = corpus.pieces_of("train"), corpus.pieces_of(parameters.evaluation.split)
    made = [codes.decode(codes.piece(p)) for p in test]
    return measure_chords(
        *beats_and_chords(corpus, train, [corpus.piece(p) for p in train]),
        *beats_and_chords(corpus, test, [corpus.piece(p) for p in test]),
        beats_and_chords(corpus, test, made)[0],
    )


def beats_and_chords(corpus: Corpus, pieces: np.ndarray, music: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Features ``(n_beats, 88)`` and chords ``(n_beats,)`` of the beats of pieces whose music is given."""
    beats = chord_features(np.concatenate(music), corpus.kinds(), corpus.steps_per_beat)
    chords = np.concatenate([corpus.chords[corpus.starts[p] : corpus.starts[p + 1]] for p in pieces])
    return beats, chords_of_beats(chords, corpus.steps_per_beat)


def has_statistics(kinds: Mapping[str, slice]) -> bool:
    """Whether there are statistics made by hand for channels of these kinds."""
    is_piano = any(kind in kinds and kinds[kind].stop - kinds[kind].start == N_KEYS for kind in ("onset", "frame"))
    return "hit" in kinds or is_piano
