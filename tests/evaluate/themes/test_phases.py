import numpy as np
import pytest

from evaluate.themes.phases import draw_shifts, fold, measure_phases, phase_differences, predict_shift
from tests.small_recordings import N_BINS, PATCH_FRAMES, small_recordings

STARTS = np.arange(20, 180)


def by_fourier(patches):
    """Phases of the lowest frequencies along the bins, all frames together."""
    spectrum = np.fft.rfft(patches.reshape(-1, PATCH_FRAMES, N_BINS), axis=-1)[..., 1:4]
    return {"phases": np.angle(spectrum).reshape(len(patches), -1)}


def framed(recordings):
    """Nothing sounds in the outer bins, so a shift in pitch is a cyclic one."""
    recordings.frames[:, :8] = recordings.frames[:, -8:] = recordings.frames.min()
    return recordings


def test_angles_are_folded_to_half_a_rotation_either_way():
    angles = np.array([0, np.pi, -np.pi, 3.5 * np.pi, -0.25 * np.pi, 2 * np.pi])
    np.testing.assert_allclose(fold(angles), [0, np.pi, np.pi, -0.5 * np.pi, -0.25 * np.pi, 0], atol=1e-12)


def test_shift_in_pitch_rotates_phases_by_frequency_times_shift():
    recordings, starts = framed(small_recordings()), STARTS[:5]
    bins = np.array([0, 1, 3, -2, 5])
    angles = phase_differences(recordings, PATCH_FRAMES, starts, bins, np.zeros(5, int), by_fourier)
    expected = -2 * np.pi * np.outer(bins, np.tile([1, 2, 3], PATCH_FRAMES)) / N_BINS
    np.testing.assert_allclose(np.exp(1j * angles), np.exp(1j * expected), atol=1e-3)


def test_examples_are_shifted_in_pitch_or_in_time(rng):
    bins, frames = draw_shifts(200, 24, 12, rng)
    assert (bins[1::2] == 0).all()
    assert (frames[::2] == 0).all()
    assert (bins.min(), bins.max(), frames.min(), frames.max()) == (-24, 24, -12, 12)


def test_shift_in_pitch_is_predicted_from_phases_and_that_in_time_is_not_from_those_of_frames(rng):
    measured = measure_phases(framed(small_recordings()), PATCH_FRAMES, STARTS, by_fourier, (5, 12), rng)
    in_pitch, in_time = measured["shift_r2"]
    assert in_pitch > 0.95
    assert in_time < 0.3  # every frame has a sound of its own
    assert measured["pca"].shape == (len(measured["shift_bins"]), 2) == (len(measured["shift_frames"]), 2)
    for n_examples, is_known in ((4, False), (8, True)):  # of one example held out nothing can be said
        assert np.isfinite(predict_shift(rng.normal(size=(n_examples, 6)), np.arange(float(n_examples)))) == is_known


def test_components_of_a_shift_lie_together(rng):
    measured = measure_phases(framed(small_recordings()), PATCH_FRAMES, STARTS, by_fourier, (2, 12), rng)
    pca, bins = measured["pca"][::2], measured["shift_bins"][::2]
    largest_std = max(pca[bins == shift].std(axis=0).max() for shift in range(-2, 3))
    assert largest_std < 0.1 * pca.std()


@pytest.mark.parametrize("angle", [0.3, -2.0])
def test_differences_do_not_depend_on_where_phases_begin(angle):
    recordings = small_recordings()
    arguments = (recordings, PATCH_FRAMES, STARTS[:20], np.arange(20) % 5, np.arange(20) % 3)
    plain = phase_differences(*arguments, by_fourier)
    rotated = phase_differences(*arguments, lambda patches: {"phases": by_fourier(patches)["phases"] + angle})
    np.testing.assert_allclose(np.exp(1j * rotated), np.exp(1j * plain), atol=1e-5)
