import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embed.song.spread import scale_by_spread
from evaluate.song.divergence import distances, root_mean_square
from evaluate.song.surrogates import exact_loop, random_walk
from forecast.song.exclusion import ExclusionRule
from forecast.song.linear import VAR
from forecast.song.roll_out import Persistence
from tests.trajectories import BLOCK, N_STEPS, circle, error_of, forecast_of, truth_of

every_rule = pytest.mark.parametrize("learn_from", ["block", "past", "all"])


def var_straightforwardly(z, start, n_steps, rule, points):
    """Least squares on the rows that may be learned from, written out one by one, `(n_steps + 1, latent_dim)`."""
    pieces = [
        (first, first + points)
        for first in range(len(z) - points)
        if rule.allow(np.array(first), np.array(first + points), start, present=np.array(first + points - 1))
    ]
    rows = np.array([np.append(z[first:last].ravel(), 1) for first, last in pieces])
    linear_map, *_ = np.linalg.lstsq(rows, np.array([z[last] for _, last in pieces]))
    path = list(z[start - points + 1 : start + 1])
    for _ in range(n_steps):
        path.append(np.append(np.ravel(path[-points:]), 1) @ linear_map)
    return np.array(path[points - 1 :])


@every_rule
@pytest.mark.parametrize("points", [1, 2, 7, 20])
def test_least_squares_on_what_may_be_learned_from(learn_from, points):
    z = random_walk(500, np.random.default_rng(3), window_points=5)
    starts, rule = np.array([150, 240, 400]), ExclusionRule(learn_from, 40)
    expected = [var_straightforwardly(z, start, 12, rule, points) for start in starts]
    np.testing.assert_allclose(forecast_of(VAR(points), z, starts, rule, 12), expected, atol=1e-6)


@every_rule
@pytest.mark.parametrize("period", [50, 50.3])
def test_circle_is_followed_whatever_its_period(learn_from, period):
    z, starts = np.hstack([circle(400, period), circle(400, period / 2)[:, :1]]), np.array([100, 207, 330])
    rule = ExclusionRule(learn_from, BLOCK.radius_points)
    np.testing.assert_allclose(forecast_of(VAR(), z, starts, rule), truth_of(z, starts), atol=1e-6)


@every_rule
@pytest.mark.parametrize("n_loop", [7, 15, 20])
def test_exact_loop_that_it_sees_whole_is_followed_although_all_rounds_are_the_same(learn_from, n_loop, rng):
    z = np.tile(rng.normal(size=(n_loop, 3)), (30, 1))[:200]
    starts, rule = np.array([70, 100, 160]), ExclusionRule(learn_from, 25)
    np.testing.assert_allclose(forecast_of(VAR(), z, starts, rule), truth_of(z, starts), atol=1e-9)


def test_known_linear_map_is_found(rng):
    linear_map = 0.98 * np.linalg.qr(rng.normal(size=(3, 3)))[0]
    z = np.zeros((2000, 3))
    for point in range(1, len(z)):
        z[point] = linear_map @ z[point - 1] + [1.0, 0.0, -2.0] + 1e-3 * rng.normal(size=3)
    forecast = forecast_of(VAR(1), z, [1000], n_steps=1)
    np.testing.assert_allclose(forecast[0, 1], linear_map @ z[1000] + [1.0, 0.0, -2.0], atol=1e-3)


def test_sine_in_noise_is_forecast_to_the_noise_and_persistence_is_not(rng):
    z, starts = circle(1000, 25) + 0.1 * rng.normal(size=(1000, 2)), np.arange(100, 960, 20)
    linear, staying = error_of(VAR(), z, starts), error_of(Persistence(), z, starts)
    assert linear.max() < 1.3 * 0.1 * np.sqrt(2)
    assert linear[12] < 0.1 * staying[12]  # half a round away
    assert (linear[1:] < staying[1:]).all()


@pytest.mark.parametrize("learn_from", ["block", "past"])
def test_walk_is_known_as_far_as_its_own_smoothing_and_no_farther(learn_from):
    window, rule = 22, ExclusionRule(learn_from, BLOCK.radius_points)
    for seed in range(3):
        z = random_walk(1800, np.random.default_rng(seed), window)
        steps_of_it = random_walk(1800 + window - 1, np.random.default_rng(seed), 1)
        starts = np.arange(900, 1760, 20)
        after = starts[:, None] + np.arange(N_STEPS + 1)
        last_known = np.minimum(after[..., None] + np.arange(window), starts[:, None, None] + window - 1)
        best = root_mean_square(distances(z, starts, steps_of_it[last_known].mean(axis=2)))
        assert (error_of(VAR(), z, starts, rule)[5:] > 0.97 * best[5:]).all()


@given(seed=st.integers(0, 2**32 - 1), offset=st.floats(-10, 10), factor=st.floats(0.1, 10))
def test_any_linear_change_of_the_space_does_not_matter(seed, offset, factor):
    rng = np.random.default_rng(seed)
    z, starts = scale_by_spread(random_walk(300, rng, window_points=5)), np.array([90, 180])
    change = factor * np.linalg.qr(rng.normal(size=(3, 3)))[0] * [1.0, 0.5, 2.0]
    expected = forecast_of(VAR(5), z, starts, n_steps=8) @ change + offset
    forecast = forecast_of(VAR(5), z @ change + offset, starts, n_steps=8)
    np.testing.assert_allclose(forecast, expected, atol=1e-6 * factor)


def test_loop_longer_than_it_sees_is_followed_to_a_few_hundredths():
    z, starts = scale_by_spread(exact_loop(random_walk(800, np.random.default_rng(1)), 107)), np.array([150, 200, 600])
    assert error_of(VAR(), z, starts).max() < 0.1
    assert error_of(Persistence(), z, starts).max() > 1


def test_too_little_to_learn_from_is_refused():
    z, message = random_walk(500, np.random.default_rng(3)), "^var.points: 61 coefficients .* to the 41 pieces .* 60 "
    with pytest.raises(ValueError, match=message):
        forecast_of(VAR(), z, [60], ExclusionRule("past"))
    for points in (500, 1000):
        with pytest.raises(ValueError, match=f"^var.points={points}: must be less than the 500 points of the traj"):
            forecast_of(VAR(points), z, [60], ExclusionRule())


def test_fewer_points_than_coefficients_are_refused_by_name():
    z = np.random.default_rng(0).normal(size=(80, 64))
    with pytest.raises(ValueError, match="^var.points: 76 coefficients are to be fitted to the 61 pieces"):
        forecast_of(VAR(4), z, [20], ExclusionRule("block", 5))


def test_points_that_would_fill_the_memory_are_refused_by_name():
    z = np.broadcast_to(0.0, (200_000, 64))
    with pytest.raises(
        ValueError, match="^var.points=100: would need 40.9 GB of memory, more than 1.5 GB; take fewer$"
    ):
        VAR(100).fit(z, np.array([100]), ExclusionRule(), 5)
