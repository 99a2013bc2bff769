import numpy as np
import pytest

from embed.song.spread import spread
from evaluate.song.divergence import valid_steps
from evaluate.song.protocol import METHODS, forecast_controls, sweep_exclusion
from forecast.song.forecasts import initial_conditions
from pipeline.parameters import load
from tests.trajectories import truth_of

SETTINGS = """
study = "song"
sound.file = "a.wav"
model.clip_windows = 3
lstm.points = 2
var.points = 2
analog.delay_points = 2
forecast.horizon_steps = 12
forecast.first_point = 2
evaluation.exclusion_points = [0, 30, 60]
[runs.R]
loss.alpha = 0.0
"""
OVERLAP = 30


@pytest.fixture(scope="module")
def parameters(tmp_path_factory):
    root = tmp_path_factory.mktemp("controls")
    (root / "parameters").mkdir()
    (root / "parameters" / "song.toml").write_text(SETTINGS)
    return load("song", root).for_run("R")


@pytest.fixture(scope="module")
def song():
    """Noise seen through a running mean: its future is known as far as windows overlap, and no farther."""
    noise = np.random.default_rng(440).normal(size=(3, 400 + OVERLAP - 1))
    return np.stack([np.convolve(axis, np.ones(OVERLAP), "valid") for axis in noise], axis=1)


@pytest.fixture(scope="module")
def controls(song, parameters):
    return forecast_controls(song, OVERLAP, parameters)


def steps_of(controls, trajectory, method):
    return controls["valid_steps"][list(controls["controls"]).index(trajectory), list(METHODS).index(method)]


def test_an_error_for_every_control_method_and_step(controls):
    assert list(controls["controls"]) == ["song", "exact loop", "Lorenz-63", "phase-randomised song"]
    assert tuple(controls["methods"]) == METHODS
    assert controls["valid_steps"].shape == (4, 5)
    assert controls["nrmse"].shape == (4, 5, 13)
    assert (controls["nrmse"][..., 0] < 1e-12).all()


@pytest.mark.parametrize("method", ["knn", "knn_paper", "analog"])
def test_an_exact_loop_is_forecast_for_ever(controls, method):
    assert steps_of(controls, "exact loop", method) == 12
    assert steps_of(controls, "exact loop", "persistence") < 12


def test_lorenz_is_forecast_longer_than_by_staying_in_place(controls):
    assert steps_of(controls, "Lorenz-63", "knn") > 2 * steps_of(controls, "Lorenz-63", "persistence")


def test_song_stands_in_the_table_as_it_is_measured(controls, song, parameters):
    starts = initial_conditions(len(song), parameters)
    error = np.linalg.norm(truth_of(song, starts, 12) - song[starts][:, None], axis=2) / spread(song)
    column = METHODS.index("persistence")
    np.testing.assert_allclose(controls["nrmse"][0, column], np.sqrt(np.mean(error**2, axis=0)), atol=1e-9)
    assert controls["valid_steps"][0, column] == np.median(valid_steps(error, 0.5)[0])


def test_surrogates_depend_on_nothing_but_the_seed(controls, song, parameters):
    def with_seed(seed):
        evaluation = parameters.evaluation.model_copy(update={"seed": seed})
        return forecast_controls(song, OVERLAP, parameters.model_copy(update={"evaluation": evaluation}))["nrmse"]

    np.testing.assert_array_equal(with_seed(0), controls["nrmse"])
    other = with_seed(1)
    np.testing.assert_array_equal(other[:3], controls["nrmse"][:3])
    assert (other[3] != controls["nrmse"][3]).any()


def test_what_overlaps_knows_the_future_and_what_does_not_knows_nothing(song, parameters):
    sweep = sweep_exclusion(song, OVERLAP, parameters)
    np.testing.assert_array_equal(sweep["exclusion_points"], [0, 30, 60])
    assert sweep["overlap_points"] == OVERLAP
    leaking, apart, far_apart = sweep["exclusion_valid_steps"]
    assert leaking > apart + 1
    assert far_apart == pytest.approx(apart, abs=1)


def test_blocks_that_leave_too_little_to_learn_from_are_left_out(song, parameters):
    most = (len(song) - 8) // 2
    evaluation = parameters.evaluation.model_copy(update={"exclusion_points": (0, most, most + 1, 399)})
    swept = sweep_exclusion(song, OVERLAP, parameters.model_copy(update={"evaluation": evaluation}))
    assert list(swept["exclusion_points"]) == [0, most]
