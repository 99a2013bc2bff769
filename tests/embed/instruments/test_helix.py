"""Bands that sound together lie together: of harmonic sounds those an octave apart do."""

import numpy as np
import pytest

from embed.instruments.helix import correlate_bands, distances_of, embed_bands, octave_ratio, pitch_helix

N_BANDS = 60


@pytest.fixture
def notes(rng):
    """Log-spectra of notes of partials 1, 2, 4 and 8, each a little wide, of any pitch."""
    bands = np.arange(N_BANDS)
    pitches = rng.uniform(-36, N_BANDS, 2000)
    centres = pitches[:, np.newaxis] + [0, 12, 24, 36]
    return np.exp(-0.5 * (bands - centres[:, :, np.newaxis]) ** 2).sum(axis=1) + 0.01 * rng.random((2000, N_BANDS))


@pytest.mark.parametrize(("r", "distance"), [(1.0, 0.0), (0.5, 1.0), (-1.0, 2.0), (1 + 1e-12, 0.0)])
def test_the_distance_of_standardised_bands(r, distance):
    assert distances_of(np.array([[r]]))[0, 0] == pytest.approx(distance)


def test_octaves_are_near_in_harmonic_sounds_only(notes, rng):
    assert octave_ratio(distances_of(correlate_bands(notes)[0])) < 0.8
    single = np.exp(-0.5 * (np.arange(N_BANDS) - rng.uniform(0, N_BANDS, (2000, 1))) ** 2)
    assert octave_ratio(distances_of(correlate_bands(single)[0])) == pytest.approx(1, abs=0.05)


def test_in_space_the_octave_of_a_band_is_nearer_than_what_lies_between(notes):
    points = embed_bands(distances_of(correlate_bands(notes)[0]))
    assert points.shape == (N_BANDS, 3)
    inner = points[12:-12]
    octave, tritone = (np.median(np.linalg.norm(inner[step:] - inner[:-step], axis=1)) for step in (12, 6))
    assert octave < tritone


def test_bands_that_never_sound_are_left_out(notes):
    frames = np.repeat(notes[:100, np.newaxis], 3, axis=1)
    frames[..., [0, 7]] = 0
    found = pitch_helix(frames.astype(np.float16))
    assert found["helix_bins"].tolist() == [band for band in range(N_BANDS) if band not in (0, 7)]
    assert np.isfinite(found["helix"]).all()
