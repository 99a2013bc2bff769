"""Properties of representations that are known: of the Fourier transform, of shifts, of neighbours."""

from fractions import Fraction

import numpy as np
import pytest

from evaluate.instruments import properties
from evaluate.instruments.inverses import INVERSES, spectral_convergence_db
from evaluate.instruments.properties import (
    SEMITONE,
    changed_forms,
    choose_clips,
    dilate,
    measure_properties,
    neighbour_recall,
    relative_distances,
)
from pipeline.parameters import load
from save_dataset.sound.files import write_sound
from tests.noise_clips import noise_clips

RATE_HZ, N_SAMPLES = 8000, 8192
TOML = """
study = "instruments"
[sounds]
folder = "notes"
sample_rate_hz = 8000
clip_frames = 16
[cqt]
octaves = 5
[scattering]
kinds = []
[runs.machine]
classifier.features = "mfcc"
"""


def tones(frequencies_hz):
    times_s = np.arange(N_SAMPLES) / RATE_HZ
    return np.stack([np.sin(2 * np.pi * hz * times_s) * np.hanning(N_SAMPLES) for hz in frequencies_hz])


def magnitudes(sounds):
    return np.abs(np.fft.rfft(sounds))


def test_a_semitone_is_nearly_one():
    assert 1200 * np.log2(float(SEMITONE)) == pytest.approx(100, abs=0.05)


@pytest.mark.parametrize("factor", [Fraction(101, 100), SEMITONE, Fraction(2)])
def test_a_dilation_multiplies_frequencies_and_keeps_the_length(factor):
    changed = dilate(tones([1000.0]), factor)
    assert changed.shape == (1, N_SAMPLES)
    assert magnitudes(changed)[0].argmax() * RATE_HZ / N_SAMPLES == pytest.approx(1000 * float(factor), abs=2)


def test_fourier_magnitudes_are_invariant_to_shifts_and_saturate_under_dilation():
    distances = relative_distances(magnitudes(changed_forms(tones([800.0, 1000.0, 1300.0, 1700.0]), RATE_HZ)))
    assert max(distances[4:-1]) < 1e-9
    assert distances[0] > 0.9
    assert distances[[3, -1]] == pytest.approx(1, abs=0.1)


def test_the_signal_itself_is_not_invariant():
    distances = relative_distances(changed_forms(tones([800.0, 1000.0, 1300.0, 1700.0]), RATE_HZ))
    assert max(distances[4:-1]) > 0.9


def test_neighbours_are_sought_in_other_domains_only():
    values = np.array([[0.0], [0.1], [5.0], [5.1]])
    assert neighbour_recall(values, np.array([0, 0, 1, 1]), np.array(["a", "b", "a", "b"])) == 1
    assert neighbour_recall(values, np.array([0, 1, 1, 0]), np.array(["a", "a", "b", "b"])) == 0.5


def test_one_clip_of_a_file_is_drawn_its_first(rng):
    clips = noise_clips(rng, paths=np.repeat(["a", "b", "c", "d"], 8))
    assert sorted(choose_clips(clips, 10, rng)) == [0, 8, 16, 24]
    assert len(choose_clips(clips, 3, rng)) == 3


def test_the_fourier_transform_is_inverted_exactly(rng):
    sound = rng.standard_normal(4096)
    estimate = INVERSES["dft"](sound, RATE_HZ, None)
    assert spectral_convergence_db(sound, estimate) < -200


@pytest.mark.parametrize(("factor", "convergence_db"), [(0.9, -20), (1.1, -20), (0.0, 0)])
def test_the_error_is_that_of_magnitudes_whatever_the_phases(factor, convergence_db, rng):
    sound = rng.standard_normal(4096)
    for estimate in (factor * sound, -factor * sound):
        assert spectral_convergence_db(sound, estimate) == pytest.approx(convergence_db, abs=0.01)


@pytest.mark.parametrize("name", ["mel", "mfcc"])
def test_an_estimated_phase_is_always_the_same_and_better_than_none(name, rng):
    sound = tones(np.array([440.0]))[0] + 0.01 * rng.standard_normal(N_SAMPLES)
    first, second = (INVERSES[name](sound, RATE_HZ, None) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert first.shape == sound.shape
    assert spectral_convergence_db(sound, first) < spectral_convergence_db(sound, 0 * sound)


@pytest.mark.slow
def test_properties_are_measured_from_sounds(write_parameters, tmp_path, rng, monkeypatch):
    monkeypatch.setattr(properties, "N_CHANGED", 4)
    monkeypatch.setattr(properties, "N_INVERTED", 1)
    write_parameters(TOML, "small")
    parameters = load("small", tmp_path)
    clips = noise_clips(rng, n_per_class=4, cqt=rng.random((8, 16, 60)))
    (tmp_path / "music/notes").mkdir(parents=True)
    for path, sound in zip(clips.paths, tones(400.0 + 150 * np.arange(8)), strict=True):
        write_sound(sound.astype(np.float32), tmp_path / "music/notes" / path, RATE_HZ)
    measures = measure_properties(parameters, clips, tmp_path)
    assert measures["names"].tolist() == ["dft", "mel", "mfcc", "cqt"]
    assert measures["stability"].shape == (4, len(properties.DILATIONS))
    assert measures["invariance"].shape == (4, len(properties.SHIFTS_MS))
    assert (measures["stability"][0, 0] > measures["stability"][1:, 0]).all()
    assert measures["convergence"][0] < -100
    assert np.isfinite(measures["convergence"]).all()
