from dataclasses import replace

import numpy as np
import pytest

from evaluate.dictionary.chord_accuracy import chord_features, closest_triads, has_chords, measure_chords, score_chords
from pipeline.parameters import load
from save_dataset.midi.corpus import NO_CHORD
from tests.small_dictionary import TEXT, codes_of
from tests.small_midi import make_corpus

A0, C4, A4 = 0, 39, 48
BOTH = {"onset": slice(0, 88), "frame": slice(88, 176)}
TRIADS = {"major": (0, 4, 7), "minor": (0, 3, 7)}


def strike(*keys):
    beat = np.zeros((1, 88))
    beat[0, list(keys)] = 1
    return beat


def compose(rng, n_beats):
    """Triads of one note in each of three octaves, and of all classes: beats and their chords."""
    chords = rng.integers(0, 24, n_beats)
    thirds = np.where(chords < 12, 4, 3)
    classes = (chords[:, None] + np.stack([np.zeros(n_beats, int), thirds, np.full(n_beats, 7)], axis=1)) % 12
    beats = np.zeros((n_beats, 88))
    np.put_along_axis(beats, 3 + classes + 12 * rng.permuted(np.tile([1, 2, 3], (n_beats, 1)), axis=1), 1, axis=1)
    return beats, chords


def test_triads_have_the_class_of_their_root():
    assert closest_triads(strike(A0, A0 + 3, A0 + 7)) == [21]  # A minor
    assert closest_triads(strike(C4 + 7, C4 + 11, C4 + 26)) == [7]  # G major over three octaves
    for root in range(12):
        for quality, (mode, semitones) in enumerate(TRIADS.items()):
            assert closest_triads(strike(*(C4 + root + s for s in semitones))) == [root + 12 * quality], mode


def test_closest_triad_is_the_one_that_correlates_most(rng):
    beats = rng.random((50, 88)) ** 8  # no two triads are as close
    chroma = np.stack([beats[:, (np.arange(88) + 9) % 12 == pitch].sum(axis=1) for pitch in range(12)], axis=1)
    templates = [
        np.isin(np.arange(12), (root + np.array(triad)) % 12) for triad in TRIADS.values() for root in range(12)
    ]
    correlations = np.corrcoef(chroma, np.array(templates, float))[:50, 50:]
    np.testing.assert_array_equal(closest_triads(beats), correlations.argmax(axis=1))


def test_beat_is_the_fraction_of_its_steps_in_which_a_key_sounds():
    steps = np.zeros((8, 176))
    steps[1, A4] = 1
    steps[1:6, 88 + A4] = 1
    np.testing.assert_array_equal(chord_features(steps, BOTH, 4)[:, A4], [0.75, 0.5])
    np.testing.assert_array_equal(chord_features(steps[:, :88], {"onset": slice(0, 88)}, 4)[:, A4], [0.25, 0])
    assert chord_features(steps, BOTH, 4).sum() == 1.25


def test_triads_are_learned_and_lost_with_their_thirds(rng):
    train, test = compose(rng, 4000), compose(rng, 500)
    without_thirds = test[0].copy()
    thirds = (test[1] + np.where(test[1] < 12, 4, 3)) % 12
    without_thirds[(np.arange(88) + 9) % 12 == thirds[:, None]] = 0
    measures = score_chords(*train, *test, without_thirds)
    assert measures["template"] == 1
    assert measures["clean"] > 0.99
    assert 0.3 < measures["reconstructed"] < 0.7  # major or minor is a guess
    assert measures["majority"] == np.mean(test[1] == np.bincount(train[1]).argmax()) < 0.1
    assert measures["n_beats"] == 500


def test_classifier_finds_what_no_triad_is(rng):
    beats, chords = compose(rng, 2000)
    other = rng.random(2000) < 0.3
    beats[other] = 0
    chords[other] = 24
    measures = score_chords(beats, chords, beats, chords, beats)
    assert measures["clean"] > 0.97
    assert measures["template"] == pytest.approx(0.7, abs=0.05)
    assert measures["majority"] == other.mean()


def test_perfect_reconstruction_is_as_good_as_clean_and_beats_of_unknown_chord_are_left_out(rng):
    (train, train_chords), (test, test_chords) = compose(rng, 600), compose(rng, 100)
    before = score_chords(train, train_chords, test, test_chords, test)
    assert before["reconstructed"] == before["clean"] > 0.9
    unknown = rng.random((50, 88))
    train, test = np.vstack([unknown, train]), np.vstack([test, unknown])
    train_chords = np.append(np.full(50, NO_CHORD), train_chords)
    test_chords = np.append(test_chords, np.full(50, NO_CHORD))
    assert score_chords(train, train_chords, test, test_chords, test) == before


