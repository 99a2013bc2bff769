from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embed.song.spread import scale_by_spread
from evaluate.song.divergence import distances, root_mean_square, valid_steps
from evaluate.song.surrogates import exact_loop, lorenz63, random_walk
from forecast.song.baselines import persistence
from forecast.song.exclusion import ExclusionRule
from forecast.song.knn import analog, knn
from forecast.song.linear import var
from forecast.song.roll_out import roll_out
from tests.straightforward_divergence import WAYS, forecast_straightforwardly

N_STEPS = 30
BLOCK = ExclusionRule("block", 22 + N_STEPS)
MAKES = {"knn": knn, "analog": partial(analog, n_steps=N_STEPS)}
every_method = pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)
every_rule = pytest.mark.parametrize("learn_from", ["block", "past", "all"])


def truth_of(z, starts, n_steps=N_STEPS):
    return z[starts[:, None] + np.arange(n_steps + 1)]


def circle(n_points, period):
    angles = 2 * np.pi * np.arange(n_points) / period
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def error_of(z, starts, forecaster, n_steps=N_STEPS):
    return root_mean_square(distances(z, starts, roll_out(z, starts, n_steps, forecaster)))


@every_method
@every_rule
def test_straight_line_is_continued_exactly(make, learn_from):
    line, starts = np.outer(np.arange(300.0), [1.0, 2.0, 2.0]), np.array([60, 150, 230])
    rule = ExclusionRule(learn_from, BLOCK.radius_points)
    np.testing.assert_allclose(roll_out(line, starts, N_STEPS, make(line, starts, rule)), truth_of(line, starts))


@every_method
@every_rule
def test_loop_is_followed_exactly_once_a_round_is_known(make, learn_from):
    starts = np.array([330, 407, 500])
    rule = ExclusionRule(learn_from, BLOCK.radius_points)
    for loop in (circle(600, 50), exact_loop(random_walk(600, np.random.default_rng(1)), 53)):
        forecast = roll_out(loop, starts, N_STEPS, make(loop, starts, rule))
        np.testing.assert_allclose(forecast, truth_of(loop, starts), atol=1e-9)


@every_method
def test_circle_of_no_whole_number_of_points_is_followed_closely(make):
    z, starts = circle(900, 50.3), np.array([307, 400, 500])
    assert error_of(z, starts, make(z, starts, ExclusionRule("past"))).max() < 0.05


def test_first_round_cannot_be_known():
    z, starts = circle(200, 150), np.array([60])
    assert error_of(z, starts, knn(z, starts, ExclusionRule("past")))[-1] > 0.5


@every_method
def test_chaos_is_known_longer_to_neighbours_than_to_a_linear_map(make):
    z = scale_by_spread(lorenz63(1270))
    starts = np.arange(50, 1200, 25)
    valid = {}
    for name, forecaster in {"neighbours": make(z, starts, BLOCK), "linear": var(z, starts, BLOCK)}.items():
        delta = distances(z, starts, roll_out(z, starts, N_STEPS, forecaster))
        valid[name] = np.median(valid_steps(delta)[0])
    assert valid["neighbours"] > 2 * valid["linear"]


@every_rule
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("n_neighbours", [1, 5])
def test_all_starts_together_give_what_one_query_at_a_time_gives(learn_from, way, n_neighbours):
    z = scale_by_spread(random_walk(400, np.random.default_rng(7), window_points=5))
    starts, rule = np.arange(40, 370, 30), ExclusionRule(learn_from, 20)
    together = roll_out(z, starts, 15, knn(z, starts, rule, n_neighbours=n_neighbours))
    alone = forecast_straightforwardly(z, starts, 15, way, rule=rule, n_neighbours=n_neighbours)
    np.testing.assert_allclose(together, alone, rtol=0, atol=0 if way == "the same tree" else 1e-9)


@every_method
def test_starts_do_not_know_of_each_other(make, rng):
    z, starts = random_walk(400, rng, window_points=5), np.array([99, 200, 311])
    together = roll_out(z, starts, N_STEPS, make(z, starts, BLOCK))
    for number in range(3):
        alone = roll_out(z, starts[[number]], N_STEPS, make(z, starts[[number]], BLOCK))
        np.testing.assert_array_equal(alone[0], together[number])


@pytest.mark.parametrize("way", ["all distances", "ball tree"])
def test_repeats_make_ties_that_do_not_matter_where_what_follows_is_the_same(way, rng):
    z = np.tile(rng.normal(size=(25, 3)), (12, 1))
    starts, rule = np.array([120, 133, 170]), ExclusionRule("block", 30)
    together = roll_out(z, starts, 40, knn(z, starts, rule))
    alone = forecast_straightforwardly(z, starts, 40, way, rule=rule)
    np.testing.assert_allclose(together, truth_of(z, starts, 40), atol=1e-9)
    np.testing.assert_allclose(together, alone, atol=1e-9)


