import numpy as np
import pytest

from embed.song.spread import spread
from evaluate.song.measures import interval_of_valid_time, measure_forecasts
from tests import trajectories
from tests.trajectories import HOP_S, embedding_of_walk

STARTS = np.arange(4, 85, 4)
N_STEPS = 10


@pytest.fixture
def embedding(rng):
    """A walk seen through windows of 1 s: points share sound over four hops."""
    embedding = embedding_of_walk(rng, window_s=1.0)
    return embedding | {"z": embedding["z"].astype(np.float32)}


def truth_of(embedding):
    return trajectories.truth_of(embedding["z"].astype(float), STARTS, N_STEPS)


def measure(embedding, forecast, first_start=50, threshold=0.5, **more):
    forecasts = {"starts": STARTS, "forecast": forecast}
    return measure_forecasts(embedding, forecasts, first_start=first_start, threshold=threshold, **more)


def test_the_truth_is_never_off_and_never_over(embedding):
    measures = measure(embedding, truth_of(embedding))
    assert not measures["axes_mean"].any()
    assert not measures["axes_standard_error"].any()
    for prefix in ("", "compared_"):
        for name in ("delta", "delta_mean", "delta_standard_error", "nrmse", "mean_squared_error"):
            assert not measures[prefix + name].any(), prefix + name
        assert measures[prefix + "censored_share"] == 1
        assert measures[prefix + "mean_cosine"] == pytest.approx(1)
    ends = ("valid_time_s", "valid_time_low_s", "valid_time_high_s")  # compared starts are too few for an interval
    assert [measures[end] for end in ends] == [N_STEPS * HOP_S] * 3


@pytest.mark.parametrize("prefix", ["", "compared_"])
def test_a_forecast_off_by_a_constant_is_off_by_it_at_every_step(embedding, prefix):
    off = np.array([1.0, -2.0, 2.0])
    forecast = truth_of(embedding)
    forecast[:, 1:] += off
    measures, z = measure(embedding, forecast), embedding["z"].astype(float)
    np.testing.assert_allclose(measures[prefix + "delta_mean"], [0, *[3.0] * N_STEPS])
    np.testing.assert_allclose(measures[prefix + "delta_standard_error"], 0, atol=1e-12)
    np.testing.assert_allclose(measures[prefix + "nrmse"][1:], 3.0 / spread(z))
    np.testing.assert_allclose(measures["axes_mean"][1:], np.linalg.norm(off / np.ptp(z, axis=0)))
    assert measures[prefix + "mean_squared_error"] == pytest.approx(9.0 / spread(z) ** 2)


def test_a_forecast_is_over_at_the_first_step_beyond_the_threshold(embedding):
    forecast = truth_of(embedding)
    forecast[:, 6:] += 0.4 * spread(embedding["z"]) * np.array([1.0, 0, 0])
    assert measure(embedding, forecast, threshold=0.3)["valid_time_s"] == 6 * HOP_S
    assert measure(embedding, forecast, threshold=0.5)["censored_share"] == 1


def test_compared_are_the_initial_conditions_from_the_first_that_networks_have_not_seen(embedding):
    forecast = truth_of(embedding)
    forecast[STARTS < 50] += 1.0
    measures = measure(embedding, forecast)
    np.testing.assert_array_equal(measures["starts"], STARTS)
    np.testing.assert_array_equal(measures["compared_starts"], STARTS[STARTS >= 50])
    assert (measures["compared_delta"] == 0).all()
    assert measures["delta"].max() > 1
    assert (measure(embedding, forecast, first_start=0)["compared_delta"] == measures["delta"]).all()
    none_compared = measure(embedding, forecast, first_start=STARTS[-1] + 1)
    assert not [name for name in none_compared if name.startswith("compared_")]
    np.testing.assert_array_equal(none_compared["delta"], measures["delta"])


def test_interval_holds_the_median_and_depends_on_nothing_but_the_seed(embedding, rng):
    forecast = truth_of(embedding) + np.cumsum(rng.normal(size=(len(STARTS), N_STEPS + 1, 3)), axis=1)
    first, again = measure(embedding, forecast, seed=1), measure(embedding, forecast, seed=1)
    assert first["valid_time_low_s"] <= first["valid_time_s"] <= first["valid_time_high_s"]
    assert first["valid_time_low_s"] < first["valid_time_high_s"]
    assert all(np.array_equal(first[name], again[name], equal_nan=True) for name in first)


@pytest.mark.parametrize(("n_starts", "is_known"), [(1, False), (15, False), (16, True)])
def test_interval_needs_two_blocks_twice_as_long_as_windows_and_forecasts(n_starts, is_known):
    starts = 4 * np.arange(n_starts)  # blocks of 2 * (6 + 10) points are eight starts
    measures = {"starts": starts, "delta": np.zeros((n_starts, 11)), "valid_steps": np.full(n_starts, 3)}
    ends = interval_of_valid_time(measures, HOP_S, 6, 0)
    expected = 3 * HOP_S if is_known else np.nan
    np.testing.assert_array_equal([ends["valid_time_low_s"], ends["valid_time_high_s"]], [expected] * 2)


@pytest.mark.parametrize(("n_starts", "expected"), [(120, 9999), (1000, 9999), (4000, 2500), (15_495, 999)])
def test_of_many_starts_an_interval_is_found_from_fewer_resamples(monkeypatch, n_starts, expected):
    asked = []

    def draw(values, statistic, *, n_resamples, **settings):
        asked.append(n_resamples)
        return 0.0, 1.0

    monkeypatch.setattr("evaluate.song.measures.interval", draw)
    measures = {"valid_steps": np.ones(n_starts), "delta": np.ones((n_starts, 31)), "starts": 10 * np.arange(n_starts)}
    interval_of_valid_time(measures, HOP_S, overlap=22, seed=0)
    assert asked == [expected]
