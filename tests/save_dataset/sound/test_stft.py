import numpy as np
import pytest

from save_dataset.sound.stft import griffin_lim, istft, stft

SETTINGS = {"window_samples": 512, "hop_samples": 128}


@pytest.fixture
def sound(rng):
    return rng.normal(size=5003).astype(np.float32)


def test_a_sound_of_any_length_comes_back(sound):
    frames = stft(sound, **SETTINGS)
    assert frames.shape == (1 + len(sound) // 128, 257)
    np.testing.assert_allclose(istft(frames, len(sound), hop_samples=128), sound, atol=1e-5)


def test_from_its_own_phases_griffin_lim_gives_the_sound(sound):
    frames = stft(sound, **SETTINGS)
    again = griffin_lim(np.abs(frames), np.angle(frames), len(sound), hop_samples=128, n_iterations=3)
    np.testing.assert_allclose(again, sound, atol=1e-4)


@pytest.mark.parametrize("momentum", [0.0, 0.99])
def test_griffin_lim_comes_nearer_to_the_magnitudes(sound, rng, momentum):
    magnitudes = np.abs(stft(sound, **SETTINGS))
    phases = rng.uniform(-np.pi, np.pi, magnitudes.shape)

    def error(n_iterations):
        found = griffin_lim(
            magnitudes, phases, len(sound), hop_samples=128, n_iterations=n_iterations, momentum=momentum
        )
        return np.linalg.norm(np.abs(stft(found, **SETTINGS)) - magnitudes) / np.linalg.norm(magnitudes)

    errors = [error(n) for n in (1, 8, 32)]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 0.7 * errors[0]
