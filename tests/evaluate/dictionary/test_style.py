from dataclasses import replace

import numpy as np
import pytest

from evaluate.classification import measure_style
from evaluate.dictionary.music_statistics import has_statistics, statistics_of
from evaluate.dictionary.style import classify_style, classify_style_by_statistics, pieces_with_style
from pipeline.parameters import load
from save_dataset.midi import above_bass
from tests import small_midi
from tests.small_dictionary import TEXT

N_PIECES = 24
LABELS = np.array(["jazz", "rock", "waltz", ""]).repeat(6)
GROUPS = np.array([f"session {n}" for n in range(N_PIECES // 2)]).repeat(2)
SETTINGS = "min_pieces = 4\nfolds = 3\nn_bootstrap = 20"
KEY_CHANNELS = [f"{kind} {key}" for kind in ("onset", "frame") for key in range(88)]


@pytest.fixture
def make_parameters(write_parameters):
    return lambda style=SETTINGS: load("beats", write_parameters(f"{TEXT}\n[style]\n{style}", "beats"))


def make_corpus(steps, channels=None):
    """Pieces of a bar each, from music of all of them, ``(24 * 16, n_channels)``."""
    corpus = small_midi.make_corpus(np.split(steps, N_PIECES), channels=channels)
    return replace(corpus, labels=LABELS, groups=GROUPS)


@pytest.fixture
def drums(rng):
    """Each label has a drum of its own, struck at random."""
    drum = np.unique(LABELS, return_inverse=True)[1].repeat(16) % 3
    hits = (rng.random((N_PIECES * 16, 3)) < 0.7) * np.eye(3)[drum]
    return make_corpus(np.hstack([hits, 0.5 * hits]))


@pytest.fixture
def keys(rng):
    """Random onsets in the middle of the keyboard, whose keys sound at least in that step."""
    onsets = (rng.random((N_PIECES * 16, 88)) < 0.05) * (np.abs(np.arange(88) - 40) < 20)
    frames = onsets | (rng.random(onsets.shape) < 0.02) & (np.abs(np.arange(88) - 40) < 20)
    return make_corpus(np.hstack([onsets, frames]), KEY_CHANNELS)


def from_codes(corpus, parameters, magnitudes=None):
    """Measures of style from the mean of each channel, or other magnitudes."""
    pieces, reason = pieces_with_style(corpus, parameters)
    assert reason == ""
    if magnitudes is None:
        magnitudes = np.stack([corpus.piece(p).mean(axis=0) for p in range(corpus.n_pieces)])
    return classify_style(corpus, pieces, magnitudes[pieces], parameters)


def from_statistics(corpus, parameters):
    return classify_style_by_statistics(corpus, pieces_with_style(corpus, parameters)[0], parameters)


def test_atoms_that_belong_to_a_label_classify_it(drums, make_parameters):
    measures = from_codes(drums, make_parameters())
    assert measures["pieces"].tolist() == list(range(18))  # the last six have no label
    assert measures["accuracy"] == 1
    assert measures["class_names"].tolist() == ["jazz", "rock", "waltz"]
    by_statistics = from_statistics(drums, make_parameters())
    assert by_statistics["mean_bar.accuracy"] == 1
    assert {*by_statistics} == {f"mean_bar.{name}" for name in measures}


def test_style_is_classified_by_square_roots_of_magnitudes_of_the_chosen_pieces(drums, make_parameters, rng):
    magnitudes = rng.random((N_PIECES, 5)) ** 4
    settings = {"folds": 3, "penalty": 0.1, "n_bootstrap": 20, "seed": 0}
    expected = measure_style(np.sqrt(magnitudes[:18]), LABELS[:18], GROUPS[:18], **settings)
    measures = from_codes(drums, make_parameters(), magnitudes)
    for name, value in expected.items():
        np.testing.assert_array_equal(measures[name], value, err_msg=name)


def test_view_from_the_bass_has_the_statistics_of_its_keys(keys, make_parameters):
    view = replace(keys, steps=above_bass.from_roll(keys.steps), channels=np.array(above_bass.channel_names()))
    assert has_statistics(view.kinds())
    of_keys, of_view = (from_statistics(corpus, make_parameters()) for corpus in (keys, view))
    assert {name.partition(".")[0] for name in of_view} == {*statistics_of(keys.piece(0), keys.kinds(), 16)}
    for name, value in of_keys.items():
        np.testing.assert_array_equal(of_view[name], value, err_msg=name)


@pytest.mark.parametrize(
    ("fields", "style", "reason"),
    [
        ({"labels": np.full(24, "")}, SETTINGS, "no label has style.min_pieces=4 pieces of style.min_bars=0 or more"),
        ({}, SETTINGS + "\nmin_bars = 2", "no label has style.min_pieces=4 pieces of style.min_bars=2 or more"),
        ({}, "min_pieces = 7", "no label has style.min_pieces=7 pieces"),
        ({"labels": np.full(24, "jazz")}, SETTINGS, "labels=['jazz']: there must be two"),
        ({"groups": np.resize(["a", "b"], 24)}, SETTINGS, "style.folds=3: there are only 2 groups of pieces"),
        ({}, "min_pieces = 4\nfolds = 7", "style.folds=7: there are only 6 pieces of jazz"),
    ],
)
def test_style_that_cannot_be_classified_is_no_error_and_has_a_reason(drums, make_parameters, fields, style, reason):
    pieces, why = pieces_with_style(replace(drums, **fields), make_parameters(style))
    assert why.startswith(reason)
    assert len(pieces) == 0
