import numpy as np
import pytest

from save_dataset.sound.stft import istft, stft

SETTINGS = {"window_samples": 512, "hop_samples": 128}


@pytest.fixture
def sound(rng):
    return rng.normal(size=5003).astype(np.float32)


def test_a_sound_of_any_length_comes_back(sound):
    frames = stft(sound, **SETTINGS)
    assert frames.shape == (1 + len(sound) // 128, 257)
    np.testing.assert_allclose(istft(frames, len(sound), hop_samples=128), sound, atol=1e-5)
