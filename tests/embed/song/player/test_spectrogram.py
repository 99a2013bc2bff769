import base64
import io

import matplotlib
import matplotlib.image
import numpy as np
import pytest

from embed.song.player.spectrogram import describe_spectrogram, place_ticks, shorten


def stored(frames, scale="db"):
    n_frames, n_bins = frames.shape
    return {
        "frames": frames,
        "times_s": 0.01 + 0.02 * np.arange(n_frames),
        "frequencies_hz": np.linspace(0, 4000, n_bins),
        "frame_s": np.array(0.02),
        "hop_s": np.array(0.02),
        "scale": np.array(scale),
    }


def pixels_of(described):
    image = base64.b64decode(described["image"].removeprefix("data:image/png;base64,"))
    return matplotlib.image.imread(io.BytesIO(image), format="png")[..., :3]


def test_time_runs_to_the_right_and_frequency_upwards():
    frames = np.zeros((5, 3))
    frames[4, 0] = 1  # last, lowest
    described = describe_spectrogram(stored(frames))
    assert described["span_s"] == pytest.approx([0, 0.1])  # to the edges of the frames
    pixels = pixels_of(described)
    assert pixels.shape[:2] == (3, 5)
    assert np.unravel_index(pixels.sum(axis=2).argmax(), (3, 5)) == (2, 4)
    np.testing.assert_allclose(pixels[2, 4], matplotlib.colormaps["inferno"](1.0)[:3], atol=1 / 255)


def test_linear_magnitude_is_drawn_by_its_cube_root_and_decibels_as_they_are():
    frames = np.array([[0.0, 0.027, 1.0]])  # 0.3 lies between no two colours
    np.testing.assert_array_equal(
        pixels_of(describe_spectrogram(stored(frames, "magnitude"))),
        pixels_of(describe_spectrogram(stored(np.array([[0.0, 0.3, 1.0]]), "db"))),
    )
    assert describe_spectrogram(stored(frames, "magnitude"))["label"] == "cube root of magnitude"
    assert describe_spectrogram(stored(frames, "log_mel"))["label"] == "dB in mel bands"


def test_a_long_spectrogram_keeps_its_loudest_frames_and_a_short_one_stays_as_it_is(rng):
    frames = np.zeros((155_018, 2))
    frames[[0, 77_777, 155_017], 1] = 1
    short = shorten(frames)
    assert short.shape == (2400, 2)
    np.testing.assert_array_equal(np.flatnonzero(short[:, 1]), [0, 77_777 * 2400 // 155_018, 2399])
    frames = rng.random((1291, 94))
    np.testing.assert_array_equal(shorten(frames), frames)


def test_ticks_are_round_frequencies_where_they_are_in_bins_or_mel_bands():
    assert place_ticks(np.array([0.0, 1000, 2000, 3000])) == [[0.125, 0], [0.375, 1000], [0.625, 2000], [0.875, 3000]]
    (position, tick), (_, other) = place_ticks(np.array([100.0, 300, 900, 2700]))
    assert (position, tick, other) == (pytest.approx((2 + 100 / 1800 + 0.5) / 4), 1000, 2000)
