import librosa
import numpy as np
import pytest

from save_dataset.sound.griffin_lim import Framing, griffin_lim
from save_dataset.sound.heap_integration import integrate_phases

CHIRP = librosa.chirp(fmin=200, fmax=4000, sr=22050, length=128 * 128).astype(np.float32)


def convergence_db(magnitudes, phases, framing):
    """Spectral convergence of the sound of given phases, before any iteration."""
    samples = griffin_lim(magnitudes, phases, framing, n_iterations=0)
    missed = magnitudes - np.abs(framing.transform(samples))
    return 20 * np.log10(np.linalg.norm(missed) / np.linalg.norm(magnitudes))


@pytest.mark.parametrize("window", ["hann", "hamming"])
@pytest.mark.parametrize("window_samples", [512, 1024])
def test_phases_of_a_chirp_fit_before_any_iteration(window, window_samples, rng):
    hop_samples = window_samples // 4
    framing = Framing(1 + len(CHIRP) // hop_samples, window_samples, hop_samples, window, length=len(CHIRP))
    magnitudes = np.abs(framing.transform(CHIRP))
    assert convergence_db(magnitudes, integrate_phases(magnitudes, framing), framing) < -15
    assert convergence_db(magnitudes, rng.uniform(0, 6, magnitudes.shape), framing) > -6


def test_a_sine_goes_on_from_frame_to_frame():
    framing = Framing(60, 512, 128)
    sine = np.sin(2 * np.pi * 20.3 / 512 * np.arange(framing.n_samples)).astype(np.float32)  # between two bins
    phases = integrate_phases(np.abs(framing.transform(sine)), framing)
    steps = np.diff(phases[10:50, 20]) - 2 * np.pi * 20.3 * 128 / 512
    assert np.abs(steps).max() < 0.1


def test_what_is_faint_is_random_and_drawn_by_the_seed():
    framing = Framing(40, 512, 128)
    magnitudes = np.full((40, 257), 1e-9, np.float32)
    magnitudes[:, 100:110] = 1.0
    first, again, other = (integrate_phases(magnitudes, framing, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first[:, 100:110], other[:, 100:110])
    assert (first[:, :100] != other[:, :100]).all()


def test_silence_has_some_phases():
    assert np.isfinite(integrate_phases(np.zeros((8, 257), np.float32), Framing(8, 512, 128))).all()
