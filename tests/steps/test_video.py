"""All steps of the study `video` on a few seconds of film; what is refused."""

import numpy as np
import pytest

from pipeline import results
from pipeline.parameters import load
from save_dataset import step0_make_video, step1_save_video
from save_dataset.series import frames_path, load_series
from tests.done_steps import (
    assert_drawn_again_with_the_same_bytes,
    assert_figures,
    assert_refused,
    do_all_steps,
    names_in,
)
from train_model import step2_train_song

SMALL = """
study = "video"

[course]
file = "small.mp4"
round_s = 2.3

[film]
file = "small.mp4"
height_px = 48
width_px = 50
decimation = 2

[split]
validation_fraction = 0.15
test_fraction = 0.4

[model]
clip_windows = 5

[training]
epochs = 1
pixel_stride = 4

[knn]
n_neighbours = 2

[analog]
n_neighbours = 2
delay_points = 3

[var]
points = 2

[lstm]
points = 4
epochs = 1

[forecast]
methods = ["knn", "knn_paper", "lstm", "joint", "persistence"]
horizon_steps = 4
first_point = 4
every_points = 1
long_steps = 8

[evaluation]
n_surrogates = 3
exclusion_points = [0, 5]

[play]
video = ["PCA"]
frame_rate_hz = 5.0

[runs.ORF]
loss.gamma = 0.01

[runs.PCA]
model.method = "pca"

[figures]
compare = [["ORF", "PCA"]]
period_s = 2.3
sections = [[0, "first round"], [17, "second round"]]
"""


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    return do_all_steps(tmp_path_factory.mktemp("video"), SMALL)


@pytest.fixture
def small(tmp_path, write_parameters):
    """A root with the parameter file `small` and its film."""
    write_parameters(SMALL, "small")
    step0_make_video.run("small", root=tmp_path)
    return tmp_path


@pytest.mark.slow
def test_steps_in_order(done):
    parameters, output = load("small", done), done / "output" / "small"
    film = load_series(parameters, done)
    assert film["frames"].shape == (42, 48, 50)  # 5.6 s at 15 Hz, every second frame
    np.testing.assert_allclose(np.diff(film["times_s"]), 2 / 15)
    for run in parameters.for_runs():
        embedding = results.load(run, "embedding", done)
        np.testing.assert_allclose(embedding["times_s"], film["times_s"])
        np.testing.assert_allclose(embedding["ends_s"] - embedding["starts_s"], 1 / 15)
        missing = {kind for kind in run.RESULTS if not results.is_fresh(run, kind, done)}
        of_methods = {f"{what}_{method}" for what in ("forecast", "divergence") for method in ("knn", "lstm")}
        assert not missing & {"history", "autoencoder", "recurrence", "controls", *of_methods}
        assert results.load(run, "forecast_lstm", done)["starts"].min() >= 42 - 16  # the part to test on
    history = results.load(parameters.for_run("ORF"), "history", done)
    assert history["val_loss"].shape == (1,)
    assert names_in(output) == {"ORF", "PCA", "figures", "film.npz", "frames.npy", "player.html", "sections.vtt"}
    assert {path.parent.name for path in output.glob("*/trajectory.mp4")} == {"PCA"}


@pytest.mark.slow
def test_every_figure_and_table_of_the_study_is_drawn(done):
    of_runs = {f"{what}_{run}" for what in ("trajectory", "forecasts", "fans") for run in ("ORF", "PCA")}
    of_film = {"frames", "losses", "compare_ORF_PCA", "errors", "skill", "valid_times", "divergence"}
    of_protocol = {"controls", "exclusion", "recurrence"}
    tables = {"embedding", "divergence", "divergence_paper", "one_step", "controls", "recurrence", "consistency"}
    assert_figures(done, of_runs | of_film | of_protocol, tables)


@pytest.mark.slow
def test_all_is_drawn_again_without_tensorflow_and_with_the_same_bytes(done, done_again):
    assert_drawn_again_with_the_same_bytes("evaluate.step8_draw_video", done, done_again, ["player.html"])


def test_step0_makes_the_same_film_again_and_leaves_what_is_found(small, write_parameters):
    film = small / "music" / "small.mp4"
    first = film.read_bytes()
    step0_make_video.run("small", root=small)
    assert film.read_bytes() == first
    film.with_suffix(".json").unlink()
    assert_refused(small, r"small.mp4: is a recording, not made here", step0_make_video)
    assert_refused(small, r"small.mp4: is not what \[course\] says; run: .*step0_make_video small", step1_save_video)
    write_parameters(SMALL.replace('[course]\nfile = "small.mp4"', '[course]\nfile = "other.mp4"'), "small")
    step0_make_video.run("small", root=small)
    assert names_in(small / "music") == {"small.mp4"}


REFUSED = {
    "a clip longer than the film": (
        ("clip_windows = 5", "clip_windows = 75"),
        r"20 of 42 frames to train on: run ORF n",
    ),
    "decimation": (("decimation = 2", "decimation = 500"), r"film.decimation=500: leaves 1 of 84 frames"),
    "an empty part": (
        ("validation_fraction = 0.15", "validation_fraction = 0.01"),
        r"leaves no frame of 42 for this p",
    ),
    "nothing to train on": (("test_fraction = 0.4", "test_fraction = 0.9"), r"must add up to less than 1"),
    "start": (("decimation = 2", "start_s = 9.0"), r"film.start_s=9: must be less than its length, 5.60 s"),
    "no such film": (('[film]\nfile = "small.mp4"', '[film]\nfile = "none.mp4"'), r"none.mp4: no such film"),
    "sections": (("[17, ", "[0, "), r"must begin one after the other, they begin at 0, 0"),
}


@pytest.mark.parametrize(("edit", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_in_one_line_and_nothing_is_written(small, write_parameters, edit, message):
    before, after = edit
    assert before in SMALL
    write_parameters(SMALL.replace(before, after), "small")
    error = FileNotFoundError if "no such film" in message else ValueError
    assert_refused(small, message, step1_save_video, error=error)


def test_frames_that_are_missing_or_others_are_refused(small):
    step1_save_video.run("small", root=small)
    path = frames_path(load("small", small), small)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert_refused(small, r"frames.npy: is not what step 1 wrote; run: .*step1_save_video small", step2_train_song)
    path.unlink()
    message = r"frames.npy: does not exist; run: .*step1_save_video small"
    assert_refused(small, message, step2_train_song, error=FileNotFoundError)
