import csv

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

from evaluate.song.draw_songs import divergence_rows, draw_differences, draw_songs
from evaluate.song.songs import load_songs
from evaluate.song.tables import format_difference
from evaluate.song.trade_off import difference_rows, load_kinds, run_rows
from pipeline.figures import colour_of
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
[runs.PCA]
model.method = "pca"
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
    """Three songs with known errors: RF is 0.25 a step below R in the leak-free protocol, and as R in the other.

    The rondo has no PCA.
    """
    for index, song in enumerate(SONGS):
        root = write_parameters(RUNS, song)
        for run in load(song, root).for_runs():
            if (song, run.run) == ("rondo", "PCA"):
                continue
            kind, seed = run.run.split("_")[0], run.training.seed
            gain = 0.25 if kind == "RF" else 0.0
            loss = {"R": 0.25, "RF": 0.1875, "PCA": 0.375}[kind]
            losses = {"reconstruction_loss": loss, "lowest_reconstruction_loss": 0.125}
            smoothness = {"mean_velocity_cosine": 0.5 + gain, "path_over_extent": 8.0 + seed}
            store(run, "embedding", root, z=LINE if kind == "RF" else SQUARE, **losses, **smoothness)
            nrmse = (2 + index - gain) * STEPS
            compared = {"valid_time_s": 1.0 + seed, "censored_share": gain + 0.75 * seed, "nrmse": nrmse}
            compared = {f"compared_{name}": value for name, value in compared.items()}
            store(run, "divergence_knn", root, nrmse=nrmse, **compared)
            store(run, "divergence_knn_paper", root, axes_mean=STEPS, compared_valid_time_s=2.0 + index)
    write_parameters(RUNS + f"[figures]\nsongs = {list(SONGS)}", "pooled")
    return root


def read(path):
    return list(csv.DictReader(path.open(newline="")))


def test_tables_and_figures_of_songs_with_known_differences_and_valid_times_as_means_over_seeds(pool):
    paths = {path.name: path for path in draw_songs(load("pooled", pool), pool)}
    names = [f"songs_{name}.{end}" for name in ("divergence", "trade_off") for end in ("png", "pdf")]
    tables = ("divergence", "runs", "differences", "valid_times")
    assert sorted(paths) == sorted(names + [f"songs_{name}.{end}" for name in tables for end in ("csv", "tex")])
    leak_free, _, paper, _ = read(paths["songs_divergence.csv"])
    assert leak_free["at 1"] == "-0.250 [-0.250, -0.250]"
    assert leak_free["at 10"] == "-2.500 [-2.500, -2.500]"
    assert "at 30" not in leak_free
    assert (leak_free["method"], leak_free["runs"], leak_free["songs"]) == ("KNN", "RF - R", "3")
    assert paper["at 10"] == "+0.000 [+0.000, +0.000]"
    rows = read(paths["songs_valid_times.csv"])
    runs = [(song, run) for song in SONGS for run in ("R", "RF", "PCA") if (song, run) != ("rondo", "PCA")]
    assert [(row["song"], row["run"]) for row in rows] == runs
    assert [row["KNN"] for row in rows] == ["1.000", "1.500", "1.000"] * 2 + ["1.000", "1.500"]
    assert [row["KNN (paper's)"] for row in rows] == ["2.000"] * 3 + ["3.000"] * 3 + ["4.000"] * 2
    assert {row["persistence"] for row in rows} == {""}  # not measured


def test_table_of_runs_has_means_over_seeds_and_the_errors_next_to_those_on_the_pure_autoencoder(pool):
    kinds = load_kinds(SONGS, {"knn": load_songs(SONGS, "divergence_knn", dict, pool)}, pool)
    rows = {(row["song"], row["run"]): row for row in run_rows(kinds)}
    assert [*rows][-2:] == [("rondo", "R"), ("rondo", "RF")]
    assert rows["waltz", "RF"] == {
        **{"song": "waltz", "run": "RF", "seeds": "2", "reconstruction loss": "0.18750"},
        **{"mean cos(v, v next)": "0.750", "effective dimensions": "1.00", "path / extent": "8.5"},
        **{"best forecaster": "KNN", "valid time (s)": "1.500+"},
        **{"NRMSE at 1": "1.750", "NRMSE at 5": "8.750", "NRMSE at 10": "17.500", "NRMSE at 30": ""},
        "below R": "12 of 12",
    }
    assert [rows["waltz", "PCA"][column] for column in ("valid time (s)", "below R")] == ["1.000", "0 of 12"]
    by_runs = {row["runs"]: row for row in difference_rows(kinds)}
    assert list(by_runs) == ["RF - R", "PCA - R", "R - PCA", "RF - PCA"]
    assert by_runs["RF - PCA"]["reconstruction loss (millinats)"] == "-187.500 [-187.500, -187.500]"
    assert [by_runs[runs]["lower"] for runs in by_runs] == ["3 of 3", "0 of 2", "2 of 2", "2 of 2"]


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
    assert [to_hex(line.get_color()) for line in leak_free.lines[:2]] == [
        to_hex(colour_of(run, [])) for run in ("RF", "PCA")
    ]
    band = next(band for band in leak_free.collections if isinstance(band, PolyCollection))
    corners = band.get_paths()[0].vertices
    assert (corners[:, 1].min(), corners[:, 1].max()) == (DIFFERENCE["low"].min(), DIFFERENCE["high"].max())
    (label,) = paper.get_legend().get_texts()
    assert label.get_text() == "RF - R, 4 songs"


def test_a_difference_has_its_sign_and_interval_and_the_fraction_of_steps_at_which_most_songs_gain():
    (row,) = divergence_rows({"knn": {"RF": DIFFERENCE}})
    assert row["lower in most songs"] == "75% of steps"  # steps 4 to 12 of 1 to 12
    assert format_difference({"mean": 0.12345, "low": -0.5, "high": 1.0}) == "+0.123 [-0.500, +1.000]"
