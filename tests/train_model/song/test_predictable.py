import numpy as np
import pytest
from scipy.linalg import subspace_angles
from scipy.optimize import check_grad

from train_model.song.predictable import (
    dynamical_components,
    lagged_covariances,
    predictive_information,
    slow_features,
)

TIMES = np.arange(2000)


def centred(series):
    return series - series.mean(axis=0)


def autoregressive(rng, n_points, coefficients):
    """Each coordinate a times its last value plus noise, of variance 1."""
    a, z = np.array(coefficients), np.zeros((n_points, len(coefficients)))
    for t in range(1, n_points):
        z[t] = a * z[t - 1] + np.sqrt(1 - a**2) * rng.normal(size=len(a))
    return z


def test_a_slow_sine_is_found_in_a_mixture_with_fast_noise(rng):
    sources = np.column_stack([np.sin(0.02 * np.pi * TIMES), 5 * np.sin(1.3 * TIMES), *4 * rng.normal(size=(3, 2000))])
    series = centred(sources @ rng.normal(size=(5, 5)))
    v, delta_values = slow_features(series, 2)
    z = series @ v
    assert abs(np.corrcoef(z[:, 0], sources[:, 0])[0, 1]) > 0.999
    assert delta_values[0] == pytest.approx(2 - 2 * np.cos(0.02 * np.pi), rel=0.05)
    np.testing.assert_allclose(z.T @ z / len(z), np.eye(2), atol=1e-8)
    np.testing.assert_allclose(np.mean(np.diff(z, axis=0) ** 2, axis=0), delta_values)


def test_slow_features_are_those_of_largest_correlation_with_the_next_point(rng):
    series = centred(autoregressive(rng, 20_000, [0.2, 0.9, -0.9]) @ rng.normal(size=(3, 3)))
    np.testing.assert_allclose(slow_features(series, 3)[1], [0.2, 1.6, 3.8], rtol=0.1)  # 2 - 2 a


def test_predictable_directions_are_found_among_noise_of_larger_variance(rng):
    series = np.hstack([3 * rng.normal(size=(2000, 4)), autoregressive(rng, 2000, [0.95, -0.95])])
    rotation = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    series, predictable = centred(series @ rotation), rotation[4:].T
    v, nats = dynamical_components(series, 2)
    assert np.rad2deg(subspace_angles(v, predictable)).max() < 10
    np.testing.assert_allclose(v.T @ v, np.eye(2), atol=1e-8)
    assert nats > 0.5
    of_largest_variance = np.linalg.eigh(series.T @ series)[1][:, -2:]
    assert np.rad2deg(subspace_angles(of_largest_variance, predictable)).min() > 80
    assert np.rad2deg(subspace_angles(slow_features(series, 2)[0], predictable)).max() > 45  # one is as fast as can be


def test_projection_is_to_principal_axes_and_the_same_for_the_same_seed(rng):
    series = centred(autoregressive(rng, 500, [0.9, 0.8, 0.7, 0.1]) * [1, 2, 1, 3])
    v, nats = dynamical_components(series, 3, seed=5)
    covariance = np.cov(series @ v, rowvar=False)
    np.testing.assert_allclose(covariance, np.diag(np.diag(covariance)), atol=1e-8)
    assert np.all(np.diff(np.diag(covariance)) < 0)
    again, nats_again = dynamical_components(series, 3, seed=5)
    np.testing.assert_array_equal(again, v)
    assert nats_again == nats


@pytest.mark.parametrize("a", [0.0, 0.5, -0.9])
@pytest.mark.parametrize("n_lags", [2, 8])
def test_information_of_a_process_of_first_order_is_that_of_one_point_on_the_next(a, n_lags):
    covariances = (a ** np.arange(n_lags))[:, None, None]
    assert predictive_information(np.eye(1), covariances)[0] == pytest.approx(-0.5 * np.log(1 - a**2))


def test_information_is_that_of_the_space_and_its_gradient_the_slope(rng):
    covariances = lagged_covariances(centred(autoregressive(rng, 300, [0.9, 0.5, -0.5, 0])), n_lags=6)
    v = rng.normal(size=(4, 2))
    nats = predictive_information(v, covariances)[0]
    assert predictive_information(v @ [[2, 1], [0, -3]], covariances)[0] == pytest.approx(nats)

    def slope(flat):
        return predictive_information(flat.reshape(4, 2), covariances)[1].ravel()

    assert check_grad(lambda flat: predictive_information(flat.reshape(4, 2), covariances)[0], slope, v.ravel()) < 1e-5


def test_series_shorter_than_the_lags_has_no_covariance_there(rng):
    covariances = lagged_covariances(rng.normal(size=(3, 2)), n_lags=5)
    np.testing.assert_array_equal(covariances[3:], 0)
