"""All steps of `digits` on small images; what is stale, up to date, or bad input."""

from urllib.error import URLError

import numpy as np
import pytest

from evaluate import step7_measure_digits, step8_draw_digits
from evaluate.digits.measures import ANGLES_DEG, CLASSIFIERS, TESTED, TRAINED
from pipeline import results
from pipeline.parameters import load
from save_dataset import step1_save_digits
from save_dataset.images import digits
from tests.done_steps import (
    assert_complete,
    assert_drawn_again_with_the_same_bytes,
    assert_figures,
    assert_left_but_for_one_run,
    assert_refused,
    do_all_steps,
)
from train_model import step2_train_complex

SMALL = """
study = "digits"

[images]
side_pixels = 12

[model]
n_bases = 8
dropout = 0.0

[training]
pairs_per_epoch = 2000
batch_pairs = 50
learning_rate = 1e-2
epochs = 3
validation_pairs = 100
plot_every_epochs = 2

[classify]
max_train = 300
max_test = 100

[runs.LEARNED]

[runs.MORE]
model.n_bases = 12
"""
AFTER_STEP_1 = (step2_train_complex, step7_measure_digits, step8_draw_digits)
N_PIXELS = 12 * 12
FIGURES = {"images", "losses", "errors", "errors_by_angle"}
FIGURES_OF_RUNS = {f"{what}_{run}" for what in ("snapshots", "bases") for run in ("LEARNED", "MORE")}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A root where all steps are done for `small`; only for looking."""
    root = tmp_path_factory.mktemp("digits")
    return do_all_steps(root, SMALL)


@pytest.mark.slow
def test_all_results_are_there_and_fresh(done):
    assert_complete(done, {"images.npz"})


@pytest.mark.slow
def test_the_bases_learn(done):
    for run, n_bases in (("LEARNED", 8), ("MORE", 12)):
        history = results.load(load("small", done).for_run(run), "history", done)
        assert history["bases"].shape == (2 * n_bases, N_PIXELS)
        assert history["snapshot_epochs"].tolist() == [0, 2, 3]
        assert (np.diff(history["validation"]) < 0).all()
        assert history["validation"][-1] < 0.8 * history["validation"][0]


@pytest.mark.slow
def test_measures_have_the_shapes_that_are_stated_and_rotated_digits_are_harder_for_pixels(done):
    for run in load("small", done).for_runs():
        measures = results.load(run, "measures", done)
        assert measures["features"].tolist() == ["pixels", "random", "learned"]
        assert measures["errors"].shape == (3, len(CLASSIFIERS), len(TRAINED), len(TESTED))
        assert measures["errors_by_angle"].shape == (3, len(ANGLES_DEG))
        assert measures["angle_errors_deg"].shape == (2,)
        assert (int(measures["n_train"]), int(measures["n_test"])) == (300, 100)
        upright, rotated = measures["errors"][0, 0, 0, :2]
        assert 0 <= upright < 0.2 < 0.5 < rotated <= 1
        assert measures["errors_by_angle"][0, 0] == pytest.approx(upright)


@pytest.mark.slow
def test_every_figure_and_table_is_drawn_and_told(done):
    assert_figures(done, FIGURES | FIGURES_OF_RUNS, {"errors"})
    figures = done / "output" / "small" / "figures"
    rows = (figures / "errors.csv").read_text().splitlines()
    assert len(rows) == 1 + 2 * 3 * len(CLASSIFIERS) * len(TRAINED)


@pytest.mark.slow
def test_all_is_drawn_again_without_tensorflow_and_with_the_same_bytes(done, done_again):
    assert_drawn_again_with_the_same_bytes("evaluate.step8_draw_digits", done, done_again)


@pytest.mark.slow
def test_what_is_up_to_date_is_left_and_one_run_can_be_done_alone(done_again, capsys):
    assert_left_but_for_one_run(done_again, step7_measure_digits, capsys)


@pytest.mark.slow
def test_what_is_stale_is_refused_by_name_with_the_way_out(done_again, write_parameters):
    write_parameters(SMALL.replace("model.n_bases = 12", "model.n_bases = 10"), "small")
    stale = "MORE/complex_autoencoder.keras: was made with model.n_bases=12, .* now says 10; run: .*step2_train_complex"
    assert_refused(done_again, stale, step7_measure_digits, runs=["MORE"])
    write_parameters(SMALL.replace("side_pixels = 12", "side_pixels = 16"), "small")
    stale = r"images.npz: was made with images.side_pixels=12, .* now says 16; run: .*step1_save_digits small"
    assert_refused(done_again, stale, *AFTER_STEP_1)


def test_a_step_before_its_time_says_which_comes_first(write_parameters):
    root = write_parameters(SMALL, "small")
    message = r"images\.npz.*run: .*step1_save_digits small"
    assert_refused(root, message, *AFTER_STEP_1, error=FileNotFoundError)


def write_half(folder):
    np.savez(folder / "half.npz", x_train=np.zeros((2, 28, 28), np.uint8), y_test=np.zeros(2))


BAD_IMAGES = {
    "no network": ("mnist", None, ValueError, r"^images.source='mnist': could not be downloaded \(.*no route.*\); "),
    "no file": ("mine.npz", None, FileNotFoundError, r"^images.source: there is no file .*music/mine\.npz; "),
    "half a file": ("half.npz", write_half, ValueError, r"music/half\.npz: has no y_train, x_test; "),
}


@pytest.mark.parametrize(("source", "write", "error", "message"), BAD_IMAGES.values(), ids=BAD_IMAGES)
def test_without_mnist_a_user_is_told_how_to_get_it_and_what_else_there_is(
    write_parameters, monkeypatch, source, write, error, message
):
    def fail(url, timeout):
        raise URLError("no route to host")

    root = write_parameters(f'study = "digits"\n[images]\nsource = "{source}"\n[runs.A]\n', "bad")
    monkeypatch.setattr(digits, "KERAS_MNIST", root / "mnist.npz")
    monkeypatch.setattr(digits, "urlopen", fail)
    (root / "music").mkdir()
    if write:
        write(root / "music")
    ways = r"give the path of mnist\.npz, or 'digits', which comes with scikit-learn$"
    assert_refused(root, message + ".*" + ways, step1_save_digits, error=error, name="bad")
