import numpy as np
import pytest

from embed.song.spread import spread
from evaluate.song import surrogates
from evaluate.song.divergence import valid_steps
from evaluate.song.protocol import METHODS, forecast_controls, spread_starts, sweep_exclusion
from forecast.song.forecasts import initial_conditions
from tests.trajectories import parameters_of, truth_of

OVERLAP = 30
PARAMETERS = parameters_of(
    lstm={"points": 2},
    var={"points": 2},
    analog={"delay_points": 2},
    forecast={"horizon_steps": 12, "first_point": 2},
    evaluation={"exclusion_points": (0, 30, 60)},
)


def with_evaluation(**changes):
    return PARAMETERS.model_copy(update={"evaluation": PARAMETERS.evaluation.model_copy(update=changes)})


@pytest.fixture(scope="module")
def song():
    """Noise seen through a running mean: its future is known as far as windows overlap, and no farther."""
    noise = np.random.default_rng(440).normal(size=(3, 400 + OVERLAP - 1))
    return np.stack([np.convolve(axis, np.ones(OVERLAP), "valid") for axis in noise], axis=1)


@pytest.fixture(scope="module")
def controls(song):
    return forecast_controls(song, OVERLAP, PARAMETERS)


def test_an_error_for_every_reference_system_method_and_step(controls):
    systems = ["song", "exact loop", "Lorenz-63", "phase-randomised song"]
    assert list(controls["controls"]) == systems
    assert tuple(controls["methods"]) == METHODS
    assert controls["nrmse"].shape == (4, 5, 13)
    assert (controls["nrmse"][..., 0] < 1e-12).all()
    steps = {
        system: dict(zip(METHODS, of_system, strict=True))
        for system, of_system in zip(systems, controls["valid_steps"], strict=True)
    }
    loop, lorenz = steps["exact loop"], steps["Lorenz-63"]
    assert loop["knn"] == loop["knn_paper"] == loop["analog"] == 12 > loop["persistence"]  # for ever
    assert lorenz["knn"] > 2 * lorenz["persistence"]


def test_song_stands_in_the_table_as_it_is_measured(controls, song):
    starts = initial_conditions(len(song), PARAMETERS)
    error = np.linalg.norm(truth_of(song, starts, 12) - song[starts][:, None], axis=2) / spread(song)
    column = METHODS.index("persistence")
    np.testing.assert_allclose(controls["nrmse"][0, column], np.sqrt(np.mean(error**2, axis=0)), atol=1e-9)
    assert controls["valid_steps"][0, column] == np.median(valid_steps(error, 0.5)[0])


def test_surrogates_depend_on_nothing_but_the_seed(controls, song):
    again, other = (forecast_controls(song, OVERLAP, with_evaluation(seed=seed))["nrmse"] for seed in (0, 1))
    np.testing.assert_array_equal(again, controls["nrmse"])
    np.testing.assert_array_equal(other[:3], controls["nrmse"][:3])
    assert (other[3] != controls["nrmse"][3]).any()


def test_what_overlaps_knows_the_future_and_what_does_not_knows_nothing(song):
    sweep = sweep_exclusion(song, OVERLAP, PARAMETERS)
    np.testing.assert_array_equal(sweep["exclusion_points"], [0, 30, 60])
    assert sweep["overlap_points"] == OVERLAP
    leaking, apart, far_apart = sweep["exclusion_valid_steps"]
    assert leaking > apart + 1
    assert far_apart == pytest.approx(apart, abs=1)


def test_blocks_that_leave_too_little_to_learn_from_are_left_out(song):
    most = (len(song) - 8) // 2
    swept = sweep_exclusion(song, OVERLAP, with_evaluation(exclusion_points=(0, most, most + 1, 399)))
    assert list(swept["exclusion_points"]) == [0, most]


def test_of_many_starts_evenly_spread_ones_are_measured_which_is_said(song, controls, monkeypatch):
    assert sweep_exclusion(song, OVERLAP, PARAMETERS)["thinned"] == ""
    monkeypatch.setattr("evaluate.song.protocol.MAX_STARTS", 10)
    n_starts = len(initial_conditions(len(song), PARAMETERS))
    starts, thinned = spread_starts(len(song), PARAMETERS)
    np.testing.assert_array_equal(starts, initial_conditions(len(song), PARAMETERS)[::4])
    assert thinned == f"every 4th of {n_starts} starts"
    assert sweep_exclusion(song, OVERLAP, PARAMETERS)["thinned"] == thinned
    randomise, randomised = surrogates.phase_randomised, []
    monkeypatch.setattr(surrogates, "phase_randomised", lambda *given: randomised.append(1) or randomise(*given))
    fewer = forecast_controls(song, OVERLAP, PARAMETERS)
    assert len(randomised) == 2
    error = np.linalg.norm(truth_of(song, starts, 12) - song[starts][:, None], axis=2) / spread(song)
    column = METHODS.index("persistence")
    np.testing.assert_allclose(fewer["nrmse"][0, column], np.sqrt(np.mean(error**2, axis=0)), atol=1e-9)
    assert fewer["valid_steps"][1, 0] == controls["valid_steps"][1, 0] == 12  # an exact loop, for ever


def test_a_reference_system_need_not_be_as_long_as_the_song(song, controls, monkeypatch):
    monkeypatch.setattr("evaluate.song.protocol.MAX_LORENZ_POINTS", 200)
    shorter = forecast_controls(song, OVERLAP, PARAMETERS)["nrmse"]
    np.testing.assert_array_equal(shorter[[0, 1, 3]], controls["nrmse"][[0, 1, 3]])
    assert (shorter[2] != controls["nrmse"][2]).any()
