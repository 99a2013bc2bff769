import keras
import numpy as np
import pytest
from keras import layers

from forecast.song.networks import DirectedForecaster, NetworkForecaster, fit_network
from forecast.song.roll_out import Persistence, clips_and_velocities
from pipeline.sections.forecasting import LSTM, MLP
from tests.trajectories import circle, error_of, forecast_of, truth_of

SETTINGS = [MLP(epochs=8), LSTM(epochs=8)]
every_network = pytest.mark.parametrize("settings", SETTINGS, ids=["mlp", "lstm"])


def linear_network(n_seen, weights):
    """A network whose velocity is linear in the points it sees, by `weights` (n_seen * latent_dim, latent_dim)."""
    clip = keras.Input((n_seen, weights.shape[1]))
    dense = layers.Dense(weights.shape[1], use_bias=False)
    network = keras.Model(clip, dense(layers.Flatten()(clip)))
    dense.set_weights([weights])
    return network


def test_network_forecasts_from_as_many_points_as_it_sees():
    weights = np.concatenate([-np.eye(2), np.eye(2)])  # the last point less the one before
    line, starts = np.outer(np.arange(20.0), [1.0, -2.0]), np.array([3, 10])
    forecaster = NetworkForecaster(linear_network(2, weights))
    assert forecaster.n_seen == 2
    np.testing.assert_allclose(forecast_of(forecaster, line, starts, n_steps=6), truth_of(line, starts, 6), atol=1e-5)


@pytest.mark.parametrize("size", [1e-3, 1.0, 40.0, 0.0])
def test_directed_network_goes_its_way_at_the_speed_of_the_trajectory_and_stays_without_direction(size):
    z = np.array([[0.0, 0], [1, 0], [1, 7]])
    speed = np.sqrt((1 + 49) / 2) if size else 0
    weights = size * np.array([[0.0, 1.0], [-1.0, 0.0]])  # a quarter of a rotation from where the point lies
    forecast = forecast_of(DirectedForecaster(linear_network(1, weights)), z, [1], n_steps=1)
    np.testing.assert_allclose(forecast[0, 1], [1, speed], rtol=1e-5)


@pytest.mark.parametrize(("n_points", "n_seen"), [(2, 1), (30, 7), (30, 29)])
def test_every_clip_with_a_next_point_is_one(n_points, n_seen, rng):
    z = rng.normal(size=(n_points, 3))
    clips, velocities = clips_and_velocities(z, n_seen)
    np.testing.assert_array_equal(clips, [z[start : start + n_seen] for start in range(n_points - n_seen)])
    np.testing.assert_allclose(velocities, z[n_seen:] - z[n_seen - 1 : -1])


@pytest.mark.slow
@every_network
def test_weights_are_those_of_the_epoch_that_validates_best(settings):
    z = circle(120, 41.3)
    other_way = z[-40:][::-1]  # the better one is forecast, the worse the other
    last, _ = fit_network(z[:80], settings)
    best, losses = fit_network(z[:80], settings, validation=other_way)
    assert len(losses) == 8
    n_seen = best.input_shape[1]
    clips, velocities = clips_and_velocities(
        np.concatenate([z[80 - n_seen : 80], other_way]).astype(np.float32), n_seen
    )
    errors = [np.mean((network.predict(clips, verbose=0) - velocities) ** 2) for network in (best, last)]
    assert errors[0] < errors[1]


@pytest.mark.slow
@every_network
def test_fitted_on_first_rounds_it_follows_later_ones(settings):
    z = circle(900, 41.3)
    network, losses = fit_network(z[:540], settings)
    assert len(losses) == 8
    assert losses[-1] < 0.5 * losses[0]
    starts = np.arange(570, 879, 15)
    error = error_of(NetworkForecaster(network), z, starts, n_steps=20)
    staying = error_of(Persistence(), z, starts, n_steps=20)
    assert (error[1:] < 0.5 * staying[1:]).all()


@pytest.mark.slow
def test_same_seed_gives_the_same_network_and_another_another():
    z = circle(60, 41.3)
    clips, _ = clips_and_velocities(z, 20)
    one, again, other = (
        fit_network(z, LSTM(epochs=1, seed=seed, units=4))[0].predict_on_batch(clips) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 1e-3


@pytest.mark.slow
def test_settings_reach_the_network():
    z = circle(60, 41.3)
    lstm, _ = fit_network(z, LSTM(epochs=1, units=5, points=7))
    assert lstm.input_shape == (None, 7, 2)
    assert lstm.get_layer("lstm").units == 5
    mlp, losses = fit_network(z, MLP(epochs=3, units=4, batch_points=60, learning_rate=0.01))
    assert mlp.input_shape == (None, 1, 2)
    assert mlp.count_params() == (2 * 4 + 4) + (4 * 4 + 4) + (4 * 2 + 2)
    assert len(losses) == 3
    assert int(mlp.optimizer.iterations) == 3


@pytest.mark.slow
@every_network
def test_a_fit_depends_on_no_other_and_changes_no_other(settings):
    settings = settings.model_copy(update={"epochs": 1})
    first, _ = fit_network(circle(60, 41.3), settings)
    weights = first.get_weights()
    fit_network(circle(60, 17.0), settings)
    again, _ = fit_network(circle(60, 41.3), settings)
    for before, left, anew in zip(weights, first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(left, before)
        np.testing.assert_array_equal(anew, before)
