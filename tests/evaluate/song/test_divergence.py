import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embed.song.spread import spread
from evaluate.song import divergence
from evaluate.song.surrogates import lorenz63, random_walk
from tests.trajectories import truth_of

LINE = np.outer(np.arange(50.0), [1.0, 2.0, 2.0])  # 3 from point to point


def persistence_of(z, starts, n_steps):
    return np.repeat(z[starts][:, None], n_steps + 1, axis=1)


def test_persistence_on_a_straight_line_falls_back_by_one_step_a_step():
    delta = divergence.distances(LINE, np.array([0, 10, 39]), persistence_of(LINE, [0, 10, 39], 10))
    np.testing.assert_allclose(delta, np.tile(3.0 * np.arange(11), (3, 1)))


def test_truth_itself_scores_as_well_as_can_be_and_persistence_has_no_skill_against_itself():
    z, starts = lorenz63(300), np.arange(0, 200, 10)
    scores = divergence.evaluate(z, starts, truth_of(z, starts, 15), 0.1)
    assert not scores["delta"].any()
    assert not scores["nrmse"].any()
    assert (scores["skill"][1:] == 1).all()
    assert scores["censored_share"] == 1
    assert scores["valid_time_s"] == pytest.approx(1.5)
    scores = divergence.evaluate(z, starts, persistence_of(z, starts, 20), 0.05)
    np.testing.assert_array_equal(scores["nrmse"], scores["persistence_nrmse"])
    np.testing.assert_array_equal(scores["skill"], [np.nan, *np.zeros(20)])


def test_always_predicting_the_mean_is_an_error_of_1(rng):
    z = rng.normal(size=(2000, 3))
    starts = np.arange(1990)
    climatology = np.broadcast_to(z.mean(axis=0), (1990, 11, 3))
    scores = divergence.evaluate(z, starts, climatology, 1.0)
    np.testing.assert_allclose(scores["nrmse"], 1, atol=0.01)
    np.testing.assert_allclose(scores["skill"][1:], 1 - np.sqrt(0.5), atol=0.02)  # two draws are sqrt(2) apart


def test_all_measures_of_a_case_done_by_hand():
    z = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]])  # spread sqrt(35 / 12) = 1.708
    forecast = np.array([[[0.0], [1.5], [2.0]], [[2.0], [3.0], [7.0]]])  # off by 0, .5, 0 and by 0, 0, 3
    scores = divergence.evaluate(z, np.array([0, 2]), forecast, 0.5)
    z_spread = np.sqrt(35 / 12)
    np.testing.assert_allclose(scores["delta"], [[0, 0.5, 0], [0, 0, 3]])
    np.testing.assert_allclose(scores["delta_mean"], [0, 0.25, 1.5])
    np.testing.assert_allclose(scores["delta_standard_error"], [0, 0.25, 1.5])
    np.testing.assert_allclose(scores["nrmse"], np.sqrt([0, 0.125, 4.5]) / z_spread)
    np.testing.assert_allclose(scores["persistence_nrmse"], np.array([0, 1, 2]) / z_spread)
    np.testing.assert_allclose(scores["skill"], [np.nan, 1 - np.sqrt(0.125), 1 - np.sqrt(4.5) / 2])
    np.testing.assert_array_equal(scores["valid_steps"], [2, 2])
    np.testing.assert_array_equal(scores["is_censored"], [True, False])
    assert scores["spread"] == pytest.approx(z_spread)
    assert scores["valid_time_s"] == 1.0
    np.testing.assert_allclose(scores["times_s"], [0, 0.5, 1.0])
    np.testing.assert_array_equal(scores["steps"], [0, 1, 2])


@pytest.mark.parametrize(
    ("error", "steps", "is_censored"),
    [
        ([0, 0.1, 0.2, 0.3], 3, True),
        ([0, 0.1, 0.2, 0.6], 3, False),
        ([0.6, 0.1, 0.2, 0.1], 0, False),
        ([0, 0.9, 0.1, 0.9], 1, False),  # coming back does not count
        ([0, 0.5, 0.5, 0.5], 3, True),  # at the threshold it does not exceed it
        ([0, 0.5, np.inf, 0.5], 2, False),
    ],
)
def test_valid_time_of_one_curve(error, steps, is_censored):
    (found,), (censored,) = divergence.valid_steps(np.array([error]))
    assert (found, censored) == (steps, is_censored)
    assert divergence.valid_steps(np.array([error]) / 5, 0.1)[0] == [steps]  # it follows the threshold


def test_standard_error_counts_the_initial_conditions_and_one_alone_has_none(rng):
    mean, error = divergence.mean_and_standard_error(np.array([[0.0, 2.0]]))
    np.testing.assert_array_equal(mean, [0, 2])
    assert np.isnan(error).all()
    delta = rng.normal(size=(40_000, 2)) * [1.0, 3.0]
    np.testing.assert_allclose(divergence.mean_and_standard_error(delta)[1], [1 / 200, 3 / 200], rtol=0.02)


