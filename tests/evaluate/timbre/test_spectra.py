import librosa
import numpy as np
import pytest

from evaluate.timbre import spectra
from pipeline.sections.timbre import ShortTimeFourier

FOURIER = ShortTimeFourier()
TIMES_S = np.arange(22050) / 22050


def of(samples):
    return spectra.spectra_of(samples.astype(np.float32), FOURIER)


def tone(hz, decay=1.0):
    return sum(np.sin(2 * np.pi * hz * h * TIMES_S) / h**decay for h in range(1, 20))


@pytest.fixture
def noise(rng):
    return rng.normal(size=22050)


def test_distance_is_the_known_tilt():
    bands = np.ones(80)
    assert spectra.log_spectral_distance(bands, bands) == 0
    assert spectra.log_spectral_distance(bands, 2 * bands) == pytest.approx(10 * np.log10(2))
    tilt_db = np.linspace(-10, 10, 80)
    expected = np.sqrt(np.mean(tilt_db**2))
    assert spectra.log_spectral_distance(bands, 10 ** (tilt_db / 10)) == pytest.approx(expected)


def test_distance_has_a_floor():
    deep, bottomless = np.array([1, 1e-7]), np.array([1, 0])
    assert spectra.log_spectral_distance(deep, bottomless) == 0
    assert spectra.log_spectral_distance(np.ones(2), bottomless) == pytest.approx(60 / np.sqrt(2))


def test_mean_spectrum_has_no_level_and_no_rests(noise):
    expected = spectra.mean_spectrum(of(noise))
    assert expected.sum() == pytest.approx(1, rel=1e-5)
    rests = np.concatenate([0.01 * noise, np.zeros(22050), 1e-5 * noise])
    assert spectra.log_spectral_distance(spectra.mean_spectrum(of(rests)), expected) < 0.3


def test_reconstruction_is_the_known_gain_where_the_source_is_loud(noise):
    source, other = of(noise), of(np.concatenate([noise, 1e-3 * noise]))
    assert spectra.reconstruction_db(source, source) == 0
    assert spectra.reconstruction_db(of(2 * noise), source) == pytest.approx(20 * np.log10(2), abs=1e-3)
    quiet_is_wrong = of(np.concatenate([noise, 0 * noise]))
    assert spectra.reconstruction_db(quiet_is_wrong, other) < 0.5


def test_what_stays_is_continuous():
    steady, alternating = tone(220), np.where(TIMES_S * 4 % 1 < 0.5, tone(220), tone(220, decay=0.2))
    assert spectra.continuity(of(steady)) < 0.2 * spectra.continuity(of(alternating))


@pytest.mark.parametrize("hz", [500, 3000])
def test_bandwidth_of_a_sine_is_its_frequency(hz):
    assert spectra.bandwidth_hz(of(np.sin(2 * np.pi * hz * TIMES_S))) == pytest.approx(hz, abs=25)


def test_bandwidth_of_noise_is_a_fraction_of_all(noise):
    assert spectra.bandwidth_hz(of(noise)) == pytest.approx(0.95 * 11025, rel=0.01)


def test_level_error_is_that_of_a_known_envelope(noise):
    assert spectra.level_error_db(of(5 * noise), of(noise)) == pytest.approx(0, abs=1e-4)
    fade = 10 ** (np.linspace(-6, 6, 22050) / 20)  # the median distance from its middle is a quarter of it
    assert spectra.level_error_db(of(fade * noise), of(noise)) == pytest.approx(3, abs=0.3)


def test_onsets_correlate_with_themselves(noise):
    times_s = np.array([0.1, 0.33, 0.51, 0.8])
    clicks = librosa.clicks(times=times_s, length=22050) + 1e-4 * noise
    other = librosa.clicks(times=times_s + 0.11, length=22050) + 1e-4 * noise
    assert spectra.onset_correlation(of(clicks), of(clicks)) == pytest.approx(1)
    assert spectra.onset_correlation(of(clicks), of(0.1 * clicks)) > 0.9
    assert spectra.onset_correlation(of(clicks), of(other)) < 0.3


def test_silence_has_no_timbre(noise):
    silence, sound = of(np.zeros(22050)), of(noise)
    assert np.isnan(spectra.mean_spectrum(silence)).all()
    assert np.isnan(spectra.log_spectral_distance(spectra.mean_spectrum(silence), spectra.mean_spectrum(sound)))
    assert np.isnan(spectra.continuity(silence))
    assert np.isnan(spectra.onset_correlation(silence, sound))
    assert np.isnan(spectra.level_error_db(sound, silence))
    assert np.isnan(spectra.reconstruction_db(sound, silence))
