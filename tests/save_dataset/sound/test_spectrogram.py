import librosa
import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

from save_dataset.sound import spectrogram
from save_dataset.sound.spectrogram import compute_spectrogram

RATE_HZ = 44100


@pytest.fixture
def noise(rng):
    return rng.uniform(-0.5, 0.5, 20_000).astype(np.float32)


def pixels_of(stored):
    return stored["lowest"] + stored["frames"] * (stored["highest"] - stored["lowest"])


def magnitudes(samples, hop=1024, n_window=1024, alpha=0.4):
    """All bins, from the formula, one frame after the other."""
    window = scipy.signal.windows.tukey(n_window, alpha, sym=True)
    starts = range(0, len(samples) - n_window + 1, hop)
    frames = [samples[start : start + n_window].astype(float) for start in starts]
    return np.array([np.abs(np.fft.rfft((frame - frame.mean()) * window)) / window.sum() for frame in frames])


def test_frame_is_the_closed_form(noise):
    stored = compute_spectrogram(noise)
    known = magnitudes(noise)[:, :94]
    np.testing.assert_allclose(pixels_of(stored), known, rtol=0, atol=1e-6 * known.max())
    assert stored["frames"].dtype == np.float32
    assert (stored["frames"].min(), stored["frames"].max()) == (0, 1)
    np.testing.assert_allclose(stored["frequencies_hz"], np.arange(94) * RATE_HZ / 1024)
    assert abs(stored["frequencies_hz"][-1] - 4000) < RATE_HZ / 1024 / 2


def test_settings_other_than_the_paper_s(noise):
    settings = {"sample_rate_hz": 8000, "window_samples": 300, "tukey_alpha": 0.9, "max_frequency_hz": 990.0}
    stored = compute_spectrogram(noise, overlap=0.75, **settings)
    known = magnitudes(noise, hop=75, n_window=300, alpha=0.9)[:, :38]  # bin 37 is 986.7 Hz
    np.testing.assert_allclose(pixels_of(stored), known, rtol=0, atol=1e-6 * known.max())


@pytest.mark.parametrize("bin_index", [20, 40, 80])
def test_sine_peaks_in_its_bin_with_half_its_amplitude(bin_index):
    samples = 0.3 * np.sin(2 * np.pi * bin_index * np.arange(10_240) / 1024)
    pixels = pixels_of(compute_spectrogram(samples))
    assert np.all(np.argmax(pixels, axis=1) == bin_index)
    np.testing.assert_allclose(pixels[:, bin_index], 0.15, rtol=1e-3)


def test_seconds_of_sound(rng):
    stored = compute_spectrogram(rng.uniform(-1, 1, 3 * RATE_HZ))
    assert stored["frames"].shape == (129, 94)
    np.testing.assert_allclose(stored["times_s"], (512 + 1024 * np.arange(129)) / RATE_HZ)
    assert stored["hop_s"] == stored["frame_s"] == 1024 / RATE_HZ
    assert stored["times_s"][-1] + stored["frame_s"] / 2 <= 3 < stored["times_s"][-1] + 1.5 * stored["frame_s"]


@pytest.mark.parametrize(("overlap", "hop"), [(0.0, 1024), (0.5, 512), (0.75, 256), (0.9, 102)])
def test_overlap_sets_the_hop(noise, overlap, hop):
    stored = compute_spectrogram(noise, overlap=overlap)
    assert stored["hop_s"] == hop / RATE_HZ
    assert len(stored["frames"]) == 1 + (len(noise) - 1024) // hop
    np.testing.assert_allclose(np.diff(stored["times_s"]), hop / RATE_HZ)
    np.testing.assert_allclose(pixels_of(stored), magnitudes(noise, hop)[:, :94], rtol=0, atol=1e-7)


@pytest.mark.parametrize("overlap", [0.0, 0.75])
@pytest.mark.parametrize("scale", ["magnitude", "db", "log_mel"])
def test_blocks_join_without_seam(noise, monkeypatch, overlap, scale):
    at_once = compute_spectrogram(noise, overlap=overlap, scale=scale)
    monkeypatch.setattr(spectrogram, "SAMPLES_AT_ONCE", 7 * 1024)
    in_blocks = compute_spectrogram(noise, overlap=overlap, scale=scale)
    np.testing.assert_array_equal(in_blocks["times_s"], at_once["times_s"])
    np.testing.assert_allclose(in_blocks["frames"], at_once["frames"], rtol=0, atol=1e-6)


