import itertools

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from forecast.timbre.mosaic import Mosaic
from pipeline import memory
from save_dataset.sound.stft import stft

RATE_HZ = 8000
SETTINGS = {"window_samples": 512, "hop_samples": 128}


@pytest.fixture
def noise(rng):
    """Noise whose colour changes, 1 s."""
    colours = np.repeat(rng.normal(size=(10, 257)), 7, axis=0)[:63]
    return stft(rng.normal(size=RATE_HZ).astype(np.float32), **SETTINGS) * np.exp(colours)


@pytest.fixture
def other(rng):
    return stft(rng.normal(size=RATE_HZ // 2).astype(np.float32), **SETTINGS)


def mosaic_of(frames):
    return Mosaic(frames, sample_rate_hz=RATE_HZ, n_mfcc=12)


def successors(path):
    return np.count_nonzero(np.diff(path) == 1)


@pytest.mark.parametrize("continuity", [0.0, 0.5])
@pytest.mark.parametrize("gain", [1.0, 0.1])
def test_a_mosaic_of_a_sound_with_itself_is_itself_at_any_level(noise, continuity, gain):
    mosaic = mosaic_of(noise)
    np.testing.assert_array_equal(mosaic.choose(gain * noise, continuity), np.arange(len(noise)))
    np.testing.assert_array_equal(mosaic.convert(gain * noise, continuity), noise)


def test_without_continuity_each_frame_is_the_nearest(noise, other):
    mosaic = mosaic_of(noise)
    features = mosaic.scaler.transform(mosaic._mfcc(other))
    nearest = NearestNeighbors(n_neighbors=1).fit(mosaic.features).kneighbors(features, return_distance=False)
    np.testing.assert_array_equal(mosaic.choose(other), nearest[:, 0])


def test_the_path_is_the_cheapest_of_all(noise, other):
    mosaic, continuity = mosaic_of(noise[:6]), 0.1
    source = mosaic.scaler.transform(mosaic._mfcc(other[:4]))
    distances = np.linalg.norm(source[:, None] - mosaic.features, axis=2)
    jump = continuity * np.sqrt(2 * 11)

    def cost(path):
        return distances[np.arange(4), list(path)].sum() + jump * (3 - successors(path))

    cheapest = min(itertools.product(range(6), repeat=4), key=cost)
    assert tuple(mosaic.choose(other[:4], continuity)) == cheapest


def test_the_more_continuity_costs_the_more_successors_are_taken(noise, other):
    mosaic = mosaic_of(noise)
    taken = [successors(mosaic.choose(other, continuity)) for continuity in (0.0, 0.1, 0.3, 100.0)]
    assert taken == sorted(taken)
    assert taken[0] < taken[2]
    assert taken[-1] == len(other) - 1  # it goes on throughout


def test_a_mosaic_is_as_long_as_the_source_and_takes_no_quiet_frames(noise, other):
    quiet = noise.copy()
    quiet[::2] *= 1e-4
    path = mosaic_of(quiet).choose(other)
    assert path.shape == (len(other),)
    assert (path % 2 == 1).all()


def test_frames_whose_pairs_do_not_fit_into_memory_are_refused(noise, other, monkeypatch):
    monkeypatch.setattr(memory, "MAX_GB", 1e-4)
    monkeypatch.setattr(memory, "machine_gb", lambda: 0.0)
    with pytest.raises(
        ValueError, match="^method.kind='mosaic': would need .*; raise stft.hop_samples, or lower targets"
    ):
        mosaic_of(noise).choose(other)
