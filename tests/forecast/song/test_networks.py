import keras
import numpy as np
import pytest
from keras import layers

from evaluate.song.divergence import distances, root_mean_square
from forecast.song.baselines import persistence
from forecast.song.networks import directed_forecaster, fit_network, network_forecaster
from forecast.song.roll_out import roll_out
from forecast.song.split import clips_and_velocities, split
from pipeline.sections.forecasting import LSTM, MLP

SETTINGS = [MLP(epochs=8), LSTM(epochs=8)]
every_network = pytest.mark.parametrize("settings", SETTINGS, ids=["mlp", "lstm"])


def circle(n_points, period=41.3):
    angles = 2 * np.pi * np.arange(n_points) / period
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


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
    forecaster = network_forecaster(linear_network(2, weights), line)
    assert forecaster.n_seen == 2
    forecast = roll_out(line, starts, 6, forecaster)
    np.testing.assert_allclose(forecast, line[starts[:, None] + np.arange(7)], atol=1e-5)


@pytest.mark.parametrize("size", [1e-3, 1.0, 40.0])
def test_directed_network_goes_its_way_at_the_speed_of_the_trajectory(size):
    z = np.array([[0.0, 0], [1, 0], [1, 7]])
    speed = np.sqrt((1 + 49) / 2)
    weights = size * np.array([[0.0, 1.0], [-1.0, 0.0]])  # a quarter turn from where the point lies
    forecast = roll_out(z, np.array([1]), 1, directed_forecaster(linear_network(1, weights), z))
    np.testing.assert_allclose(forecast[0, 1], [1, speed], rtol=1e-5)


def test_directed_network_without_direction_stays(rng):
    z = rng.normal(size=(5, 2))
    forecast = roll_out(z, np.array([2]), 3, directed_forecaster(linear_network(1, np.zeros((2, 2))), z))
    np.testing.assert_array_equal(forecast[0], np.repeat(z[2:3], 4, axis=0))


@pytest.mark.slow
@every_network
def test_fitted_on_first_rounds_it_follows_later_ones(settings):
    z = circle(900)
    parts = split(900, 0.6, window_points=10, n_seen=20, horizon_steps=20)
    network, losses = fit_network(z[: parts.n_fitted], settings)
    assert len(losses) == 8
    assert losses[-1] < 0.5 * losses[0]
    starts = np.arange(parts.first_unseen, 879, 15)
    errors = {
        name: root_mean_square(distances(z, starts, roll_out(z, starts, 20, forecaster)))
        for name, forecaster in {"network": network_forecaster(network, z), "staying": persistence()}.items()
    }
    assert (errors["network"][1:] < 0.5 * errors["staying"][1:]).all()


@pytest.mark.slow
@every_network
def test_same_seed_gives_the_same_network_and_another_another(settings):
    z = circle(60)
    clips, _ = clips_and_velocities(z, 20 if isinstance(settings, LSTM) else 1)
    one, again, other = (
        fit_network(z, settings.model_copy(update={"epochs": 1, "seed": seed}))[0].predict_on_batch(clips)
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 1e-3


@pytest.mark.slow
def test_settings_reach_the_network():
    z = circle(60)
    lstm, _ = fit_network(z, LSTM(epochs=1, units=5, points=7))
    assert lstm.input_shape == (None, 7, 2)
    assert lstm.get_layer("lstm").units == 5
    mlp, losses = fit_network(z, MLP(epochs=3, units=4, batch_points=60, learning_rate=0.01))
    assert mlp.input_shape == (None, 1, 2)
    assert mlp.count_params() == (2 * 4 + 4) + (4 * 4 + 4) + (4 * 2 + 2)
    assert len(losses) == 3
    assert int(mlp.optimizer.iterations) == 3