@given(factor=st.floats(1e-4, 1e4), seed=st.integers(0, 2**32 - 1))
def test_loudness_does_not_change_frames(factor, seed):
    samples = np.random.default_rng(seed).uniform(-1, 1, 3000)
    quiet, loud = compute_spectrogram(samples), compute_spectrogram(factor * samples)
    np.testing.assert_allclose(loud["frames"], quiet["frames"], rtol=0, atol=1e-5)
    assert loud["highest"] == pytest.approx(factor * quiet["highest"], rel=1e-5)


@pytest.mark.parametrize("scale", ["db", "log_mel"])
def test_loudness_does_not_change_frames_in_decibels(scale):
    times_s = np.arange(RATE_HZ) / RATE_HZ
    samples = np.sin(2 * np.pi * 440 * times_s) * np.exp(-8 * times_s)
    loud, quiet = (compute_spectrogram(factor * samples, scale=scale) for factor in (1.0, 0.01))
    np.testing.assert_allclose(quiet["frames"], loud["frames"], rtol=0, atol=1e-3)


def test_later_sound_is_the_same_frames_later_and_an_offset_changes_nothing(noise):
    stored, with_offset = compute_spectrogram(noise), compute_spectrogram(noise + np.float32(0.25))
    later = compute_spectrogram(noise[3 * 1024 :])
    np.testing.assert_allclose(pixels_of(later), pixels_of(stored)[3:], rtol=0, atol=1e-7)
    np.testing.assert_allclose(with_offset["frames"], stored["frames"], atol=1e-5)


def test_decibels_are_relative_to_the_loudest_and_cut(rng):
    samples = rng.uniform(-1, 1, 20_480) * np.repeat([1.0, 1e-2, 1e-4, 1e-1], 5120)
    stored = compute_spectrogram(samples, scale="db", range_db=60.0)
    known = magnitudes(samples)[:, :94]
    known_db = np.maximum(20 * np.log10(known / known.max()), -60)
    np.testing.assert_allclose(pixels_of(stored), known_db, rtol=0, atol=1e-3)
    assert stored["lowest"] == pytest.approx(-60)
    assert (stored["highest"], stored["scale"]) == (0, "db")


def test_mel_bands_are_those_of_librosa_and_named_by_their_centres(noise):
    stored = compute_spectrogram(noise, scale="log_mel", n_mels=40)
    mel = {"sr": RATE_HZ, "n_fft": 1024, "n_mels": 40, "fmax": 4000.0, "power": 2.0}
    power = librosa.feature.melspectrogram(S=magnitudes(noise).T ** 2, **mel)
    known_db = librosa.power_to_db(power, ref=np.max, top_db=80.0).T
    np.testing.assert_allclose(pixels_of(stored), known_db, rtol=0, atol=1e-3)
    samples = np.sin(2 * np.pi * 1000 * np.arange(10_240) / RATE_HZ)
    stored = compute_spectrogram(samples, scale="log_mel", n_mels=40)
    loudest = np.argmax(stored["frames"].mean(axis=0))
    assert loudest == np.argmin(np.abs(stored["frequencies_hz"] - 1000))
    assert stored["frequencies_hz"].shape == (40,)
    assert np.all(np.diff(stored["frequencies_hz"]) > 0)


def test_frequencies_end_at_half_the_sample_rate(noise):
    for scale in ("magnitude", "log_mel"):
        stored = compute_spectrogram(noise, sample_rate_hz=4000, max_frequency_hz=4000.0, scale=scale)
        assert stored["frequencies_hz"].max() <= 2000


def test_sound_of_one_frame_of_less_and_of_silence():
    stored = compute_spectrogram(np.sin(np.arange(1024.0)))
    assert stored["frames"].shape == (1, 94)
    assert stored["times_s"].tolist() == [512 / RATE_HZ]
    with pytest.raises(ValueError, match=r"^spectrogram.window_samples=1024: must be at most the 1023 of the sound$"):
        compute_spectrogram(np.ones(1023))
    with pytest.raises(ValueError, match=r"^spectrogram.max_frequency_hz=20.0: must reach the first bin, at 43.1 Hz$"):
        compute_spectrogram(np.arange(2048.0), max_frequency_hz=20.0)
    with pytest.raises(ValueError, match=r"^spectrogram.overlap=0.9999: leaves no hop at window_samples=1024$"):
        compute_spectrogram(np.ones(5000), overlap=0.9999)
    many = np.broadcast_to(np.float32(0), 10**7)
    with pytest.raises(
        ValueError, match=r"^spectrogram.overlap=0.999: would need 11.3 GB .*; take less, or a shorter p"
    ):
        compute_spectrogram(many, overlap=0.999)
    for scale in ("magnitude", "db", "log_mel"):
        with pytest.raises(ValueError, match="^the spectrogram is constant: there is nothing to hear"):
            compute_spectrogram(np.full(5000, 0.5, np.float32), scale=scale)
