"""Settings as text, originals, and paths as one spectrogram."""

import json

import numpy as np
import pytest

from forecast.switches.generated import Generated, follow_path, parse_switches
from tests.small_switches import small_clips


@pytest.mark.parametrize(
    ("text", "setting"),
    [("3=1", {"3": 1}), (" 12 = .25 , 2 = 4. ", {"2": 4, "12": 0.25}), ("16=1000,1=0", {"1": 0, "16": 1000})],
)
def test_settings_are_read_in_the_order_of_numbers(text, setting):
    assert [*parse_switches(text, 16).items()] == [*setting.items()]


@pytest.mark.parametrize(
    "text",
    [
        *("", "3", "=1", "3=", "3=1,", ",3=1", "3=1;7=1", "3=1 7=1", "3==1", "3:1", "x=1", "3=x", "3=nan", "3=inf"),
        *("3=-1", "-3=1", "3=1e3", "3.5=1", "0=1", "03=1", "3=1001", "3=1,3=0.5", "３=1", "3=1\n7", "both"),
    ],
)
def test_a_text_that_says_no_setting_is_refused(text):
    with pytest.raises(ValueError, match=r"^switches=.*must be switches, each once, .* as \"3=1,7=0.5\"$"):
        parse_switches(text, 16)


def test_the_original_of_a_row_is_the_blend_of_its_clips_or_the_sound_itself(rng):
    mels, own = small_clips().mels, rng.uniform(size=(2, 32, 16))
    settings = [{"switches": {"1": 1.0, "3": 3.0}}, {"switches": {}}, {"sliders": {"1": 2.0}}, {"sliders": {}}]
    kinds, texts = np.array(["switches", "switches", "own", "own"]), np.array([json.dumps(one) for one in settings])
    nothing = np.zeros(4)
    made = Generated(kinds, kinds, texts, nothing, nothing, own, nothing, nothing)
    assert made.original(0, mels) == pytest.approx(0.25 * mels[0] + 0.75 * mels[2])
    assert made.original(1, mels) == pytest.approx(mels.mean(axis=0))
    assert made.original(2, mels).tolist() == own[0].tolist()
    assert made.original(3, mels).tolist() == own[1].tolist()


def test_on_a_path_every_step_has_equal_time_and_the_sound_goes_evenly_from_one_to_the_next():
    mels = np.broadcast_to(np.arange(5.0)[:, None, None], (5, 64, 2))
    long = follow_path(mels, 4)[:, 0]
    assert len(long) == 2 * 56  # the clip twice, an eighth shorter: its ends are blended
    assert (long[0], long[-1]) == (0, 4)
    assert np.diff(long).max() == pytest.approx(5 / 112, abs=1e-6)
    assert [np.count_nonzero(np.round(long + 1e-9) == step) for step in range(5)] == pytest.approx([112 / 5] * 5, abs=1)


def test_on_a_path_the_time_of_the_clip_goes_on_without_a_jump():
    turns = np.sin(2 * np.pi * np.arange(64) / 56)[:, None]  # its ends fit where an eighth of them is blended
    long = follow_path(np.stack([turns, turns, turns]), 1)
    assert long[:, 0] == pytest.approx(np.sin(2 * np.pi * np.arange(len(long)) / 56), abs=1e-6)
    assert len(long) == 3 * 56
    assert follow_path(turns[None], 1).tolist() == turns.tolist()  # of one step
