import keras
import numpy as np
import pytest

from models.latent_forecasters import build_lstm, build_mlp


@pytest.fixture(autouse=True)
def seed():
    keras.utils.set_random_seed(0)


@pytest.mark.parametrize(
    ("network", "points", "n_weights"),
    [
        (build_mlp(3), 1, (3 * 12 + 12) + (12 * 12 + 12) + (12 * 3 + 3)),
        (build_mlp(12), 1, 3 * (12 * 12 + 12)),
        (build_mlp(2, units=5), 1, (2 * 5 + 5) + (5 * 5 + 5) + (5 * 2 + 2)),
        (build_lstm(1), 20, 4 * ((1 + 32) * 32 + 32) + (32 * 1 + 1)),
        (build_lstm(3), 20, 4 * ((3 + 32) * 32 + 32) + (32 * 3 + 3)),
        (build_lstm(12), 20, 4 * ((12 + 32) * 32 + 32) + (32 * 12 + 12)),
        (build_lstm(3, points=7, units=5), 7, 4 * ((3 + 5) * 5 + 5) + (5 * 3 + 3)),
    ],
)
def test_from_the_last_points_to_a_bounded_velocity_with_the_weights_of_the_paper(network, points, n_weights, rng):
    assert network.count_params() == n_weights
    latent_dim = network.output_shape[1]
    assert network.input_shape == (None, points, latent_dim)
    v_hat = np.asarray(network(100 * rng.normal(size=(7, points, latent_dim))))
    assert v_hat.shape == (7, latent_dim)
    assert np.abs(v_hat).max() <= 1


def test_order_of_the_points_matters_to_the_lstm(rng):
    clip = rng.normal(size=(1, 20, 3)).astype(np.float32)
    network = build_lstm(3)
    assert np.abs(np.asarray(network(clip)) - np.asarray(network(clip[:, ::-1]))).max() > 1e-3


@pytest.mark.parametrize("build", [build_mlp, build_lstm])
def test_dropout_is_applied_in_training_only_and_saved_and_loaded_it_is_the_same(build, rng, tmp_path):
    network = build(3, dropout=0.5)
    clips = np.repeat(rng.normal(size=(1, *network.input_shape[1:])), 40, axis=0)
    assert np.ptp(np.asarray(network(clips, training=True)), axis=0).min() > 1e-3
    assert np.ptp(np.asarray(network(clips, training=False)), axis=0).max() < 1e-6
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(loaded(clips), network(clips))
