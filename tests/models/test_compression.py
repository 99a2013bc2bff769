import numpy as np

from models.compression import compress, floor_of_paths, relative_paths


def test_compression_forgets_level_and_silence_stays_zero(rng):
    values = rng.uniform(0.01, 1, (2, 9))
    np.testing.assert_allclose(compress(5 * values), compress(values))
    assert not compress(np.zeros((1, 4))).any()


def test_the_mean_is_a_thousand_floors():
    np.testing.assert_allclose(compress(np.full((1, 3), 0.02)), np.log(1001))
    np.testing.assert_allclose(relative_paths(np.array([[1.0, 3.0]])), [[0.5, 1.5]])


def test_floor_is_a_thousandth_of_the_median_but_not_nothing():
    scattering = np.array([[1.0, 2.0, 0.0], [1.0, 2.0, 0.0], [1.0, 4.0, 4.0]])
    np.testing.assert_allclose(floor_of_paths(scattering), [1e-3, 2e-3, 1e-6])
