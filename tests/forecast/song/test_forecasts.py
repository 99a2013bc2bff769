import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evaluate.song.surrogates import random_walk
from forecast.song.exclusion import ExclusionRule
from forecast.song.forecasts import (
    forecast_from,
    forecast_song,
    initial_conditions,
    split,
    split_for_networks,
    start_of_long_forecast,
)
from forecast.song.methods import forecaster_of, protocol_of
from forecast.song.roll_out import Forecaster, Persistence
from pipeline.windows import count_overlapping_points, window_times
from tests.trajectories import parameters_of

METHODS = ["knn", "knn_paper", "analog", "var", "persistence", "constant_velocity", "climatology"]


def embedding_of(z, window_frames=22, hop_s=0.02):
    times_s = hop_s * (0.5 + np.arange(len(z) + window_frames - 1))
    return {"z": z, **window_times(times_s, window_frames, hop_s)}


def forecast_by(name, z):
    """Forecasts of six steps from points 70 and 150."""
    parameters = parameters_of()
    forecaster, protocol = forecaster_of(name, parameters), protocol_of(name, parameters)
    return forecast_from(z, np.array([70, 150]), 6, forecaster, 22, **protocol)


@pytest.fixture
def embedding(rng):
    return embedding_of(random_walk(420, rng).astype(np.float32))


@given(
    window_frames=st.integers(1, 30),
    hop_samples=st.sampled_from([1024, 512, 256, 102]),
    n_points=st.integers(2, 300),
    n_steps=st.integers(1, 20),
)
def test_block_holds_every_window_with_sound_of_what_is_forecast(window_frames, hop_samples, n_points, n_steps):
    centres_s = (512 + hop_samples * np.arange(n_points + window_frames - 1)) / 44100
    times = window_times(centres_s, window_frames, 1024 / 44100)
    first_s, last_s = times["starts_s"], times["ends_s"]
    overlap, points, start = count_overlapping_points(first_s, last_s), np.arange(n_points), n_points // 2
    allowed = ExclusionRule("block", overlap + n_steps).allow(points, points, start)
    end = min(start + n_steps, n_points - 1)
    clear = (last_s <= first_s[start] + 1e-9) | (first_s >= last_s[end] - 1e-9)
    assert clear[allowed].all()
    shares_sound = first_s[overlap - 1 :] < last_s[: max(0, n_points - overlap + 1)] - 1e-9
    assert shares_sound.all()  # a point fewer would not do


@pytest.mark.parametrize("name", METHODS)
def test_forecasts_by_each_method(embedding, name):
    forecasts = forecast_song(embedding, name, parameters_of(forecast={"long_steps": 60}))
    np.testing.assert_array_equal(forecasts["starts"], np.arange(44, 390, 10))
    np.testing.assert_allclose(forecasts["starts_s"], embedding["times_s"][44:390:10])
    assert forecasts["forecast"].shape == (35, 31, 3)
    assert forecasts["long_forecast"].shape == (61, 3)
    np.testing.assert_allclose(forecasts["forecast"][:, 0], embedding["z"][44:390:10], rtol=1e-5)
    assert np.isfinite(forecasts["forecast"]).all()


def test_long_forecast_starts_where_nothing_was_fitted_or_at_a_time_that_is_given(embedding):
    parameters = parameters_of()
    forecasts = forecast_song(embedding, "constant_velocity", parameters)
    assert split_for_networks(embedding, parameters) == (210, 210 + 22 + 20)
    assert forecasts["long_start"] == 252
    assert len(forecasts["long_forecast"]) == 420 // 5 + 1
    np.testing.assert_allclose(forecasts["long_forecast"][0], embedding["z"][252], rtol=1e-5)
    forecasts = forecast_song(embedding, "persistence", parameters_of(forecast={"long_start_s": 3.0, "long_steps": 25}))
    assert abs(embedding["times_s"][forecasts["long_start"]] - 3.0) <= 0.01 + 1e-9
    assert forecasts["long_forecast"].shape == (26, 3)


@pytest.mark.parametrize("start_s", [0.5, 8.7, 1000.0])
def test_long_forecast_from_too_near_an_end_is_refused(embedding, start_s):
    parameters = parameters_of(forecast={"long_start_s": start_s})
    with pytest.raises(ValueError, match=f"^forecast.long_start_s={start_s}: must be from 1.10 to 8.58$"):
        start_of_long_forecast(embedding, parameters)


def test_points_that_a_network_was_fitted_on_are_no_initial_conditions(embedding):
    forecasts = forecast_song(embedding, "mlp", parameters_of(), Persistence())
    np.testing.assert_array_equal(forecasts["starts"], np.arange(254, 390, 10))
    parameters = parameters_of(forecast={"every_points": 400})
    with pytest.raises(ValueError, match="^forecast.every_points=400: no initial condition is at point 252 or later"):
        forecast_song(embedding, "mlp", parameters, Persistence())


def test_initial_conditions_of_the_paper():
    parameters = parameters_of(forecast={"every_points": 1, "first_point": 50})
    np.testing.assert_array_equal(initial_conditions(100, parameters), np.arange(50, 70))  # 69 + 30 is the last point


