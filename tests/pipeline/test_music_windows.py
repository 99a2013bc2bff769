import numpy as np
import pytest
import tensorflow as tf

from pipeline.data_generator import music_windows, transpose
from pipeline.packed_steps import PackedSteps, pack
from tests.small_midi import make_corpus

KEYS = 7
OTHER, UNKNOWN = 24, -1


@pytest.fixture
def numbered():
    """Steps that hold their own number."""
    return np.repeat(np.arange(60.0, dtype=np.float32)[:, None], 2, axis=1)


def batches_of(steps, starts, window_steps=4, per_batch=3, number=0, seed=0, **options):
    settings = {"windows_per_batch": per_batch, "seed": seed, "epoch": tf.Variable(number), **options}
    dataset = music_windows(steps, np.asarray(starts), window_steps, **settings)
    batches = list(dataset.as_numpy_iterator())
    assert len(batches) == int(dataset.cardinality())
    return batches


def starts_of(batches):
    return [int(window[0, 0]) for batch in batches for window in batch]


@pytest.mark.parametrize("per_batch", [1, 2, 5, 10, 3, 4, 7, 25])
def test_an_epoch_has_every_window_and_fills_the_last_batch_with_some_twice(numbered, per_batch):
    starts = np.arange(0, 50, 5)
    batches = batches_of(numbered, starts, per_batch=per_batch)
    assert {batch.shape for batch in batches} == {(per_batch, 4, 2)}
    assert len(batches) == -(-10 // per_batch)
    assert set(starts_of(batches)) == set(starts_of(batches)[:10]) == set(starts)


def test_windows_are_pieces_of_the_music(numbered):
    for batch in batches_of(numbered, [0, 7, 56, 3]):
        for window in batch:
            start = int(window[0, 0])
            np.testing.assert_array_equal(window, numbered[start : start + 4])


def test_windows_of_packed_music_are_those_of_floats(rng):
    is_on, levels = rng.random((60, 11)) < 0.3, np.linspace(0.25, 1, 11, dtype=np.float32)
    of_floats, of_bits = (
        batches_of(steps, [0, 7, 56, 3]) for steps in (is_on * levels, PackedSteps(pack(is_on), levels))
    )
    np.testing.assert_array_equal(of_bits, of_floats)


def test_windows_never_cross_pieces(rng):
    pieces = [np.full((16 * n_bars, 6), float(index)) for index, n_bars in enumerate([2, 1, 3, 1, 4])]
    corpus = make_corpus(pieces)
    for hop_steps in (1, 5, None):
        starts = corpus.windows(range(5), 12, hop_steps)
        windows = np.concatenate(batches_of(corpus.steps, starts, window_steps=12, per_batch=8))
        assert (windows == windows[:, :1, :1]).all()
        assert set(windows[:, 0, 0]) == set(range(5))


def test_order_differs_by_epoch_and_seed_and_repeats(numbered):
    def order(**options):
        return starts_of(batches_of(numbered, np.arange(0, 50, 5), per_batch=2, **options))

    assert order(number=3) == order(number=3)
    assert order(number=3) != order(number=4)
    assert order(number=3, seed=1) != order(number=3)
    assert order(seed=2**32 - 1) == order(seed=2**32 - 1)


def test_the_chord_of_each_beat_follows_its_window(numbered):
    chords = np.arange(60) // 4 % 25 - 1  # changes with each beat of four steps
    options = {"window_steps": 12, "chords": chords, "steps_per_beat": 4, "per_batch": 5}
    for ((windows, classes),) in batches_of(numbered, np.arange(0, 48, 4), **options):
        assert classes.shape == (5, 3)
        np.testing.assert_array_equal(classes, chords[windows[:, ::4, 0].astype(int)])


@pytest.mark.parametrize("shift", [-11, -KEYS, -2, 0, 1, KEYS - 1, KEYS, 11])
def test_keys_are_transposed_within_their_kind_and_lost_off_the_board(rng, shift):
    windows = rng.normal(size=(2, 5, 3 * KEYS)).astype(np.float32)
    expected = np.zeros_like(windows).reshape(2, 5, 3, KEYS)
    for key in range(KEYS):
        if 0 <= key + shift < KEYS:
            expected[..., key + shift] = windows.reshape(2, 5, 3, KEYS)[..., key]
    shifted = transpose(tf.constant(windows), tf.constant(shift), KEYS).numpy()
    np.testing.assert_array_equal(shifted, expected.reshape(windows.shape))


@pytest.fixture
def transposed():
    """Many batches of one window: a key in the middle that sounds in two kinds, and chords of every class."""
    chords = np.arange(26) - 1
    roll = np.zeros((26, 2 * 25), np.float32)
    roll[:, [12, 25 + 12]] = 1, 0.5
    options = {"chords": chords, "transpose_semitones": 11, "keys": 25}
    return chords, [pair for (pair,) in batches_of(roll, [0] * 150, window_steps=26, per_batch=1, **options)]


def shift_of(window):
    (key,) = set(np.nonzero(window[:, :25])[1])
    return key - 12


def test_all_shifts_come_up_and_chords_are_transposed_with_the_notes(transposed):
    chords, pairs = transposed
    assert {shift_of(windows[0]) for windows, _ in pairs} == set(range(-11, 12))
    for windows, classes in pairs:
        shift = shift_of(windows[0])
        np.testing.assert_array_equal(windows[0][:, 25:], windows[0][:, :25] / 2)
        for before, after in zip(chords, classes[0], strict=True):
            if before in (OTHER, UNKNOWN):
                assert after == before
            else:
                assert after // 12 == before // 12
                assert (after - before - shift) % 12 == 0


def test_transpositions_differ_by_batch_and_repeat_with_the_epoch():
    roll = np.zeros((40, 25), np.float32)
    roll[:, 12] = 1

    def shifts(number, seed=0):
        batches = batches_of(roll, range(40), 1, 1, number=number, seed=seed, transpose_semitones=11, keys=25)
        return [shift_of(batch[0]) for batch in batches]

    assert len(set(shifts(0))) > 5
    assert shifts(1) == shifts(1)
    assert shifts(1) != shifts(2)
    assert shifts(1, seed=2**32 - 1) != shifts(1)
