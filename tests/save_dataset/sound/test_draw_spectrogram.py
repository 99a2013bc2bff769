import numpy as np
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.patches import Rectangle

from save_dataset.sound.draw_spectrogram import draw_spectrogram


@pytest.fixture
def stored(rng):
    return {
        "frames": rng.uniform(size=(50, 8)).astype(np.float32),
        "times_s": 0.25 + 0.5 * np.arange(50),
        "frequencies_hz": 100.0 * np.arange(8),
        "hop_s": np.array(0.5),
        "frame_s": np.array(0.5),
        "lowest": np.array(-60.0),
        "highest": np.array(0.0),
        "scale": np.array("magnitude"),
    }


def mesh_of(figure):
    return next(artist for artist in figure.axes[0].collections if isinstance(artist, QuadMesh))


@pytest.mark.parametrize("scale", ["magnitude", "db", "log_mel"])
def test_axes_are_time_and_frequency_and_the_bar_says_decibels_only_for_decibels(stored, scale):
    axes, bar = draw_spectrogram(stored | {"scale": np.array(scale)}, window_frames=4).axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("time (s)", "frequency (Hz)")
    assert axes.get_ylim() == (-50, 750)
    assert ("dB" in bar.get_ylabel()) == (scale != "magnitude")
    assert "magnitude" in bar.get_ylabel()


def test_magnitudes_are_drawn_as_stored_decibels_as_decibels_and_the_arrays_left_alone(stored):
    before = {key: value.copy() for key, value in stored.items()}
    linear = mesh_of(draw_spectrogram(stored, window_frames=4, max_s=100))
    np.testing.assert_array_equal(linear.get_array(), stored["frames"].T)
    assert linear.colorbar.extend == "max"
    decibels = mesh_of(draw_spectrogram(stored | {"scale": np.array("db")}, window_frames=4, max_s=100))
    np.testing.assert_allclose(decibels.get_array(), 60 * stored["frames"].T - 60, rtol=0, atol=1e-4)
    assert decibels.colorbar.extend == "neither"
    assert decibels.norm.vmax == pytest.approx(60 * stored["frames"].max() - 60, abs=1e-4)
    for key, value in before.items():
        np.testing.assert_array_equal(stored[key], value)


def test_only_the_first_seconds_are_drawn(stored):
    figure = draw_spectrogram(stored, window_frames=4, max_s=5.0)
    assert mesh_of(figure).get_array().shape == (8, 10)
    assert figure.axes[0].get_xlim()[1] == pytest.approx(5.0)


def test_first_window_is_outlined_from_edge_to_edge(stored):
    axes = draw_spectrogram(stored, window_frames=4).axes[0]
    box = next(patch for patch in axes.patches if isinstance(patch, Rectangle))
    assert (box.get_x(), box.get_width()) == (0, 2)
    assert (box.get_y(), box.get_height()) == (0, 700)
    assert [text.get_text() for text in axes.texts] == ["one window, 4 frames"]