def test_first_initial_condition_with_fewer_points_than_a_method_sees_is_refused(embedding):
    parameters = parameters_of(var={"points": 60})
    with pytest.raises(ValueError, match=r"^starts from 44 to .*: must have 60 of the 420 points up to them"):
        forecast_song(embedding, "var", parameters)
    assert forecast_song(embedding, "knn", parameters)["starts"][0] == 44


@pytest.mark.parametrize(("n_points", "n_left"), [(74, 30), (60, 16), (20, 0)])
def test_song_shorter_than_the_horizon(n_points, n_left):
    message = f"^forecast.horizon_steps=30: must be less than the {n_left} points from forecast.first_point=44"
    with pytest.raises(ValueError, match=message):
        initial_conditions(n_points, parameters_of())
    np.testing.assert_array_equal(initial_conditions(75, parameters_of()), [44])


class Recorder(Forecaster):
    """Remembers what it was fitted with, and goes where it is."""

    def __init__(self):
        self.fitted = []

    def fit(self, z, starts, rule, n_steps):
        self.fitted.append((rule, n_steps))
        return self

    def velocity(self, seen, step):
        return seen[:, -1]


def test_method_gets_a_block_of_the_window_and_the_horizon(embedding):
    recorder = Recorder()
    forecast_song(embedding, "lstm", parameters_of(forecast={"long_steps": 60}), recorder)
    assert recorder.fitted == [(ExclusionRule("block", 22 + 30), 30), (ExclusionRule("block", 22 + 60), 60)]


def test_papers_knn_and_the_joint_forecaster_have_their_own_protocol_whatever_is_asked_for():
    parameters = parameters_of(fit={"scale": "rms", "learn_from": "past"})
    assert protocol_of("knn_paper", parameters) == {"scale": "axes", "learn_from": "all"}
    assert protocol_of("knn", parameters) == {"scale": "rms", "learn_from": "past"}
    z, protocol = np.array([[100.0], [3.0], [7.0]]), protocol_of("joint", parameters)
    np.testing.assert_allclose(forecast_from(z, np.array([1]), 2, Recorder(), 1, **protocol)[0, :, 0], [3, 6, 12])


@pytest.mark.parametrize("name", ["knn", "analog", "var"])
def test_future_and_all_windows_with_its_sound_do_not_matter(name, rng):
    z, starts = random_walk(420, rng), np.array([200])
    changed = z.copy()
    changed[201 : 200 + 30 + 22] = 3 * rng.normal(size=(51, 3)) + z[200]
    forecaster = forecaster_of(name, parameters_of())
    before, after = (forecast_from(points, starts, 30, forecaster, 22, "own", "block") for points in (z, changed))
    np.testing.assert_allclose(after, before, atol=1e-6)


@pytest.mark.parametrize("name", [name for name in METHODS if name != "knn_paper"])
@pytest.mark.parametrize(("factor", "offset"), [(0.01, 1.0), (1.0, -20.0), (100.0, 7.0)])
def test_rotation_shift_and_size_of_the_space_do_not_matter(name, factor, offset, rng):
    z = random_walk(300, rng, 5)
    rotation = factor * np.linalg.qr(rng.normal(size=(3, 3)))[0]
    expected = forecast_by(name, z) @ rotation + offset
    np.testing.assert_allclose(forecast_by(name, z @ rotation + offset), expected, atol=1e-5 * factor)


@given(seed=st.integers(0, 2**32 - 1), offset=st.floats(-10, 10), factors=st.tuples(*3 * [st.floats(0.1, 10)]))
def test_size_of_an_axis_does_not_matter_to_the_papers_knn(seed, offset, factors):
    z = random_walk(300, np.random.default_rng(seed), 5)
    expected = forecast_by("knn_paper", z) * factors + offset
    np.testing.assert_allclose(forecast_by("knn_paper", z * factors + offset), expected, atol=1e-6)


@given(
    n_points=st.integers(30, 400),
    fraction=st.floats(0.1, 0.9),
    window_points=st.integers(1, 30),
    n_seen=st.integers(1, 30),
    horizon_steps=st.integers(1, 30),
)
def test_between_fitted_and_scored_no_sound_is_shared(n_points, fraction, window_points, n_seen, horizon_steps):
    sizes = {"window_points": window_points, "n_seen": n_seen, "horizon_steps": horizon_steps}
    try:
        first_unseen = split(n_points, n_fitted := int(fraction * n_points), **sizes)
    except ValueError:
        assume(False)
    assert n_fitted > n_seen  # contains a clip and its velocity
    first_point_seen = first_unseen - n_seen + 1
    assert first_point_seen - (n_fitted - 1) >= window_points  # of all it is shown, no window overlaps one fitted on
    assert first_unseen + horizon_steps < n_points


@pytest.mark.parametrize(("n_points", "fraction"), [(144, 0.5), (1270, 0.95), (1270, 0.015), (0, 0.5)])
def test_song_too_short_to_fit_and_to_score_is_refused(n_points, fraction):
    sizes = {"window_points": 22, "n_seen": 20, "horizon_steps": 30}
    n_fitted = int(n_points * fraction)
    with pytest.raises(ValueError, match=rf"^fit.fraction: of {n_points} points {n_fitted} are to fit on"):
        split(n_points, n_fitted, **sizes)
    assert split(145, 72, **sizes) == 114  # the shortest that will do
