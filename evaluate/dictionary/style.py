"""Styles told from codes, beside styles told from statistics made by hand; chords told from reconstructions."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from embed.dictionary.sparse_codes import SparseCodes
from evaluate.classification import activity_features, check_pieces, choose_pieces, measure_style
from evaluate.dictionary.chord_accuracy import chord_features, chords_of_beats, measure_chords
from evaluate.dictionary.music_statistics import statistics_of
from pipeline.notes import N_KEYS
from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.midi.above_bass import on_keys
from save_dataset.midi.corpus import NO_CHORD, Corpus


def pieces_with_style(corpus: Corpus, parameters: DictionaryParameters) -> np.ndarray:
    """Indices of the pieces whose labels are to be told apart, ``(n_chosen,)``; none if they cannot be."""
    return np.zeros(0, int) if why_no_style(corpus, parameters) else _candidates(corpus, parameters)


def why_no_style(corpus: Corpus, parameters: DictionaryParameters) -> str:
    """Why labels cannot be told apart, in a line; empty if they can."""
    pieces = _candidates(corpus, parameters)
    if not len(pieces):
        n_pieces, n_bars = parameters.style.min_pieces, parameters.style.min_bars
        return f"no label has style.min_pieces={n_pieces} pieces of style.min_bars={n_bars} or more, in two groups"
    try:
        check_pieces(np.zeros((len(pieces), 1)), corpus.labels[pieces], corpus.groups[pieces], parameters.style.folds)
    except ValueError as error:
        return str(error)
    return ""


def _candidates(corpus: Corpus, parameters: DictionaryParameters) -> np.ndarray:
    """Indices of the pieces of the labels that are frequent enough."""
    n_bars = np.diff(corpus.starts) / corpus.steps_per_bar
    limits = parameters.style.model_dump(include={"min_pieces", "max_labels", "min_bars"})
    return choose_pieces(corpus.labels, corpus.groups, n_bars, **limits)


def tell_style_from_codes(
    corpus: Corpus, mean_activity: np.ndarray, parameters: DictionaryParameters
) -> dict[str, np.ndarray]:
    """What `measure_style` says of the mean activity of atoms ``(n_pieces, n_atoms)``, with its ``pieces``."""
    return _tell_style(corpus, activity_features(mean_activity), parameters)


def tell_style_from_statistics(corpus: Corpus, parameters: DictionaryParameters) -> dict[str, np.ndarray]:
    """The same of each of `statistics_of`, rooted as codes are: ``<name of the statistics>.<name of the measure>``."""
    told: dict[str, np.ndarray] = {}
    statistics = [statistics_of(*_on_instrument(corpus, p), corpus.steps_per_bar) for p in range(corpus.n_pieces)]
    for name in statistics[0]:
        features = activity_features(np.stack([each[name] for each in statistics]))
        measures = _tell_style(corpus, features, parameters)
        told |= {f"{name}.{measure}": value for measure, value in measures.items()}
    return told


def _on_instrument(corpus: Corpus, index: int) -> tuple[np.ndarray, dict[str, slice]]:
    """A piece and its kinds of channels as drums or keys, a view from the bass as keys."""
    steps, channels = on_keys(corpus.piece(index), corpus.channels)
    return steps, replace(corpus, channels=channels).kinds()


def _tell_style(corpus: Corpus, features: np.ndarray, parameters: DictionaryParameters) -> dict[str, np.ndarray]:
    """What `measure_style` says of features ``(n_pieces, n_features)``, with the ``pieces`` it is about."""
    pieces = pieces_with_style(corpus, parameters)
    settings = parameters.style.model_dump(include={"folds", "penalty", "n_bootstrap", "seed"})
    return {"pieces": pieces} | measure_style(
        features[pieces], corpus.labels[pieces], corpus.groups[pieces], **settings
    )


def has_chords(corpus: Corpus, parameters: DictionaryParameters) -> bool:
    """Whether chords can be told: of keys, if two are known in the train split, and one in the pieces held out."""
    kinds = corpus.kinds()
    has_keys = all(kind.stop - kind.start == N_KEYS for kind in kinds.values()) and {"onset", "frame"} & set(kinds)
    chords = chords_of_beats(corpus.chords, corpus.steps_per_beat)
    splits = chords_of_beats(np.repeat(corpus.splits, np.diff(corpus.starts)), corpus.steps_per_beat)
    train, held_out = (
        np.unique(chords[(splits == split) & (chords != NO_CHORD)]) for split in ("train", parameters.evaluation.split)
    )
    return bool(has_keys) and len(train) > 1 and len(held_out) > 0


def tell_chords(corpus: Corpus, codes: SparseCodes, parameters: DictionaryParameters) -> dict[str, np.ndarray]:
    """What `measure_chords` says of reconstructions of pieces held out; its classifier learns from the train split."""
    train, test = corpus.pieces_of("train"), corpus.pieces_of(parameters.evaluation.split)
    made = [codes.decode(codes.piece(p)) for p in test]
    return measure_chords(
        *_beats_and_chords(corpus, train, [corpus.piece(p) for p in train]),
        *_beats_and_chords(corpus, test, [corpus.piece(p) for p in test]),
        _beats_and_chords(corpus, test, made)[0],
    )


def _beats_and_chords(corpus: Corpus, pieces: np.ndarray, music: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Features ``(n_beats, 88)`` and chords ``(n_beats,)`` of the beats of pieces whose music is given."""
    beats = chord_features(np.concatenate(music), corpus.kinds(), corpus.steps_per_beat)
    chords = np.concatenate([corpus.chords[corpus.starts[p] : corpus.starts[p + 1]] for p in pieces])
    return beats, chords_of_beats(chords, corpus.steps_per_beat)


def has_statistics(kinds: Mapping[str, slice]) -> bool:
    """Whether there are statistics made by hand for channels of these kinds."""
    is_piano = any(kind in kinds and kinds[kind].stop - kinds[kind].start == N_KEYS for kind in ("onset", "frame"))
    return {"hit", "velocity"} <= set(kinds) or "above_onset" in kinds or is_piano
