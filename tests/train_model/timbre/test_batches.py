import numpy as np
import pytest
import tensorflow as tf

from pipeline import memory
from pipeline.sections.timbre import ShortTimeFourier
from tests.small_transfers import RATE_HZ, small_targets
from train_model.timbre.batches import draw_batches, draw_colours, read_learned, resample_to_sound_higher

FOURIER = ShortTimeFourier(sample_rate_hz=RATE_HZ, window_samples=512, hop_samples=128)
DRAWN = {
    "batch_sequences": 64,
    "sequence_frames": 6,
    "n_batches": 2,
    "colour_db": 0.0,
    "chord_fraction": 0.0,
    "seed": 3,
}


def draw(learned, epoch=0, **settings):
    batches = draw_batches(learned, epoch=tf.Variable(epoch), **DRAWN | settings)
    return [{name: array.numpy() for name, array in batch.items()} for batch in batches]


@pytest.fixture(scope="module")
def learned():
    return read_learned(small_targets(), FOURIER, (12.0,))


def test_an_octave_up_is_half_as_long_and_twice_as_high(learned):
    sine = np.sin(2 * np.pi * 300 * np.arange(RATE_HZ) / RATE_HZ)
    higher = resample_to_sound_higher(sine, 12)
    assert len(higher) == RATE_HZ // 2
    assert np.abs(np.fft.rfft(higher)).argmax() * 2 == 600
    assert learned.n_copies == 2
    strongest = [
        learned.magnitudes[start + 10, 5:].argmax() + 5  # above the fundamental's own leakage
        for start in learned.part_starts
    ]
    assert learned.part_frames[1] == pytest.approx(learned.part_frames[0] / 2, abs=1)
    assert strongest[1] == pytest.approx(2 * strongest[0], abs=1)


def test_what_is_held_out_is_not_learned(learned):
    assert learned.part_frames[0] == 1 + int(1.5 * RATE_HZ) // 128
    assert learned.part_frames.sum() == len(learned.magnitudes)


def test_batches_are_sequences_of_their_target(learned):
    (first, _) = draw(learned)
    assert first["frames"].shape == (64, 6, 257)
    assert first["loudness"].shape == (64, 6, 1)
    np.testing.assert_array_equal(first["frames"], first["clean"])
    assert set(first["targets"].argmax(axis=1)) == {0, 1}
    loudest = first["clean"].mean(axis=1)[:, 8:].argmax(axis=1) + 8  # bins; partials of 200 Hz, and of 320 Hz
    pitches_hz = np.where(first["targets"].argmax(axis=1) == 0, 200, 320)
    partials = loudest * RATE_HZ / 512 / pitches_hz
    np.testing.assert_allclose(partials, np.round(partials), atol=0.1)


def test_an_epoch_is_drawn_alike_each_time_and_others_otherwise(learned):
    settings = {"colour_db": 6.0, "chord_fraction": 0.5}
    first, again, other = (draw(learned, epoch, **settings) for epoch in (0, 0, 1))
    for name in first[0]:
        np.testing.assert_array_equal(first[0][name], again[0][name])
    assert not np.array_equal(first[0]["frames"], first[1]["frames"])
    assert not np.array_equal(first[0]["frames"], other[0]["frames"])


def test_colours_are_on_what_is_seen_only(learned):
    plain, coloured = draw(learned)[0], draw(learned, colour_db=8.0)[0]
    np.testing.assert_array_equal(plain["clean"], coloured["clean"])
    np.testing.assert_array_equal(plain["loudness"], coloured["loudness"])
    assert np.abs(plain["frames"] - coloured["frames"]).max() > 0.1


def test_colours_have_the_deviation_and_are_smooth():
    decibels = 20 * np.log10(draw_colours(2000, 257, 8.0, tf.constant([1, 2])))
    assert decibels.std() == pytest.approx(8, rel=0.05)
    assert np.abs(np.diff(decibels)).max() < 3


def test_chords_have_more_than_one_sequence(learned):
    alone, chords = draw(learned)[0], draw(learned, chord_fraction=1.0)[0]
    assert (chords["loudness"] >= alone["loudness"] - 1e-6).all()
    assert not np.array_equal(alone["clean"], chords["clean"])


def test_copies_that_do_not_fit_into_memory_are_refused(monkeypatch):
    monkeypatch.setattr(memory, "MAX_GB", 1e-3)
    monkeypatch.setattr(memory, "machine_gb", lambda: 0.0)
    read_learned(small_targets(), FOURIER, ())
    with pytest.raises(ValueError, match=r"^training.copies_semitones=\[-12.0, .*: would need .*; take fewer, raise"):
        read_learned(small_targets(), FOURIER, (-12.0,) * 3)