@pytest.mark.parametrize(
    ("train_chords", "test_chords", "message"),
    [
        ([NO_CHORD] * 4, range(4), r"chords=\[\]: the training pieces must have two different chords .*"),
        ([7, 7, NO_CHORD, 7], range(4), r"chords=\[7\]: the training pieces must have two different chords .*"),
        (range(4), [NO_CHORD] * 4, "chords: no beat of the test pieces has a chord label; .*"),
    ],
)
def test_chords_that_are_too_few(train_chords, test_chords, message):
    beats = np.zeros((4, 88))
    with pytest.raises(ValueError, match=f"^{message}$"):
        score_chords(beats, np.array(train_chords), beats, np.array(test_chords), beats)


@pytest.mark.parametrize(
    ("steps", "kinds", "message"),
    [
        (np.zeros((10, 176)), BOTH, r"steps of shape \(10, 176\): must be a whole number of beats of 4 steps"),
        (np.zeros((8, 1)), {"token": slice(0, 1)}, r"kinds=\['token'\]: must hold onset or frame of 88 keys"),
        (np.zeros((8, 9)), {"onset": slice(0, 9)}, r"kinds=\['onset'\]: must hold onset or frame of 88 keys"),
    ],
)
def test_what_has_no_chords(steps, kinds, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        chord_features(steps, kinds, 4)


@pytest.fixture
def make_parameters(write_parameters):
    return lambda evaluation="": load("beats", write_parameters(f"{TEXT}\n[evaluation]\n{evaluation}", "beats"))


@pytest.fixture
def corpus(rng):
    """Triads of C major, or of A minor, on all steps of a beat; every piece has both; its last beat is not labelled."""
    chords = rng.permuted(np.tile([0, 21], (24, 2)), axis=1)  # (n_pieces, 4 beats)
    triads = np.zeros((22, 88))
    triads[0, [C4, C4 + 4, C4 + 7]] = triads[21, [A4, A4 + 3, A4 + 7]] = 1
    labels = np.where(np.arange(4) < 3, chords, NO_CHORD).repeat(4)
    channels = [f"frame {key}" for key in range(88)]
    return make_corpus(triads[chords.repeat(4, axis=1)], ["train", "train", "test"] * 8, labels, channels)


def exact_codes(corpus, factor=1.0):
    """Codes that have each channel as an atom, with all values multiplied."""
    n_channels = corpus.steps.shape[1]
    pieces = [factor * corpus.piece(p) for p in range(corpus.n_pieces)]
    return codes_of(pieces, np.eye(n_channels)[:, None], stride_steps=1)


def test_chords_are_labelled_in_the_train_split_and_in_what_is_held_out(corpus, make_parameters):
    parameters, chords = make_parameters(), corpus.chords
    assert has_chords(corpus, parameters)
    assert not has_chords(corpus, make_parameters("split = 'validation'"))
    assert not has_chords(replace(corpus, channels=np.array([f"hit {drum}" for drum in range(88)])), parameters)
    assert not has_chords(replace(corpus, steps=corpus.steps[:, :1], channels=np.array(["token"])), parameters)
    is_test, is_first_step = corpus.splits.repeat(16) == "test", np.arange(len(chords)) % 4 == 0
    assert not has_chords(replace(corpus, chords=np.where(is_test, NO_CHORD, chords)), parameters)
    assert not has_chords(replace(corpus, chords=np.where(is_test, chords, 0)), parameters)  # one to learn
    assert not has_chords(replace(corpus, chords=np.where(is_first_step, NO_CHORD, chords)), parameters)


def test_chords_survive_in_codes_that_are_exact_and_not_in_silence(corpus, make_parameters):
    exact, silent = (measure_chords(corpus, exact_codes(corpus, factor), make_parameters()) for factor in (1.0, 0.0))
    assert exact["clean"] == exact["reconstructed"] == exact["template"] == 1
    assert exact["n_beats"] == 8 * 3
    assert silent["clean"] == 1
    assert silent["reconstructed"] < 0.8


def test_chords_are_measured_on_the_pieces_that_are_held_out(corpus, make_parameters):
    codes = exact_codes(corpus)
    in_test = corpus.splits.repeat(16)[codes.columns] == "test"
    silent_train = replace(codes, values=np.where(in_test, codes.values, 0).astype(np.float32))
    assert measure_chords(corpus, silent_train, make_parameters())["reconstructed"] == 1
