import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embed.song.spread import scale_by_spread
from evaluate.song.divergence import distances, root_mean_square
from evaluate.song.surrogates import exact_loop, random_walk
from forecast.song.baselines import persistence
from forecast.song.exclusion import ExclusionRule
from forecast.song.linear import var
from forecast.song.roll_out import roll_out

N_STEPS = 30
BLOCK = ExclusionRule("block", 22 + N_STEPS)
every_rule = pytest.mark.parametrize("learn_from", ["block", "past", "all"])


def truth_of(z, starts):
    return z[starts[:, None] + np.arange(N_STEPS + 1)]


def error_of(z, starts, forecaster):
    return root_mean_square(distances(z, starts, roll_out(z, starts, N_STEPS, forecaster)))


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
    forecast = roll_out(z, starts, 12, var(z, starts, rule, points=points))
    expected = [var_straightforwardly(z, start, 12, rule, points) for start in starts]
    np.testing.assert_allclose(forecast, expected, atol=1e-6)


@every_rule
def test_straight_line_is_continued_exactly(learn_from):
    line, starts = 7 + np.outer(np.arange(300.0), [1.0, 2.0, 2.0]), np.array([60, 150, 230])
    forecaster = var(line, starts, ExclusionRule(learn_from, BLOCK.radius_points))
    np.testing.assert_allclose(roll_out(line, starts, N_STEPS, forecaster), truth_of(line, starts), rtol=1e-6)


@every_rule
@pytest.mark.parametrize("period", [50, 50.3])
def test_circle_is_followed_whatever_its_period(learn_from, period):
    angles = 2 * np.pi * np.arange(400) / period
    z, starts = np.stack([np.cos(angles), np.sin(angles), np.cos(2 * angles)], axis=1), np.array([100, 207, 330])
    forecaster = var(z, starts, ExclusionRule(learn_from, BLOCK.radius_points))
    np.testing.assert_allclose(roll_out(z, starts, N_STEPS, forecaster), truth_of(z, starts), atol=1e-6)


@every_rule
@pytest.mark.parametrize("n_loop", [7, 15, 20])
def test_exact_loop_that_it_sees_whole_is_followed_although_all_rounds_are_the_same(learn_from, n_loop, rng):
    z = np.tile(rng.normal(size=(n_loop, 3)), (30, 1))[:200]
    starts = np.array([70, 100, 160])
    rule = ExclusionRule(learn_from, 25)
    np.testing.assert_allclose(roll_out(z, starts, N_STEPS, var(z, starts, rule)), truth_of(z, starts), atol=1e-9)


def test_known_linear_map_is_found(rng):
    turn = 0.98 * np.linalg.qr(rng.normal(size=(3, 3)))[0]
    z = np.empty((2000, 3))
    z[0] = 0
    for point in range(1, len(z)):
        z[point] = turn @ z[point - 1] + [1.0, 0.0, -2.0] + 1e-3 * rng.normal(size=3)
    starts = np.array([1000])
    forecast = roll_out(z, starts, 1, var(z, starts, BLOCK, points=1))
    np.testing.assert_allclose(forecast[0, 1], turn @ z[1000] + [1.0, 0.0, -2.0], atol=1e-3)


def test_sine_in_noise_is_forecast_to_the_noise_and_persistence_is_not(rng):
    angles = 2 * np.pi * np.arange(1000) / 25
    z = np.stack([np.sin(angles), np.cos(angles)], axis=1) + 0.1 * rng.normal(size=(1000, 2))
    starts = np.arange(100, 960, 20)
    linear, staying = error_of(z, starts, var(z, starts, BLOCK)), error_of(z, starts, persistence())
    assert linear.max() < 1.3 * 0.1 * np.sqrt(2)
    assert linear[12] < 0.1 * staying[12]  # half a round away
    assert (linear[1:] < staying[1:]).all()


