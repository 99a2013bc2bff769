import numpy as np
import pytest

from embed.song.spread import scale_by_spread
from evaluate.song.divergence import distances, valid_steps
from evaluate.song.surrogates import exact_loop, lorenz63, random_walk
from forecast.song.exclusion import ExclusionRule
from forecast.song.knn import KNN, Analog
from forecast.song.linear import VAR
from forecast.song.roll_out import Persistence
from tests.straightforward_divergence import WAYS, forecast_straightforwardly
from tests.trajectories import BLOCK, N_STEPS, circle, error_of, forecast_of, truth_of

ALL, PAST = ExclusionRule("all"), ExclusionRule("past")
every_method = pytest.mark.parametrize("method", [KNN, Analog])
every_rule = pytest.mark.parametrize("learn_from", ["block", "past", "all"])


@every_method
@every_rule
def test_loop_is_followed_exactly_once_a_round_is_known(method, learn_from):
    starts, rule = np.array([330, 407, 500]), ExclusionRule(learn_from, BLOCK.radius_points)
    for loop in (circle(600, 50), exact_loop(random_walk(600, np.random.default_rng(1)), 53)):
        np.testing.assert_allclose(forecast_of(method(), loop, starts, rule), truth_of(loop, starts), atol=1e-9)


@every_method
def test_circle_of_no_whole_number_of_points_is_followed_closely_but_not_in_its_first_round(method):
    assert error_of(method(), circle(900, 50.3), np.array([307, 400, 500]), PAST).max() < 0.05
    assert error_of(method(3), circle(200, 150), np.array([60]), PAST)[-1] > 0.5


@every_method
def test_chaos_is_known_longer_to_neighbours_than_to_a_linear_map(method):
    z, starts = scale_by_spread(lorenz63(1270)), np.arange(50, 1200, 25)
    neighbours, linear = (
        np.median(valid_steps(distances(z, starts, forecast_of(forecaster, z, starts)))[0])
        for forecaster in (method(), VAR())
    )
    assert neighbours > 2 * linear


@every_rule
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("n_neighbours", [1, 5])
def test_all_starts_together_give_what_one_query_at_a_time_gives(learn_from, way, n_neighbours):
    z = scale_by_spread(random_walk(400, np.random.default_rng(7), window_points=5))
    starts, rule = np.arange(40, 370, 30), ExclusionRule(learn_from, 20)
    together = forecast_of(KNN(n_neighbours), z, starts, rule, 15)
    alone = forecast_straightforwardly(z, starts, 15, way, rule=rule, n_neighbours=n_neighbours)
    np.testing.assert_allclose(together, alone, rtol=0, atol=0 if way == "the same tree" else 1e-9)


@pytest.mark.parametrize("way", ["all distances", "ball tree"])
def test_repeats_make_ties_that_do_not_matter_where_what_follows_is_the_same(way, rng):
    z = np.tile(rng.normal(size=(25, 3)), (12, 1))
    starts, rule = np.array([120, 133, 170]), ExclusionRule("block", 30)
    together = forecast_of(KNN(), z, starts, rule, 40)
    np.testing.assert_allclose(together, truth_of(z, starts, 40), atol=1e-9)
    np.testing.assert_allclose(together, forecast_straightforwardly(z, starts, 40, way, rule=rule), atol=1e-9)


def test_point_that_was_there_before_goes_the_mean_way_it_went():
    ways = np.array([[1.0, 0], [0, 1.0], [-1.0, 0]])
    z = np.concatenate([[[0, 0], way, 50 + way] for way in ways] + [[[0.0, 0.0]]])
    forecast = forecast_of(KNN(5), z, [len(z) - 1], ALL, 1)
    np.testing.assert_allclose(forecast[0, 1], ways.mean(axis=0), atol=1e-12)  # all the weight lies on the three


def test_steps_done_by_hand():
    z = np.array([[0.0], [1.0], [8.0], [6.0], [20.0], [2.0], [30.0]])
    forecast = forecast_of(KNN(2), z, [5], ALL, 1)  # at 2: nearest are 1, going 7, and 0, going 1
    assert forecast[0, 1, 0] == pytest.approx(2 + (7 / 1 + 1 / 2) / (1 / 1 + 1 / 2))
    z = np.array([[0.0], [50.0], [3.0], [5.6], [200.0], [300.0]])  # off the trajectory the nearest point counts too
    forecast = forecast_of(KNN(1), z, [0], ALL, 2)
    np.testing.assert_allclose(forecast[0, :, 0], [0, 2.6, 5.2])  # by 2.6, as from 3, both times


