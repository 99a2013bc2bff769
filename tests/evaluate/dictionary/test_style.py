from dataclasses import replace

import numpy as np
import pytest

from embed.dictionary.sparse_codes import SparseCodes
from evaluate.classification import measure_style
from evaluate.dictionary.music_statistics import statistics_of
from evaluate.dictionary.style import (
    has_chords,
    has_statistics,
    pieces_with_style,
    tell_chords,
    tell_style_from_codes,
    tell_style_from_statistics,
    why_no_style,
)
from pipeline.parameters import load
from save_dataset.midi import above_bass
from save_dataset.midi.corpus import NO_CHORD, Corpus
from tests.small_dictionary import TEXT

N_PIECES = 24
LABELS = np.array(["jazz", "rock", "waltz", ""]).repeat(6)
GROUPS = np.array([f"session {n}" for n in range(N_PIECES // 2)]).repeat(2)
SETTINGS = "min_pieces = 4\nfolds = 3\nn_bootstrap = 20"
DRUM_CHANNELS = [f"{kind} {drum}" for kind in ("hit", "velocity") for drum in range(3)]
KEY_CHANNELS = [f"{kind} {key}" for kind in ("onset", "frame") for key in range(88)]


@pytest.fixture
def make_parameters(write_parameters):
    def make(style=SETTINGS, evaluation=""):
        text = f"{TEXT}\n[style]\n{style}\n[evaluation]\n{evaluation}"
        return load("beats", write_parameters(text, "beats"))

    return make


def make_corpus(steps, channels, **fields):
    """Pieces of a bar each, from music of all of them, ``(24 * 16, n_channels)``."""
    known = {"labels": LABELS, "groups": GROUPS, "splits": np.resize(["train", "train", "test"], N_PIECES)}
    known |= {"chords": np.full(len(steps), NO_CHORD)}
    return Corpus(
        steps=np.asarray(steps, np.float32),
        starts=16 * np.arange(N_PIECES + 1),
        names=np.array([f"{n}.mid" for n in range(N_PIECES)]),
        bpm=np.full(N_PIECES, 120.0),
        channels=np.array(channels),
        steps_per_beat=4,
        steps_per_bar=16,
        **known | fields,
    )


@pytest.fixture
def drums(rng):
    """Each label has a drum of its own, struck at random."""
    drum = np.unique(LABELS, return_inverse=True)[1].repeat(16) % 3
    hits = (rng.random((N_PIECES * 16, 3)) < 0.7) * np.eye(3)[drum]
    return make_corpus(np.hstack([hits, 0.5 * hits]), DRUM_CHANNELS)


@pytest.fixture
def chords(rng):
    """Triads of C major, or of A minor, in whole beats; every piece has both; the last beat of each is unknown."""
    chord = rng.permuted(np.tile([0, 21], (N_PIECES, 2)), axis=1)  # (n_pieces, 4 beats)
    triads = np.zeros((22, 88))
    for number, pitches in {0: (48, 52, 55), 21: (57, 60, 64)}.items():
        triads[number, np.array(pitches) - 21] = 1
    of_steps = chord.ravel().repeat(4)
    told = np.where(np.arange(len(of_steps)) % 16 < 12, of_steps, NO_CHORD)
    return make_corpus(triads[of_steps], [f"frame {key}" for key in range(88)], chords=told)


@pytest.fixture
def keys(rng):
    """Random onsets, within a piece of each hand's reach, whose keys sound at least in that step."""
    onsets = (rng.random((N_PIECES * 16, 88)) < 0.05) * (np.abs(np.arange(88) - 40) < 20)
    frames = onsets | (rng.random(onsets.shape) < 0.02) & (np.abs(np.arange(88) - 40) < 20)
    return make_corpus(np.hstack([onsets, frames]), KEY_CHANNELS)


def identity_codes(corpus, factor=1.0):
    """Codes that have each channel as an atom, with all values multiplied."""
    columns, atoms = np.nonzero(corpus.steps)
    n_channels = corpus.steps.shape[1]
    return SparseCodes(
        columns=columns,
        atoms=atoms,
        values=(factor * corpus.steps[columns, atoms]).astype(np.float32),
        starts=corpus.starts,
        patterns=np.eye(n_channels, dtype=np.float32)[:, None],
        bias=np.zeros(n_channels, np.float32),
        stride_steps=1,
    )


def activity_of(corpus):
    return np.stack([corpus.piece(p).mean(axis=0) for p in range(corpus.n_pieces)])


def test_atoms_that_belong_to_a_label_tell_it(drums, make_parameters):
    told = tell_style_from_codes(drums, activity_of(drums), make_parameters())
    assert told["pieces"].tolist() == list(range(18))  # the last six have no label
    assert told["accuracy"] == 1
    assert told["class_names"].tolist() == ["jazz", "rock", "waltz"]


def test_style_is_told_from_the_root_of_activity_of_the_chosen_pieces(drums, make_parameters, rng):
    activity = rng.random((N_PIECES, 5)) ** 4
    settings = {"folds": 3, "penalty": 0.1, "n_bootstrap": 20, "seed": 0}
    expected = measure_style(np.sqrt(activity[:18]), LABELS[:18], GROUPS[:18], **settings)
    told = tell_style_from_codes(drums, activity, make_parameters())
    for name, value in expected.items():
        np.testing.assert_array_equal(told[name], value, err_msg=name)


def test_statistics_tell_the_same_measures_under_their_names(drums, make_parameters):
    told = tell_style_from_statistics(drums, make_parameters())
    assert told["mean_bar.accuracy"] == 1
    by_codes = tell_style_from_codes(drums, activity_of(drums), make_parameters())
    assert {*told} == {f"mean_bar.{name}" for name in by_codes}


def test_view_from_the_bass_has_the_statistics_of_its_keys(keys, make_parameters):
    view = replace(keys, steps=above_bass.from_roll(keys.steps), channels=np.array(above_bass.channel_names()))
    assert has_statistics(view.kinds())
    of_keys, of_view = (tell_style_from_statistics(corpus, make_parameters()) for corpus in (keys, view))
    assert {name.partition(".")[0] for name in of_view} == {*statistics_of(keys.piece(0), keys.kinds(), 16)}
    for name, value in of_keys.items():
        np.testing.assert_array_equal(of_view[name], value, err_msg=name)


@pytest.mark.parametrize(
    ("kinds", "is_known"),
    [
        (("hit", "velocity"), True),
        (("hit",), False),
        (("frame",), True),
        (("onset", "frame"), True),
        (("token",), False),
    ],
)
def test_which_music_has_statistics(kinds, is_known):
    width = 9 if "hit" in kinds else 88
    slices = {kind: slice(width * n, width * (n + 1)) for n, kind in enumerate(kinds)}
    assert has_statistics(slices) == is_known


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
def test_style_that_cannot_be_told_is_no_error_and_has_a_reason(drums, make_parameters, fields, style, reason):
    corpus, parameters = replace(drums, **fields), make_parameters(style)
    assert why_no_style(corpus, parameters).startswith(reason)
    assert len(pieces_with_style(corpus, parameters)) == 0


def test_style_that_can_be_told_has_no_reason_against_it(drums, make_parameters):
    assert why_no_style(drums, make_parameters()) == ""


def test_chords_are_known_of_keys_in_what_is_learned_from_and_what_is_judged(chords, drums, make_parameters):
    parameters = make_parameters()
    assert has_chords(chords, parameters)
    assert not has_chords(chords, make_parameters(evaluation="split = 'validation'"))
    assert not has_chords(drums, parameters)
    is_test = chords.splits.repeat(16) == "test"
    assert not has_chords(replace(chords, chords=np.where(is_test, NO_CHORD, chords.chords)), parameters)
    assert not has_chords(replace(chords, chords=np.where(is_test, chords.chords, 0)), parameters)  # one to learn
    between = np.arange(len(chords.chords)) % 4 > 0
    assert not has_chords(replace(chords, chords=np.where(between, chords.chords, NO_CHORD)), parameters)
    tokens = replace(chords, steps=chords.steps[:, :1], channels=np.array(["token"]))
    assert not has_chords(tokens, parameters)


def test_chords_survive_in_codes_that_are_exact_and_not_in_silence(chords, make_parameters):
    exact, silent = (tell_chords(chords, identity_codes(chords, factor), make_parameters()) for factor in (1.0, 0.0))
    assert exact["clean"] == exact["reconstructed"] == exact["template"] == 1
    assert exact["n_beats"] == 8 * 3
    assert silent["clean"] == 1
    assert silent["reconstructed"] < 0.8


def test_chords_are_judged_on_the_pieces_that_are_held_out(chords, make_parameters):
    codes = identity_codes(chords)
    in_test = chords.splits.repeat(16)[codes.columns] == "test"
    silent_train = replace(codes, values=np.where(in_test, codes.values, 0).astype(np.float32))
    assert tell_chords(chords, silent_train, make_parameters())["reconstructed"] == 1
