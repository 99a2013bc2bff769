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


def test_the_page_of_an_hour_stays_below_20_mb_and_says_what_it_leaves_out(rng, script_of, monkeypatch):
    def encode(samples, sample_rate_hz, *, encoded_rate_hz, bits_per_s):
        return bytes(round(bits_per_s * len(samples) / sample_rate_hz / 8))

    monkeypatch.setattr("embed.song.player.page.encode_sound", encode)  # which takes half a minute
    n_points, rate_hz = 155_018, 100
    times_s = 0.25 + 0.0232 * np.arange(n_points)
    starts = np.arange(44, n_points - 31, 10)
    forecast = {"starts": starts, "forecast": rng.normal(size=(len(starts), 31, 3)).astype(np.float32)}
    later = {name: array[len(starts) // 2 :] for name, array in forecast.items()}
    runs = ("R", "RPVW", "PCA")
    page = build_page(
        "hour",
        {
            run: {
                "z": rng.normal(size=(n_points, 3)),
                "times_s": times_s,
                "starts_s": times_s - 0.25,
                "ends_s": times_s,
            }
            for run in runs
        },
        {
            "frames": rng.random((n_points, 94)).astype(np.float32),
            "times_s": times_s,
            "hop_s": np.array(0.0232),
            "frequencies_hz": np.linspace(0, 4000, 94),
            "scale": np.array("db"),
        },
        np.zeros(3600 * rate_hz, np.float32),
        rate_hz,
        forecasts={run: {"knn": forecast, "analog": forecast, "var": forecast, "lstm": later} for run in runs},
    )
    assert len(page.encode()) < 20e6
    data = script_of(page, "data")
    assert data["notes"] == ["every 13th of 15,495 forecasts", "sound of 24 kbit/s"]
    assert {run["thinned"] for run in data["runs"]} == {"every 8th of 155,018 points"}
    knn, lstm = (set(data["runs"][0]["forecasts"][method]["starts_s"]) for method in ("knn", "lstm"))
    assert lstm < knn  # methods are compared from the same starts
    assert len(knn) == -(-len(starts) // 13)


def test_the_page_of_a_short_song_leaves_nothing_out(player_page, script_of):
    data = script_of(player_page, "data")
    assert data["notes"] == []
    assert {run["thinned"] for run in data["runs"]} == {""}
    assert len(data["runs"][0]["forecasts"]["knn"]["starts_s"]) == 18
