"""Representations: projections, bases and their duals, Fourier magnitudes, mel spectrograms."""

import numpy as np
import pytest

from models.representations import analyse, dft_magnitudes, log_mel, project, synthesise

RATE_HZ = 22050


def test_what_a_projection_leaves_is_orthogonal(rng):
    x, y = rng.standard_normal((2, 9))
    assert np.dot(y - project(y, x), x) == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(project(project(y, x), x), project(y, x))


@pytest.mark.parametrize("n_vectors", [6, 9], ids=["basis", "frame"])
@pytest.mark.parametrize("phase", [0, 1j], ids=["real", "complex"])
def test_synthesis_undoes_analysis(n_vectors, phase, rng):
    basis = rng.standard_normal((n_vectors, 6)) + phase * rng.standard_normal((n_vectors, 6))
    x = rng.standard_normal((4, 6))
    np.testing.assert_allclose(synthesise(analyse(x, basis), basis), x, atol=1e-10)


def test_vectors_that_do_not_span_are_refused(rng):
    with pytest.raises(ValueError, match="basis: its 3 vectors span 2 of 4 dimensions"):
        synthesise(np.ones(3), np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [1, 1, 0, 0]]))


def test_dft_magnitudes_ignore_shifts_but_not_dilations():
    times_s = np.arange(RATE_HZ) / RATE_HZ
    tone = np.sin(2 * np.pi * 4000 * times_s)
    dilated = np.sin(2 * np.pi * 4040 * times_s)  # by 1 per cent: 40 bins away
    of_tone, of_shifted, of_dilated = dft_magnitudes(np.stack([tone, np.roll(tone, 777), dilated]))
    np.testing.assert_allclose(of_shifted, of_tone, atol=1e-6)
    assert np.linalg.norm(of_dilated - of_tone) == pytest.approx(np.sqrt(2) * np.linalg.norm(of_tone), rel=1e-6)


def test_mel_spectrograms_hear_the_octave_of_a_tone():
    tones = np.sin(2 * np.pi * np.array([[1000.0], [4000.0]]) * np.arange(16384) / RATE_HZ)
    low, high = log_mel(tones, RATE_HZ).reshape(2, 128, 33).mean(axis=2).argmax(axis=1)
    assert high > low + 30
    assert not log_mel(0 * tones, RATE_HZ).any()