@given(seed=st.integers(0, 2**32 - 1), factor=st.floats(1e-2, 1e2), offset=st.floats(-10, 10))
def test_size_shift_and_rotation_of_the_space_do_not_matter(seed, factor, offset):
    rng = np.random.default_rng(seed)
    z, starts = random_walk(60, rng, window_points=3), np.arange(0, 40, 5)
    forecast = truth_of(z, starts, 10) + 0.3 * np.cumsum(rng.normal(size=(8, 11, 3)), axis=1)
    rotation = factor * np.linalg.qr(rng.normal(size=(3, 3)))[0]
    one = divergence.evaluate(z, starts, forecast, 1.0)
    other = divergence.evaluate(z @ rotation + offset, starts, forecast @ rotation + offset, 1.0)
    for name in ("nrmse", "persistence_nrmse", "skill", "valid_steps"):
        np.testing.assert_allclose(other[name], one[name], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(other["delta"], factor * one["delta"], rtol=1e-6, atol=1e-9 * factor)


def test_valid_time_is_the_median_by_which_half_of_the_forecasts_are_off(rng):
    z = np.arange(100.0)[:, None]  # spread 28.87
    errors = np.zeros((3, 21, 1))
    errors[0, 3:] = errors[1, 4:] = 20.0
    starts = np.array([0, 10, 20])
    scores = divergence.evaluate(z, starts, truth_of(z, starts, 20) + errors, 0.1)
    np.testing.assert_array_equal(scores["valid_steps"], [3, 4, 20])
    assert scores["valid_time_s"] == pytest.approx(0.4)  # whatever the censored one
    assert scores["censored_share"] == pytest.approx(1 / 3)
    z, starts = random_walk(400, rng), np.arange(301)
    scores = divergence.evaluate(z, starts, persistence_of(z, starts, 90), 1.0, threshold=0.1)
    step = int(scores["valid_time_s"])
    has_ended = (scores["delta"] / spread(z) > 0.1).cumsum(axis=1) > 0
    assert has_ended[:, step].mean() >= 0.5 >= has_ended[:, step - 1].mean()


@pytest.mark.parametrize(
    ("starts", "shape", "message"),
    [
        (np.array([0, 40]), (2, 11, 3), "starts=40: must be 0 to 39 for 10 steps in 50 points"),
        (np.array([0, -1]), (2, 11, 3), "starts=-1: must be 0 to 39 for 10 steps in 50 points"),
        (np.array([0.0, 1.0]), (2, 11, 3), "starts of type float64: must be indices of points"),
        (np.array([0]), (2, 11, 3), r"forecast of shape \(2, 11, 3\): must be \(1, at least 2, 3\) for 1 starts .*"),
        (np.array([0, 1]), (2, 11, 4), r"forecast of shape \(2, 11, 4\): must be \(2, at least 2, 3\) for 2 starts .*"),
        (np.array([0, 1]), (2, 1, 3), r"forecast of shape \(2, 1, 3\): must be .*"),
        (np.array([], dtype=int), (0, 11, 3), r"forecast of shape \(0, 11, 3\): must be .*"),
        (np.array([0]), (11, 3), r"forecast of shape \(11, 3\), starts \(1,\), z \(50, 3\): must be \(n_starts, .*"),
    ],
)
def test_forecast_that_does_not_fit(starts, shape, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        divergence.distances(LINE, starts, np.zeros(shape))


def spoilt(value):
    return np.append(LINE[:-1], [[0, value, 0]], axis=0)


NOT_FINITE = r"of shape \(1, 2, 3\): must be finite"


@pytest.mark.parametrize(
    ("measure", "arguments", "message"),
    [
        *(
            (
                divergence.distances,
                (spoilt(value), np.array([0]), np.zeros((1, 3, 3))),
                r"z of shape \(50, 3\): must be finite",
            )
            for value in (np.nan, np.inf)
        ),
        *(
            (divergence.distances, (LINE, np.array([0]), np.full((1, 2, 3), value)), f"forecast {NOT_FINITE}")
            for value in (np.nan, np.inf)
        ),
        (divergence.valid_steps, (np.zeros((1, 5)), 0), "threshold=0: must be greater than 0"),
        (divergence.valid_steps, (np.array([[0.0, np.nan]]),), r"error of shape \(1, 2\): must not be NaN"),
        (divergence.skill, (np.ones((3, 5)), np.ones((2, 5))), r"reference of shape \(3, 5\): must be \(2, 5\) as .*"),
    ],
)
def test_arrays_that_cannot_be_measured(measure, arguments, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        measure(*arguments)


def test_one_step_errors_by_hand():
    v = np.array([[3.0, 4.0], [0.0, 2.0]])
    for v_hat, z_spread, squared, cosine in (
        (v, 2.0, [0, 0], [1, 1]),
        (-v, 2.0, [100 / 4, 16 / 4], [-1, -1]),
        (np.array([[-4.0, 3.0], [0.0, 7.0]]), 1.0, [50, 25], [0, 1]),
        (np.array([[0.0, 0.0], [0.0, 1.0]]), 1.0, [25, 1], [1]),  # rest has an error and no angle
        (np.zeros((2, 2)), 1.0, [25, 4], []),
    ):
        squared_errors, cosines = divergence.one_step_errors(v, v_hat, z_spread)
        assert squared_errors.tolist() == pytest.approx(squared)
        assert cosines.tolist() == pytest.approx(cosine)
        _, of_smaller = divergence.one_step_errors(v, 1e-3 * v_hat, z_spread)
        assert of_smaller.tolist() == pytest.approx(cosine)  # the norm does not matter


@pytest.mark.parametrize(
    ("v_hat", "z_spread", "message"),
    [
        (np.ones((3, 2)), 1.0, r"reference of shape \(2, 2\), estimated \(3, 2\): must both be \(n_velocities, .*"),
        (np.full((2, 2), np.nan), 1.0, r"reference and estimated of shape \(2, 2\): must be finite"),
        (np.ones((2, 2)), 0.0, "z_spread=0.0: must be greater than 0"),
    ],
)
def test_velocities_that_cannot_be_scored(v_hat, z_spread, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        divergence.one_step_errors(np.ones((2, 2)), v_hat, z_spread)
