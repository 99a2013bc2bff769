import keras
import numpy as np
import pytest
from scipy.special import softmax

from models.compression import compress, floor_of_paths
from models.linear_classifier import build_linear_classifier


@pytest.fixture
def arrays(rng):
    weights, bias = rng.normal(size=(3, 5)), rng.normal(size=3)
    return weights, bias, rng.normal(size=5), rng.uniform(0.5, 2, 5)


def test_probabilities_are_the_softmax_of_decision_values(arrays, rng, tmp_path):
    weights, bias, mean, scale = arrays
    features = rng.normal(size=(20, 5))
    build_linear_classifier(*arrays).save(tmp_path / "linear.keras")
    model = keras.saving.load_model(tmp_path / "linear.keras")
    np.testing.assert_allclose(
        model(features), softmax((features - mean) / scale @ weights.T + bias, axis=1), atol=1e-5
    )


def test_scattering_is_compressed_as_it_was_to_learn_from(arrays, rng, tmp_path):
    weights, bias, mean, scale = arrays
    paths = 10 ** rng.uniform(-6, 0, (20, 5))
    floor = floor_of_paths(paths)
    expected = softmax((compress(paths, floor) - mean) / scale @ weights.T + bias, axis=1)
    build_linear_classifier(*arrays, relative=True, floor=floor).save(tmp_path / "linear.keras")
    model = keras.saving.load_model(tmp_path / "linear.keras")
    np.testing.assert_allclose(model(paths), expected, atol=1e-4)
    np.testing.assert_allclose(model(1e-3 * paths), expected, atol=1e-4)  # level does not matter
    assert np.isfinite(model(np.zeros((1, 5)))).all()  # nor does silence
