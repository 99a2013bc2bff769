"""Laws that hold for every forecaster that learns from a trajectory, and the lists of methods."""

from typing import get_args

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from evaluate.song.surrogates import random_walk
from forecast.song.exclusion import ExclusionRule
from forecast.song.knn import KNN, Analog
from forecast.song.linear import VAR
from forecast.song.roll_out import roll_out
from pipeline.figures import METHOD_COLOURS, METHOD_NAMES
from pipeline.sections.forecasting import METHODS, NETWORKS, Forecast, Method
from pipeline.studies.song import RESULTS
from tests.trajectories import BLOCK, N_STEPS, forecast_of, truth_of

every_learner = pytest.mark.parametrize("learner", [KNN, Analog, VAR])


@pytest.fixture
def walk(rng):
    return random_walk(400, rng, window_points=5)


@every_learner
@pytest.mark.parametrize("learn_from", ["block", "past", "all"])
def test_straight_line_is_continued_exactly(learner, learn_from):
    line, starts = 7 + np.outer(np.arange(300.0), [1.0, 2.0, 2.0]), np.array([60, 150, 230])
    rule = ExclusionRule(learn_from, BLOCK.radius_points)
    np.testing.assert_allclose(forecast_of(learner(), line, starts, rule), truth_of(line, starts), rtol=1e-6)


@every_learner
def test_starts_do_not_know_of_each_other(learner, walk):
    starts = np.array([99, 200, 311])
    together = forecast_of(learner(), walk, starts)
    for index, start in enumerate(starts):
        np.testing.assert_allclose(forecast_of(learner(), walk, [start])[0], together[index], atol=1e-9)


@every_learner
def test_long_forecast_begins_with_the_short_one(learner, walk):
    starts = np.array([99, 200])
    forecaster = learner().fit(walk, starts, BLOCK, N_STEPS)
    long, short = roll_out(walk, starts, N_STEPS, forecaster), roll_out(walk, starts, 11, forecaster)
    np.testing.assert_array_equal(long[:, :12], short)
    np.testing.assert_array_equal(long[:, 0], walk[starts])


@every_learner
@pytest.mark.parametrize("start", [100, 200, 300])
def test_nothing_is_learned_from_the_block(learner, start, walk, rng):
    radius, changed = 40, walk.copy()
    block = np.r_[start - radius : start - 19, start + 1 : start + radius + 1]  # but what is seen up to the start
    changed[block] = walk[start] + 1e-3 * rng.normal(size=(len(block), 3))
    before, after = (forecast_of(learner(), z, [start], ExclusionRule("block", radius)) for z in (walk, changed))
    np.testing.assert_allclose(after, before, atol=1e-6)
    before, fooled = (forecast_of(learner(), z, [start], ExclusionRule("block", radius - 12)) for z in (walk, changed))
    assert np.abs(fooled - before).max() > 0.01


@every_learner
def test_past_knows_nothing_of_what_comes_after_the_start(learner, walk, rng):
    changed = walk.copy()
    changed[201:] = walk[200] + rng.normal(size=(199, 3))
    before, after = (forecast_of(learner(), z, [200], ExclusionRule("past")) for z in (walk, changed))
    np.testing.assert_allclose(after, before, atol=1e-6)


def test_every_method_is_known_wherever_methods_are_listed():
    for listed in (METHOD_NAMES, METHOD_COLOURS, get_args(Method), Forecast().methods):
        assert list(listed) == list(METHODS)


def test_no_two_methods_share_a_name_a_colour_or_a_file_and_networks_have_models_of_their_names():
    kinds = [f"{what}_{method}" for what in ("forecast", "divergence") for method in METHODS]
    assert len(set(METHOD_NAMES.values())) == len(METHODS)
    assert len({to_rgb(colour) for colour in METHOD_COLOURS.values()}) == len(METHODS)
    assert len({RESULTS[kind].path for kind in kinds}) == 2 * len(METHODS)
    assert all(METHODS[network] == ((), (network,)) for network in NETWORKS)
    assert all(RESULTS[network].path == f"{{run}}/{network}.keras" for network in NETWORKS)
