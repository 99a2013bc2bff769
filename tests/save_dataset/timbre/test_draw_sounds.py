"""The figure of the sounds."""

import numpy as np
import pytest

from pipeline.sections.timbre import ShortTimeFourier
from save_dataset.timbre.draw_sounds import EXCERPT_S, draw_excerpts

FOURIER = ShortTimeFourier(sample_rate_hz=8000, window_samples=512, hop_samples=128)


@pytest.mark.slow
def test_each_sound_has_a_panel_from_where_it_begins(rng):
    times_s = np.arange(6 * 8000) / 8000
    sine = np.sin(2 * np.pi * 1000 * times_s).astype(np.float32)
    sounds = {"late": np.concatenate([np.zeros(8000, np.float32), sine]), "short": sine[:4000]}
    figure = draw_excerpts(sounds, FOURIER)
    late, short, bar = figure.axes
    assert [axes.get_title("left") for axes in (late, short)] == ["late", "short"]
    assert late.get_xlim() == (0, EXCERPT_S)
    assert (figure.get_supxlabel(), figure.get_supylabel()) == ("time (s)", "frequency (kHz)")
    assert bar.get_ylabel() == "level (dB)"
    levels_db = late.images[0].get_array()
    assert levels_db.max() == 0
    assert np.argmax(levels_db[:, 8]) == 64  # 1000 Hz, soon after the beginning
    assert late.images[0].get_extent()[3] == 4.0
    assert short.images[0].get_extent()[1] == pytest.approx(0.5, abs=0.02)
