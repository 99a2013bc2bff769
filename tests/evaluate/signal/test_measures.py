import numpy as np
import pytest
from scipy.signal import get_window

from evaluate.signal.measures import (
    compare,
    describe_bases,
    draw_held_out,
    draw_starts,
    features,
    fourier_bases,
    measure_shifts,
    measure_signal,
    power_spectrum,
    prepare,
)
from models.random_bases import random_bases
from pipeline.studies.signal import ShiftMeasure

WINDOW = 64
RATE_HZ = 6400  # bins of a window are 100 Hz apart


@pytest.fixture
def noise(rng):
    """Two takes of noise, the last fifth of each held out."""
    return {
        "samples": rng.normal(size=6000).astype(np.float32),
        "starts": np.array([0, 2000, 6000]),
        "ends_of_training": np.array([1600, 5200]),
    }


def test_magnitudes_are_those_of_the_complex_coefficients_of_windows_prepared_as_in_training(rng):
    windows, bases = rng.normal(size=(5, 8)), rng.normal(size=(6, 8))
    assert features(windows, bases) == pytest.approx(np.abs(windows @ (bases[:3] + 1j * bases[3:]).T))
    assert features(windows, None) is windows
    window = rng.normal(size=(3, WINDOW)) * get_window("hann", WINDOW)
    expected = (window - window.mean(axis=1, keepdims=True)) / window.std(axis=1, keepdims=True)
    assert prepare(window / get_window("hann", WINDOW).clip(1e-9)) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("factor", "expected"), [(1, (1, 0, 1)), (1.5, (1, 0.5, 1)), (-1, (-1, 2, 0))])
def test_the_change_is_relative_and_louder_is_no_other_direction(factor, expected):
    reference = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
    assert compare(reference, factor * reference) == pytest.approx(expected)


def test_a_shifted_sine_has_the_same_magnitudes_in_fourier_bases():
    times = np.arange(4000)
    takes = {
        "samples": np.sin(2 * np.pi * 10 / WINDOW * times).astype(np.float32) * (1 + times / 4000),
        "starts": np.array([0, 4000]),
        "ends_of_training": np.array([2000]),
    }
    bases = {"Fourier": fourier_bases(np.ones(WINDOW // 2 + 1), 31, WINDOW)}
    measures = measure_shifts(takes, bases, ShiftMeasure(n_windows=10, shifts_samples=(1, 3, 16)))
    assert measures["features"].tolist() == ["Fourier", "samples"]
    assert measures["change"][0].max() < 0.02
    assert measures["change"][1].min() > 0.5


def test_shifted_noise_is_retrieved_by_fourier_bases_not_by_samples(noise):
    bases = {"Fourier": fourier_bases(np.ones(WINDOW // 2 + 1), 31, WINDOW)}
    measures = measure_shifts(noise, bases, ShiftMeasure(n_windows=100, shifts_samples=(2,)))
    assert measures["found"][0, 0] > 0.5
    assert measures["found"][1, 0] < 0.1
    assert measures["cosine"][0, 0] > measures["cosine"][1, 0] + 0.3


def test_windows_are_held_out_also_after_they_are_shifted(noise):
    starts = draw_held_out(noise, 50, WINDOW, 10, seed=0)
    is_first = starts < 2000
    assert len(np.unique(starts)) == 50
    assert 0 < is_first.sum() < 50
    assert (starts[is_first].min() >= 1610) & (starts[is_first].max() <= 2000 - 10 - WINDOW)
    assert (starts[~is_first].min() >= 5210) & (starts[~is_first].max() <= 6000 - 10 - WINDOW)


def test_silent_windows_are_not_drawn_and_too_few_are_refused(noise):
    with pytest.raises(ValueError, match="evaluation.n_windows=5000: of what is held out only 1074 are not silent"):
        draw_held_out(noise, 5000, WINDOW, 0, seed=0)
    noise["samples"][1600:2000] = 0.25
    assert draw_held_out(noise, 50, WINDOW, 0, seed=0).min() >= 5200


def test_shifts_longer_than_what_is_held_out_are_refused(noise):
    with pytest.raises(
        ValueError, match="^evaluation.shifts_samples: no held-out window of 64 .* shifted by 500; take"
    ):
        draw_held_out(noise, 50, WINDOW, 500, seed=0)


def test_all_starts_are_drawn_once_when_all_are_asked_for():
    starts = draw_starts(np.array([0, 20, 50]), np.array([12, 25, 60]), 100, 8, seed=0)
    assert sorted(starts) == [0, 1, 2, 3, 4, 50, 51, 52]


def test_the_spectrum_of_a_sine_has_its_peak(noise):
    noise["samples"] = np.sin(2 * np.pi * 700 / RATE_HZ * np.arange(6000)).astype(np.float32)
    power = power_spectrum(noise, WINDOW, seed=0)
    assert power.argmax() == 7
    assert power.sum() == pytest.approx(1)


def test_fourier_bases_are_the_bins_with_most_power():
    power = np.zeros(WINDOW // 2 + 1)
    power[[0, 3, 9]] = 5, 1, 2
    bases = fourier_bases(power, 2, WINDOW)
    spectrum = np.abs(np.fft.rfft(bases))
    assert spectrum.argmax(axis=1).tolist() == [3, 9, 3, 9]
    assert len(fourier_bases(power, 1000, WINDOW)) == WINDOW  # all there are, without the constant


@pytest.mark.parametrize("phase_deg", [0, 30, 90, 150])
def test_frequency_width_and_quadrature_of_a_pair_of_waves(phase_deg):
    angles = 2 * np.pi * 5 * np.arange(WINDOW) / WINDOW
    envelope = np.hanning(WINDOW)
    bases = envelope * np.stack([np.cos(angles), np.cos(angles - np.radians(phase_deg))])
    found = describe_bases(bases, RATE_HZ)
    assert found["peaks_hz"].tolist() == [[500, 500]]
    assert found["quadrature_deg"] == pytest.approx([phase_deg], abs=1)
    assert found["concentration"].min() > 0.99
    assert found["norms"] == pytest.approx([np.linalg.norm(bases)])


def test_noise_is_around_no_frequency():
    found = describe_bases(random_bases(50, WINDOW, seed=0), RATE_HZ)
    assert np.median(found["concentration"]) < 0.5
    assert found["quadrature_deg"].std() > 30


def test_learned_bases_are_compared_with_others_of_the_same_number(noise):
    bases = fourier_bases(np.ones(WINDOW // 2 + 1), 10, WINDOW)
    measures = measure_signal(noise, bases, RATE_HZ, ShiftMeasure(n_windows=50, shifts_samples=(1, 4)))
    assert measures["features"].tolist() == ["learned", "random", "Fourier", "samples"]
    assert measures["cosine"].shape == measures["change"].shape == measures["found"].shape == (4, 2)
    assert measures["peaks_hz"].shape == (10, 2)
    assert measures["frequencies_hz"][[0, -1]].tolist() == [0, RATE_HZ / 2]
    assert measures["cosine"][0, 1] > measures["cosine"][1, 1]
