import csv

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

from evaluate.song.draw_songs import divergence_rows, draw_differences, draw_songs, format_difference
from pipeline.parameters import load
from tests.stored_results import store

RUNS = """
study = "song"
sound.file = "tones.wav"
forecast.methods = ["knn", "knn_paper", "persistence"]
[runs.R]
loss.alpha = 0.0
[runs.RF]
[runs.RF_s1]
training.seed = 1
"""
SONGS = ("waltz", "march", "rondo")
STEPS = np.arange(13.0)
SQUARE = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])  # fills two dimensions
LINE = np.array([[1.0, 0.0], [-1.0, 0.0], [2.0, 0.0], [-2.0, 0.0]])
DIFFERENCE = {
    "mean": -0.25 * STEPS,
    "low": -0.5 * STEPS,
    "high": 0.125 * STEPS,
    "lower_share": np.where(STEPS < 4, 0.5, 0.75),
    "n_songs": np.array(4),
}


@pytest.fixture
def pool(write_parameters):
    """Three songs with known errors: RF is 0.25 a step below R in the leak-free protocol, and as R in the other."""
    for index, song in enumerate(SONGS):
        root = write_parameters(RUNS, song)
        for run in load(song, root).for_runs():
            gain = 0.25 if run.loss.alpha else 0.0
            z = LINE if run.loss.alpha else SQUARE
            store(run, "embedding", root, mean_velocity_cosine=0.5 + gain, z=z)
            nrmse, valid_time_s = (2 + index - gain) * STEPS, 1.0 + run.training.seed
            store(run, "divergence_knn", root, nrmse=nrmse, compared_valid_time_s=valid_time_s)
            store(run, "divergence_knn_paper", root, axes_mean=STEPS, compared_valid_time_s=2.0 + index)
    write_parameters(RUNS + f"[figures]\nsongs = {list(SONGS)}", "pooled")
    return root


def read(path):
    return list(csv.DictReader(path.open(newline="")))


def test_tables_and_figure_of_songs_with_known_differences_and_valid_times_as_means_over_seeds(pool):
    paths = {path.name: path for path in draw_songs(load("pooled", pool), pool)}
    tables = [f"songs_{name}.{end}" for name in ("divergence", "smoothness", "valid_times") for end in ("csv", "tex")]
    assert sorted(paths) == sorted([*tables, "songs_divergence.png", "songs_divergence.pdf"])
    leak_free, paper = read(paths["songs_divergence.csv"])
    assert leak_free["at 1"] == "-0.250 [-0.250, -0.250]"
    assert leak_free["at 10"] == "-2.500 [-2.500, -2.500]"
    assert "at 30" not in leak_free
    assert (leak_free["method"], leak_free["runs"], leak_free["songs"]) == ("KNN", "RF - R", "3")
    assert paper["at 10"] == "+0.000 [+0.000, +0.000]"
    (smoothness,) = read(paths["songs_smoothness.csv"])
    assert smoothness["runs"] == "RF - R"
    assert smoothness["mean cos(v, v next)"] == "+0.250 [+0.250, +0.250]"
    assert smoothness["effective dimensions"] == "-1.000 [-1.000, -1.000]"
    rows = read(paths["songs_valid_times.csv"])
    assert [(row["song"], row["run"]) for row in rows] == [(song, run) for song in SONGS for run in ("R", "RF")]
    assert [row["KNN"] for row in rows] == ["1.000", "1.500"] * 3
    assert [row["KNN (paper's)"] for row in rows] == ["2.000"] * 2 + ["3.000"] * 2 + ["4.000"] * 2
    assert {row["persistence"] for row in rows} == {""}  # not measured


def test_nothing_is_drawn_where_no_songs_are_named_or_measured(write_parameters):
    root = write_parameters(RUNS)
    assert draw_songs(load("song", root), root) == []
    write_parameters(RUNS, "silent")
    write_parameters(RUNS + '[figures]\nsongs = ["song", "silent"]', "pooled")
    assert draw_songs(load("pooled", root), root) == []
    assert not (root / "output").exists()


def test_a_curve_with_its_interval_for_each_kind():
    figure = draw_differences({"knn": {"RF": DIFFERENCE, "PCA": DIFFERENCE}, "knn_paper": {"RF": DIFFERENCE}})
    leak_free, paper = figure.axes
    assert [axes.get_title() for axes in figure.axes] == ["KNN", "KNN (paper's)"]
    curve = leak_free.lines[0]
    np.testing.assert_array_equal(curve.get_xydata(), np.stack([STEPS, DIFFERENCE["mean"]], axis=1))
    assert [to_hex(line.get_color()) for line in leak_free.lines[:2]] == [to_hex("tab:red"), to_hex("tab:blue")]
    band = next(band for band in leak_free.collections if isinstance(band, PolyCollection))
    corners = band.get_paths()[0].vertices
    assert (corners[:, 1].min(), corners[:, 1].max()) == (DIFFERENCE["low"].min(), DIFFERENCE["high"].max())
    (label,) = paper.get_legend().get_texts()
    assert label.get_text() == "RF - R, 4 songs"


def test_a_difference_has_its_sign_and_interval_and_the_fraction_of_steps_at_which_most_songs_gain():
    (row,) = divergence_rows({"knn": {"RF": DIFFERENCE}})
    assert row["lower in most songs"] == "75% of steps"  # steps 4 to 12 of 1 to 12
    assert format_difference({"mean": 0.12345, "low": -0.5, "high": 1.0}) == "+0.123 [-0.500, +1.000]"