def test_point_that_was_there_before_goes_the_mean_way_it_went():
    ways = np.array([[1.0, 0], [0, 1.0], [-1.0, 0]])
    z = np.concatenate([[[0, 0], way, 50 + way] for way in ways] + [[[0.0, 0.0]]])
    starts = np.array([len(z) - 1])
    forecast = roll_out(z, starts, 1, knn(z, starts, ExclusionRule("all"), n_neighbours=5))
    np.testing.assert_allclose(forecast[0, 1], ways.mean(axis=0), atol=1e-12)  # all the weight lies on the three


def test_one_step_done_by_hand():
    z = np.array([[0.0], [1.0], [8.0], [6.0], [20.0], [2.0], [30.0]])
    starts = np.array([5])  # at 2: nearest are 1, going 7, and 0, going 1
    forecast = roll_out(z, starts, 1, knn(z, starts, ExclusionRule("all"), n_neighbours=2))
    assert forecast[0, 1, 0] == pytest.approx(2 + (7 / 1 + 1 / 2) / (1 / 1 + 1 / 2))


def test_start_is_left_out_by_its_number_and_a_twin_elsewhere_is_not(rng):
    z = rng.normal(size=(40, 3))
    z[30] = z[10]
    for start, twin in ((10, 30), (30, 10)):
        starts = np.array([start])
        forecast = roll_out(z, starts, 1, knn(z, starts, ExclusionRule("all")))
        np.testing.assert_allclose(forecast[0, 1], z[start] + z[twin + 1] - z[twin])


def test_off_the_trajectory_the_nearest_point_counts_too():
    z = np.array([[0.0], [50.0], [3.0], [5.6], [200.0], [300.0]])
    starts = np.array([0])
    forecast = roll_out(z, starts, 2, knn(z, starts, ExclusionRule("all"), n_neighbours=1))
    np.testing.assert_allclose(forecast[0, :, 0], [0, 2.6, 5.2])  # by 2.6, as from 3, both times


def test_last_point_has_no_velocity_and_is_no_neighbour(rng):
    z = rng.normal(size=(30, 3))
    z[-1] = z[12] + 1e-6
    starts = np.array([12])
    nearest = np.argsort(np.linalg.norm(z[:-1] - z[12], axis=1))[1]
    forecast = roll_out(z, starts, 1, knn(z, starts, ExclusionRule("all"), n_neighbours=1))
    np.testing.assert_allclose(forecast[0, 1], z[12] + z[nearest + 1] - z[nearest])
    last = np.array([29])
    assert np.isfinite(roll_out(z, last, 5, knn(z, last, ExclusionRule("past")))).all()


@every_method
@pytest.mark.parametrize("start", [60, 200, 300])
def test_nothing_is_learned_from_the_block(make, start, rng):
    z, starts, radius = random_walk(400, rng, window_points=5), np.array([start]), 40
    changed = z.copy()
    block = np.r_[start - radius : start - 18, start + 1 : start + radius + 1]  # but what is seen up to the start
    changed[block] = 1e-3 * rng.normal(size=(len(block), 3)) + z[start]
    rule = ExclusionRule("block", radius)
    before, after = (roll_out(each, starts, N_STEPS, make(each, starts, rule)) for each in (z, changed))
    np.testing.assert_allclose(after, before, atol=1e-12)
    fooled = roll_out(changed, starts, N_STEPS, make(changed, starts, ExclusionRule("block", radius - 12)))
    assert np.abs(fooled - before).max() > 0.01


@every_method
def test_all_that_lies_clear_of_the_block_is_learned_from(make, rng):
    z, starts, rule = rng.normal(size=(300, 3)), np.array([150]), ExclusionRule("block", 40)
    if make is knn:
        n_clear = len([point for point in range(299) if point + 1 < 110 or point > 190])
    else:
        n_clear = len([point for point in range(18, 270) if point + 30 < 110 or point - 18 > 190])
    assert np.isfinite(roll_out(z, starts, N_STEPS, make(z, starts, rule, n_neighbours=n_clear))).all()
    with pytest.raises(ValueError, match=f"^n_neighbours={n_clear + 1}: a start has fewer pieces"):
        roll_out(z, starts, N_STEPS, make(z, starts, rule, n_neighbours=n_clear + 1))


