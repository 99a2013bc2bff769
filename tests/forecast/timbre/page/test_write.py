import base64
import io

import matplotlib.image
import numpy as np
import pytest
import soundfile

from forecast.timbre.page.rows import MAX_TOTAL_S, Cell
from forecast.timbre.page.write import N_COLUMNS, N_MELS, describe_cell
from tests.forecast.timbre.page.conftest import RATE_HZ, tone


def decode(cell):
    return soundfile.read(io.BytesIO(base64.b64decode(cell["sound"])))[0]


def brightness(cell):
    content = base64.b64decode(cell["image"].partition(",")[2])
    return matplotlib.image.imread(io.BytesIO(content), format="png")[..., :3].sum(axis=2)


@pytest.mark.parametrize(("peak", "factor"), [(0.2, 0.85), (1.0, 0.85), (1.7, 0.5)])
def test_all_sounds_are_scaled_alike(peak, factor):
    for level in (0.2, 0.02):
        samples = tone("voice", 1.0, level)
        sound = decode(describe_cell(Cell("input", samples), RATE_HZ, peak))
        assert len(sound) == 32000
        assert np.std(sound) == pytest.approx(0.95 * factor * np.std(samples), rel=0.01)  # the encoder takes 5 % off


def test_a_spectrogram_is_bright_where_the_tone_is_and_darker_if_it_is_softer():
    samples = np.concatenate([tone("voice", 1), np.zeros(RATE_HZ), tone("blend", 1)])
    loud, soft = (brightness(describe_cell(Cell("input", level * samples), RATE_HZ, 0.5)) for level in (1, 0.1))
    assert loud.shape == (N_MELS, pytest.approx(N_COLUMNS, abs=1))
    assert np.argmax(loud[:, 20]) > np.argmax(loud[:, -20]) + 20  # low frequencies are at the bottom
    assert loud[:, 120].max() < 0.1
    assert soft.max() < loud.max()


def test_silence_is_dark():
    cell = describe_cell(Cell("input", np.zeros(RATE_HZ, np.float32)), RATE_HZ, 0.0)
    assert np.unique(brightness(cell)).size == 1


def test_a_page_stays_below_20_mb(rng):
    cell = describe_cell(Cell("input", rng.normal(size=4 * RATE_HZ)), RATE_HZ, 4.0)
    n_sounds = 200  # all that can be chosen with ten runs, of 6 s
    assert len(cell["sound"]) / 4 * MAX_TOTAL_S + n_sounds * len(cell["image"]) < 20e6
