import numpy as np
import pytest

from save_dataset.sound.inversion import invert_spectrogram, linear_magnitude
from save_dataset.sound.spectrogram import compute_spectrogram, mel_bands

RATE_HZ = 22050
SCALES = ["magnitude", "db", "log_mel"]


def sine(frequency_hz, amplitude=0.3, n_samples=40 * 1024):
    return amplitude * np.sin(2 * np.pi * frequency_hz * np.arange(n_samples) / RATE_HZ)


def spectrogram_of(samples, **settings):
    return compute_spectrogram(samples, sample_rate_hz=RATE_HZ, **settings)


def inverted(stored, frames=None, **settings):
    frames = stored["frames"] if frames is None else frames
    return invert_spectrogram(frames, stored, sample_rate_hz=RATE_HZ, max_frequency_hz=4000.0, **settings)


def pitch_of(sound):
    magnitudes = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), n=8 * len(sound)))
    return np.argmax(magnitudes) * RATE_HZ / (8 * len(sound))


def middle(sound):
    return sound[len(sound) // 4 : 3 * len(sound) // 4]


@pytest.mark.slow
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("frequency_hz", [430.66, 1000.0, 2620.0])
def test_sine_comes_back_at_its_pitch(scale, frequency_hz):
    sound = inverted(spectrogram_of(sine(frequency_hz), scale=scale))
    width_hz = RATE_HZ / 1024 if scale != "log_mel" else 0.08 * frequency_hz  # a bin, a mel band
    assert pitch_of(middle(sound)) == pytest.approx(frequency_hz, abs=width_hz)


@pytest.mark.parametrize(
    ("scale", "amplitude", "expected"),
    [("magnitude", 0.05, 0.05), ("magnitude", 0.3, 0.3), ("db", 0.01, 2)],  # the loudest pixel of decibels is 1
)
def test_sine_of_linear_magnitude_comes_back_at_its_level(scale, amplitude, expected):
    frequency_hz = 40 * RATE_HZ / 1024  # in the middle of a bin
    sound = middle(inverted(spectrogram_of(sine(frequency_hz, amplitude), scale=scale)))
    level_db = 20 * np.log10(np.sqrt(2 * np.mean(sound**2)) / expected)
    assert abs(level_db) < 2  # another taper than that of the spectrogram: its peaks are of another width


@pytest.mark.parametrize(("overlap", "scale"), [(0.0, "magnitude"), (0.5, "db"), (0.75, "log_mel")])
def test_sound_lasts_from_the_first_centre_to_the_last(overlap, scale):
    stored = spectrogram_of(sine(1000.0, n_samples=20_000), overlap=overlap, scale=scale)
    duration_s = len(inverted(stored, n_iterations=1)) / RATE_HZ
    assert duration_s == pytest.approx(stored["times_s"][-1] - stored["times_s"][0], abs=256 / RATE_HZ)


def test_change_of_pitch_comes_when_it_came():
    stored = spectrogram_of(np.concatenate([sine(600.0), sine(1800.0)]))
    sound = inverted(stored)
    assert pitch_of(sound[: len(sound) // 2 - 1024]) == pytest.approx(600, abs=22)
    assert pitch_of(sound[len(sound) // 2 + 1024 :]) == pytest.approx(1800, abs=22)


def test_spectrogram_of_the_sound_is_much_like_that_it_was_made_from():
    melody = np.concatenate([sine(frequency_hz, n_samples=8192) for frequency_hz in (400, 800, 600, 1200, 300)])
    stored = spectrogram_of(melody)
    again = spectrogram_of(np.pad(inverted(stored), (512, 512)))
    n_frames = min(len(again["frames"]), len(stored["frames"]))
    correlation = np.corrcoef(again["frames"][:n_frames].ravel(), stored["frames"][:n_frames].ravel())[0, 1]
    assert correlation > 0.95


def test_quiet_frames_are_quiet():
    stored = spectrogram_of(sine(700.0))
    sound = inverted(stored, stored["frames"] * np.linspace(1, 0, len(stored["frames"]))[:, None])
    assert np.abs(sound[-2048:]).max() < 0.1 * np.abs(sound).max()


def test_same_frames_give_the_same_sound_and_what_is_outside_0_and_1_is_cut():
    stored = spectrogram_of(sine(700.0, n_samples=20_480))
    beyond = np.where(stored["frames"] == 1, 7.0, stored["frames"]) - 7.0 * (stored["frames"] == 0)
    np.testing.assert_array_equal(inverted(stored), inverted(stored))
    np.testing.assert_allclose(inverted(stored, beyond), inverted(stored), atol=1e-5)


@pytest.mark.parametrize("scale", ["magnitude", "db"])
def test_magnitudes_are_those_that_became_pixels(scale, rng):
    samples = sine(700.0, n_samples=20_480) + 0.1 * rng.normal(size=20_480)
    stored = spectrogram_of(samples, scale=scale)
    plain = spectrogram_of(samples)
    truth = plain["lowest"] + plain["frames"] * (plain["highest"] - plain["lowest"])
    truth = truth if scale == "magnitude" else truth / truth.max()
    magnitude = linear_magnitude(stored["frames"], stored, RATE_HZ, 1024, 4000.0)
    assert magnitude.shape == (20, 513)
    n_bins = truth.shape[1]  # below, the quietest pixel is taken for silence
    np.testing.assert_allclose(magnitude[:, :n_bins], truth, rtol=1e-3, atol=4e-4)
    assert (magnitude[:, n_bins:] == 0).all()


def test_magnitudes_behind_mel_bands_peak_with_the_sound(rng):
    stored = spectrogram_of(sine(1000.0, n_samples=20_480) + 0.1 * rng.normal(size=20_480), scale="log_mel")
    magnitude = linear_magnitude(stored["frames"], stored, RATE_HZ, 1024, 4000.0)
    assert magnitude.shape == (20, 513)
    assert (magnitude >= 0).all()
    frequencies_hz = np.fft.rfftfreq(1024, 1 / RATE_HZ)
    assert abs(frequencies_hz[magnitude.mean(axis=0).argmax()] - 1000) < 60
    assert magnitude[:, frequencies_hz > 4000].max() < 1e-3 * magnitude.max()


def test_magnitudes_behind_mel_bands_fill_the_bands_again(rng):
    stored = spectrogram_of(rng.normal(size=20_480), scale="log_mel")
    magnitude = linear_magnitude(stored["frames"], stored, RATE_HZ, 1024, 4000.0)
    powers = np.square(magnitude) @ mel_bands(RATE_HZ, 1024, 4000.0, 64).T
    pixels_db = stored["lowest"] + stored["frames"] * (stored["highest"] - stored["lowest"])
    loud = stored["frames"] > 0.2
    assert loud.mean() > 0.5
    errors_db = np.abs(10 * np.log10(powers[loud]) - pixels_db[loud])
    assert np.mean(errors_db < 0.1) > 0.9


@pytest.mark.parametrize("scale", ["db", "log_mel"])
def test_floor_of_the_decibels_is_silence(scale):
    stored = spectrogram_of(np.concatenate([sine(700.0, n_samples=10_240), np.zeros(10_240)]), scale=scale)
    np.testing.assert_array_equal(linear_magnitude(stored["frames"], stored, RATE_HZ, 1024, 4000.0)[-5:], 0)
