import numpy as np
import pytest

from save_dataset.sound.mel_inverse import spread_bands
from save_dataset.sound.spectrogram import mel_bands


def bands_of(window_samples, n_mels):
    return mel_bands(22050, window_samples, 11025.0, n_mels)


def residual(found, power, bands):
    return np.linalg.norm(found @ bands.T - power) / np.linalg.norm(power)


@pytest.mark.parametrize(("window_samples", "n_mels"), [(512, 64), (1024, 128), (2048, 128)])
def test_bands_are_filled_better_than_by_the_pseudoinverse(window_samples, n_mels, rng):
    bands = bands_of(window_samples, n_mels)
    power = rng.exponential(size=(30, window_samples // 2 + 1)) @ bands.T
    found = spread_bands(power, bands)
    assert found.shape == (30, window_samples // 2 + 1)
    assert (found >= 0).all()
    cut = np.maximum(power @ np.linalg.pinv(bands).T, 0)
    assert residual(found, power, bands) < 0.02
    assert residual(found, power, bands) < residual(cut, power, bands)


def test_more_updates_leave_less(rng):
    bands = bands_of(1024, 128)
    power = rng.exponential(size=(10, 513)) ** 3 @ bands.T
    residuals = [residual(spread_bands(power, bands, n), power, bands) for n in (1, 5, 20, 80)]
    assert (np.diff(residuals) < 0).all()


@pytest.mark.parametrize("n_frames", [1, 513])  # fewer and more than are worked on at once
def test_each_frame_is_found_by_itself_and_at_its_level(n_frames, rng):
    bands = bands_of(512, 64)
    power = rng.exponential(size=(n_frames, 257)) @ bands.T
    found = spread_bands(power, bands)
    np.testing.assert_allclose(spread_bands(power[-1:], bands)[0], found[-1], rtol=1e-4)
    np.testing.assert_allclose(spread_bands(1e-9 * power[-1:], bands)[0], 1e-9 * found[-1], rtol=1e-3)


def test_silence_stays_silence_where_bands_are_empty_too():
    with pytest.warns(UserWarning, match="Empty filters"):
        bands = bands_of(256, 128)
    np.testing.assert_array_equal(spread_bands(np.zeros((4, 128)), bands), 0)
    assert np.isfinite(spread_bands(np.ones((4, 128)), bands)).all()
