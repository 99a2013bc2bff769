import io

import librosa
import numpy as np
import pytest
import soundfile
from scipy.ndimage import gaussian_filter1d
from scipy.signal import correlate

from embed.pages.mp3 import MAX_BYTES, encode_sound, rates_for


def decode(sound):
    return soundfile.read(io.BytesIO(sound))


def noise(rng, n_samples):
    smooth = gaussian_filter1d(rng.normal(size=n_samples), 4)
    return (0.8 * smooth / np.abs(smooth).max()).astype(np.float32)


@pytest.mark.parametrize("rate_hz", [32000, 44100, 48000])
def test_the_sound_is_not_shifted_and_as_long_as_before(rng, rate_hz):
    samples = noise(rng, 2 * rate_hz + 17)
    decoded, decoded_rate_hz = decode(encode_sound(samples, rate_hz))
    assert (decoded_rate_hz, len(decoded)) == (rate_hz, len(samples))
    assert np.argmax(correlate(decoded, samples, method="fft")) == len(samples) - 1
    assert np.corrcoef(decoded, samples)[0, 1] > 0.95


@pytest.mark.parametrize("rate_hz", [1000, 22050, 96000])
def test_other_rates_are_resampled(rng, rate_hz):
    tone = 0.5 * np.sin(2 * np.pi * 100 * np.arange(2 * rate_hz) / rate_hz)
    decoded, decoded_rate_hz = decode(encode_sound(tone, rate_hz))
    assert decoded_rate_hz == 44100
    assert np.argmax(np.abs(np.fft.rfft(decoded))) / 2 == pytest.approx(100, abs=0.5)


def test_the_bit_rate_is_constant_and_another_can_be_asked_for(rng):
    samples = noise(rng, 4 * 44100)
    encoded = encode_sound(samples, 44100, encoded_rate_hz=32000, bits_per_s=48_000)
    decoded, rate_hz = decode(encoded)
    assert (rate_hz, len(decoded)) == (32000, 4 * 32000)
    assert 8 * len(encoded) / 4 == pytest.approx(48_000, rel=0.05)
    # by default 80 kbit per second
    sizes = [len(encode_sound(noise(rng, seconds * 44100), 44100)) for seconds in (1, 2)]
    assert 8 * (sizes[1] - sizes[0]) == pytest.approx(80_000, rel=0.02)


def test_what_is_too_loud_is_made_quieter_not_cut():
    tone = 3 * np.sin(2 * np.pi * 440 * np.arange(44100) / 44100)
    decoded, _ = decode(encode_sound(tone, 44100))
    spectrum = np.abs(np.fft.rfft(decoded))
    assert spectrum[3 * 440] < 0.005 * spectrum[440]  # a cut sine has a third harmonic


@pytest.mark.parametrize("duration_s", [10.0, 1099.0, 1200.0, 2400.0, 3600.0, 5400.0])
def test_a_long_sound_is_made_smaller(duration_s):
    encoded_rate_hz, bits_per_s = rates_for(duration_s)
    assert (encoded_rate_hz is None) == (duration_s < 1100)
    assert bits_per_s * duration_s / 8 <= MAX_BYTES
    assert bits_per_s >= 16_000


def test_a_sound_that_is_made_smaller_is_neither_shifted_nor_dependent_on_how_much_is_encoded_at_once(rng, monkeypatch):
    samples = noise(rng, 3 * 44100 + 17)
    encoded = encode_sound(samples, 44100, encoded_rate_hz=24000, bits_per_s=24_000)
    decoded, rate_hz = decode(encoded)
    expected = librosa.resample(samples, orig_sr=44100, target_sr=24000)
    assert rate_hz == 24000
    assert abs(len(decoded) - len(expected)) < 50
    assert abs(np.argmax(correlate(decoded, expected, method="fft")) - (len(expected) - 1)) <= 1
    monkeypatch.setattr("embed.pages.mp3.SAMPLES_AT_ONCE", 5000)
    assert encode_sound(samples, 44100, encoded_rate_hz=24000, bits_per_s=24_000) == encoded