@every_method
def test_past_knows_nothing_of_what_comes_after_the_start(make, rng):
    z, starts = random_walk(400, rng, window_points=5), np.array([200])
    changed = z.copy()
    changed[201:] = rng.normal(size=(199, 3)) + z[200]
    before, after = (
        roll_out(each, starts, N_STEPS, make(each, starts, ExclusionRule("past"))) for each in (z, changed)
    )
    np.testing.assert_array_equal(after, before)


@every_method
@pytest.mark.parametrize("learn_from", ["block", "past"])
def test_random_walk_does_not_look_predictable(make, learn_from):
    for seed in range(3):
        z = scale_by_spread(random_walk(1300, np.random.default_rng(seed)))
        starts = np.arange(300, 1260, 10)
        rule = ExclusionRule(learn_from, BLOCK.radius_points)
        staying = error_of(z, starts, persistence())[-1]
        assert error_of(z, starts, make(z, starts, rule))[-1] > 0.97 * staying


def test_random_walk_looks_predictable_to_the_articles_knn_which_has_its_future():
    for seed in range(3):
        z = scale_by_spread(random_walk(1300, np.random.default_rng(seed)))
        starts = np.arange(300, 1260, 10)
        assert (
            error_of(z, starts, knn(z, starts, ExclusionRule("all")))[-1] < 0.6 * error_of(z, starts, persistence())[-1]
        )


@every_method
@given(seed=st.integers(0, 2**32 - 1), offset=st.floats(-10, 10), factor=st.floats(0.1, 10))
def test_turn_shift_and_size_of_the_space_do_not_matter(make, seed, offset, factor):
    rng = np.random.default_rng(seed)
    z, starts = random_walk(250, rng, window_points=5), np.array([70, 150])
    turn = factor * np.linalg.qr(rng.normal(size=(3, 3)))[0]
    expected = roll_out(z, starts, 8, make(z, starts, BLOCK)) @ turn + offset
    changed = z @ turn + offset
    np.testing.assert_allclose(roll_out(changed, starts, 8, make(changed, starts, BLOCK)), expected, atol=1e-7 * factor)


@every_method
def test_long_forecast_begins_with_the_short_one(make, rng):
    z, starts = random_walk(400, rng, window_points=5), np.array([99, 200])
    forecaster = make(z, starts, BLOCK)
    long, short = roll_out(z, starts, N_STEPS, forecaster), roll_out(z, starts, 11, forecaster)
    np.testing.assert_array_equal(long[:, :12], short)
    np.testing.assert_array_equal(long[:, 0], z[starts])


def test_analog_is_what_followed_the_piece_most_like_the_one_before_the_start(rng):
    z = rng.normal(size=(400, 3))
    z[282:301] = z[82:101] + 1e-9  # the 19 points of a delay vector up to 300, as those up to 100
    forecast = roll_out(z, np.array([300]), N_STEPS, analog(z, np.array([300]), BLOCK, n_steps=N_STEPS, n_neighbours=1))
    np.testing.assert_allclose(forecast[0], z[300] + z[100 : 101 + N_STEPS] - z[100], atol=1e-9)


def test_analog_sees_every_second_of_its_points(rng):
    z, starts = rng.normal(size=(400, 3)), np.array([300])
    seen = np.arange(300, 281, -2)
    between = np.arange(299, 281, -2)
    before = roll_out(z, starts, N_STEPS, analog(z, starts, BLOCK, n_steps=N_STEPS))
    z[between] += 9
    np.testing.assert_allclose(roll_out(z, starts, N_STEPS, analog(z, starts, BLOCK, n_steps=N_STEPS)), before)
    z[seen[-1]] += 9
    assert not np.allclose(roll_out(z, starts, N_STEPS, analog(z, starts, BLOCK, n_steps=N_STEPS)), before)


def test_too_short_for_what_analog_reads(rng):
    with pytest.raises(ValueError, match="^delay_points=10: the 48 points hold no such vector and 30 after it$"):
        analog(rng.normal(size=(48, 3)), np.array([20]), BLOCK, n_steps=30)


@every_method
def test_song_within_the_block(make, rng):
    def forecast():
        return roll_out(z, starts, N_STEPS, make(z, starts, BLOCK))

    z, starts = rng.normal(size=(90, 3)), np.array([45])
    with pytest.raises(ValueError, match="^n_neighbours=5: a start has fewer pieces of the song"):
        forecast()


def test_analog_leaves_itself_out_even_where_all_may_be_learned_from(rng):
    z, starts = rng.normal(size=(300, 3)), np.array([100, 150])
    forecast = roll_out(z, starts, 10, analog(z, starts, ExclusionRule("all"), n_steps=10))
    truth = z[starts[:, None] + np.arange(11)]
    assert np.linalg.norm(forecast - truth, axis=2)[:, 1:].min() > 1e-3  # noise cannot be forecast exactly