@pytest.mark.parametrize("learn_from", ["block", "past"])
def test_walk_is_known_as_far_as_its_own_smoothing_and_no_farther(learn_from):
    window = 22
    for seed in range(3):
        z = random_walk(1800, np.random.default_rng(seed), window)
        steps_of_it = random_walk(1800 + window - 1, np.random.default_rng(seed), 1)
        starts = np.arange(900, 1760, 20)
        after = starts[:, None] + np.arange(N_STEPS + 1)
        last_known = np.minimum(after[..., None] + np.arange(window), starts[:, None, None] + window - 1)
        best = root_mean_square(distances(z, starts, steps_of_it[last_known].mean(axis=2)))
        rule = ExclusionRule(learn_from, BLOCK.radius_points)
        assert (error_of(z, starts, var(z, starts, rule))[5:] > 0.97 * best[5:]).all()


@pytest.mark.parametrize("start", [100, 200, 330])
def test_nothing_is_learned_from_the_block(start, rng):
    z, starts, radius = random_walk(400, rng, window_points=5), np.array([start]), 40
    changed = z.copy()
    block = np.r_[start - radius : start - 19, start + 1 : start + radius + 1]  # but what is seen up to the start
    changed[block] = 5 * rng.normal(size=(len(block), 3))
    rule = ExclusionRule("block", radius)
    before, after = (roll_out(each, starts, N_STEPS, var(each, starts, rule)) for each in (z, changed))
    np.testing.assert_allclose(after, before, atol=1e-6)
    edge = ExclusionRule("block", radius - 1)
    fooled = roll_out(changed, starts, N_STEPS, var(changed, starts, edge))
    assert np.abs(fooled - roll_out(z, starts, N_STEPS, var(z, starts, edge))).max() > 1e-3


def test_past_knows_nothing_of_what_comes_after_the_start(rng):
    z, starts = random_walk(400, rng, window_points=5), np.array([200])
    changed = z.copy()
    changed[201:] = 5 * rng.normal(size=(199, 3))
    before, after = (roll_out(each, starts, N_STEPS, var(each, starts, ExclusionRule("past"))) for each in (z, changed))
    np.testing.assert_allclose(after, before, atol=1e-6)


def test_starts_do_not_know_of_each_other(rng):
    z, starts = random_walk(400, rng, window_points=5), np.array([99, 200, 311])
    together = roll_out(z, starts, N_STEPS, var(z, starts, BLOCK))
    for number in range(3):
        alone = roll_out(z, starts[[number]], N_STEPS, var(z, starts[[number]], BLOCK))
        np.testing.assert_allclose(alone[0], together[number], atol=1e-9)


def test_long_forecast_begins_with_the_short_one(rng):
    z, starts = random_walk(400, rng, window_points=5), np.array([99, 200])
    forecaster = var(z, starts, BLOCK)
    long, short = roll_out(z, starts, N_STEPS, forecaster), roll_out(z, starts, 11, forecaster)
    np.testing.assert_array_equal(long[:, :12], short)
    np.testing.assert_array_equal(long[:, 0], z[starts])


@given(seed=st.integers(0, 2**32 - 1), offset=st.floats(-10, 10), factor=st.floats(0.1, 10))
def test_any_linear_change_of_the_space_does_not_matter(seed, offset, factor):
    rng = np.random.default_rng(seed)
    z, starts = scale_by_spread(random_walk(300, rng, window_points=5)), np.array([90, 180])
    change = factor * np.linalg.qr(rng.normal(size=(3, 3)))[0] * [1.0, 0.5, 2.0]
    expected = roll_out(z, starts, 8, var(z, starts, BLOCK, points=5)) @ change + offset
    changed = z @ change + offset
    forecast = roll_out(changed, starts, 8, var(changed, starts, BLOCK, points=5))
    np.testing.assert_allclose(forecast, expected, atol=1e-6 * factor)


def test_loop_longer_than_it_sees_is_followed_to_a_few_hundredths():
    z = scale_by_spread(exact_loop(random_walk(800, np.random.default_rng(1)), 107))
    starts = np.array([150, 200, 600])
    assert error_of(z, starts, var(z, starts, BLOCK)).max() < 0.1
    assert error_of(z, starts, persistence()).max() > 1


def test_too_little_to_learn_from_is_told():
    z = random_walk(500, np.random.default_rng(3))
    with pytest.raises(
        ValueError, match=r"^var.points: 61 coefficients are to be fitted to the 41 pieces .* point 60 "
    ):
        var(z, np.array([60]), ExclusionRule("past"), points=20)