def test_start_is_left_out_by_its_index_and_a_twin_elsewhere_is_not(rng):
    z = rng.normal(size=(40, 3))
    z[30] = z[10]
    for start, twin in ((10, 30), (30, 10)):
        forecast = forecast_of(KNN(), z, [start], ALL, 1)
        np.testing.assert_allclose(forecast[0, 1], z[start] + z[twin + 1] - z[twin])


def test_last_point_has_no_velocity_and_is_no_neighbour(rng):
    z = rng.normal(size=(30, 3))
    z[-1] = z[12] + 1e-6
    nearest = np.argsort(np.linalg.norm(z[:-1] - z[12], axis=1))[1]
    np.testing.assert_allclose(forecast_of(KNN(1), z, [12], ALL, 1)[0, 1], z[12] + z[nearest + 1] - z[nearest])
    assert np.isfinite(forecast_of(KNN(), z, [29], PAST, 5)).all()


@every_method
def test_all_that_lies_clear_of_the_block_is_learned_from(method, rng):
    z, rule = rng.normal(size=(300, 3)), ExclusionRule("block", 40)
    seen, after = (0, 1) if method is KNN else (18, 30)
    n_clear = len([point for point in range(seen, 300 - after) if point + after < 110 or point - seen > 190])
    assert np.isfinite(forecast_of(method(n_clear), z, [150], rule)).all()
    with pytest.raises(ValueError, match=rf"^{method.__name__.lower()}\.n_neighbours={n_clear + 1}: a start has fewer"):
        forecast_of(method(n_clear + 1), z, [150], rule)


@pytest.fixture(scope="module")
def walks():
    """Three long walks, and the error of persistence at the horizon in each."""
    starts = np.arange(300, 1260, 10)
    walks = [scale_by_spread(random_walk(1300, np.random.default_rng(seed))) for seed in range(3)]
    return [(z, starts, error_of(Persistence(), z, starts)[-1]) for z in walks]


@every_method
@pytest.mark.parametrize("learn_from", ["block", "past"])
def test_random_walk_does_not_look_predictable(method, learn_from, walks):
    rule = ExclusionRule(learn_from, BLOCK.radius_points)
    assert all(error_of(method(), z, starts, rule)[-1] > 0.97 * staying for z, starts, staying in walks)


def test_random_walk_looks_predictable_to_the_papers_knn_which_has_its_future(walks):
    assert all(error_of(KNN(), z, starts, ALL)[-1] < 0.6 * staying for z, starts, staying in walks)


def test_analog_is_what_followed_the_piece_most_like_the_one_before_the_start(rng):
    z = rng.normal(size=(400, 3))
    z[282:301] = z[82:101] + 1e-9  # the 19 points of a delay vector up to 300, as those up to 100
    forecast = forecast_of(Analog(1), z, [300])
    np.testing.assert_allclose(forecast[0], z[300] + z[100 : 101 + N_STEPS] - z[100], atol=1e-9)
    z = rng.normal(size=(400, 3))  # and it sees every second of its points
    before = forecast_of(Analog(), z, [300])
    z[299:281:-2] += 9
    np.testing.assert_allclose(forecast_of(Analog(), z, [300]), before)
    z[282] += 9
    assert not np.allclose(forecast_of(Analog(), z, [300]), before)


def test_too_short_for_what_analog_reads_or_within_the_block(rng):
    with pytest.raises(ValueError, match="^analog.delay_points=10: the 48 points hold no such vector and 30 after it$"):
        forecast_of(Analog(), rng.normal(size=(48, 3)), [20])
    for method in (KNN, Analog):
        with pytest.raises(ValueError, match=rf"^{method.__name__.lower()}\.n_neighbours=5: a start has fewer"):
            forecast_of(method(), rng.normal(size=(90, 3)), [45])


def test_analog_leaves_itself_out_even_where_all_may_be_learned_from(rng):
    z, starts = rng.normal(size=(300, 3)), np.array([100, 150])
    error = np.linalg.norm(forecast_of(Analog(), z, starts, ALL, 10) - truth_of(z, starts, 10), axis=2)
    assert error[:, 1:].min() > 1e-3  # noise cannot be forecast exactly
