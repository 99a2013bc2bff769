import numpy as np
import pytest

from save_dataset.midi import piano_roll
from save_dataset.midi.above_bass import N_ABOVE, channel_names, from_roll, on_keys, to_roll


def random_roll(rng, n_steps=200, widest=60, highest=87):
    """A roll in which every onset sounds, each step no wider than some semitones; some steps are silent."""
    frames = np.zeros((n_steps, 88), bool)
    lowest = rng.integers(0, highest + 1 - widest, n_steps)
    for step, low in enumerate(lowest[:-5]):
        frames[step, low + rng.integers(0, widest, 4)] = True
    onsets = frames & (rng.random(frames.shape) < 0.5)
    return np.concatenate([onsets, frames], axis=1).astype(np.float32)


def test_a_roll_comes_back_from_its_view(rng):
    roll = random_roll(rng)
    view = from_roll(roll)
    assert view.shape == (200, len(channel_names())) == (200, 175)
    np.testing.assert_array_equal(to_roll(view), roll)


@pytest.mark.parametrize("semitones", [1, 5, 12])
def test_what_stands_above_the_bass_does_not_change_with_the_key(rng, semitones):
    roll = random_roll(rng, widest=40, highest=87 - 12)
    above = slice(0, 2 * N_ABOVE)
    transposed = from_roll(piano_roll.transpose(roll, semitones))
    np.testing.assert_array_equal(transposed[:, above], from_roll(roll)[:, above])


def test_the_channels_say_what_is_played():
    roll = np.zeros((1, 176), np.float32)
    roll[0, 88 + np.array([27, 31, 34])] = 1  # C3, E3, G3, of which E3 is struck
    roll[0, 31] = 1
    view = from_roll(roll)[0]
    played = {channel_names()[channel]: float(view[channel]) for channel in np.flatnonzero(view)}
    assert played == {
        "above_onset 4": 1, "above_frame 0": 0.5, "above_frame 4": 0.5, "above_frame 7": 0.5,
        "bass_band 3": 1, "bass_class C": 0.25,
    }  # fmt: skip


def test_a_guess_has_the_bass_that_most_speaks_for():
    view = from_roll(np.eye(1, 176, 88 + 27) + np.eye(1, 176, 27))
    guess = 0.6 * view
    guess[0, channel_names().index("bass_class A")] = 0.1
    np.testing.assert_allclose(to_roll(guess)[0, [27, 88 + 27]], 0.6, rtol=1e-6)


def test_other_music_stays_as_it_is(rng):
    steps = rng.random((4, 3))
    shown, channels = on_keys(steps, ["hit a", "velocity a", "offset a"])
    np.testing.assert_array_equal(shown, steps)
    assert channels.tolist() == ["hit a", "velocity a", "offset a"]
    rolls = np.stack([random_roll(rng), random_roll(rng)])
    views = np.stack([from_roll(roll) for roll in rolls])
    shown, channels = on_keys(views, channel_names())
    np.testing.assert_array_equal(shown, rolls)
    assert channels.tolist() == piano_roll.channel_names("onsets_frames")
