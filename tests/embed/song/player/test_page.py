import base64
import io
import re

import numpy as np
import pytest
import soundfile

from embed.song.player.page import build_page
from pipeline.figures import METHOD_COLOURS


@pytest.fixture
def short(song):
    """The song with a second of sound, which is soon encoded, and without forecasts."""
    return song | {"samples": song["samples"][:44100], "forecasts": None}


def test_the_page_has_the_song(player_page, script_of):
    data = script_of(player_page, "data")
    assert data["duration_s"] == 6.0
    assert [run["name"] for run in data["runs"]] == ["R", "RF_2s"]
    assert data["sections"] == [[0, "verse"], [3, "chorus"]]
    assert len(data["time_colours"]) == 64
    assert data["time_colours"][0] == "#440154"  # where viridis begins
    decoded, rate_hz = soundfile.read(io.BytesIO(base64.b64decode(script_of(player_page, "sound-data"))))
    assert (len(decoded), rate_hz) == (6 * 44100, 44100)


def test_methods_are_listed_once_in_the_order_of_the_forecasts_with_the_colours_of_figures(short, script_of):
    forecast = {"starts": np.array([3]), "forecast": np.zeros((1, 5, 3))}
    forecasts = {"R": {"var": forecast, "knn_paper": forecast}, "RF_2s": {"knn_paper": forecast, "mlp": forecast}}
    methods = script_of(build_page("x", **(short | {"forecasts": forecasts})), "data")["methods"]
    assert list(methods) == ["var", "knn_paper", "mlp"]
    assert methods["knn_paper"] == {"name": "KNN (paper's)", "colour": METHOD_COLOURS["knn_paper"]}


def test_controls_have_names_for_a_screen_reader(player_page):
    names = set(re.findall(r'<button id="(\w+)"', player_page))
    assert names == {"play", "slower", "faster", "loop", "clear", "colour", "reset"}
    timeline = re.search(r'<div id="timeline"[^>]*>', player_page).group()
    assert 'role="slider" tabindex="0" aria-label="time in the song"' in timeline


def test_the_same_song_makes_the_same_page_and_a_page_needs_a_run(short):
    assert build_page("x", **short) == build_page("x", **short)
    with pytest.raises(ValueError, match=r"embeddings=\{\}: must have at least one run"):
        build_page("x", **(short | {"embeddings": {}}))
