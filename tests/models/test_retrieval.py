import numpy as np
import pytest

from models.retrieval import centred_cosines, retrieval_accuracy

CROSS = np.array([[1.0, 0], [0, 1], [-1, 0], [0, -1]])


def test_cosines_are_those_of_vectors_from_the_mean_of_the_reference():
    cosines = centred_cosines(CROSS + 7, 3 * CROSS + 7)
    np.testing.assert_allclose(cosines, CROSS @ CROSS.T, atol=1e-12)
    np.testing.assert_allclose(centred_cosines(CROSS + 7, CROSS[[1, 2, 3, 0]] + 7), cosines[[1, 2, 3, 0]], atol=1e-12)
    # a vector at the mean has no direction
    assert (centred_cosines(np.array([[1.0, 1], [0, 0], [2, 2]]), np.ones((3, 2))) == 0).all()


def test_a_row_is_retrieved_if_no_other_is_as_near():
    features = np.array([[1.0, 0.1, 0], [0, 1.0, 0.1], [0.1, 0, 1.0]])
    for shifted, accuracy in ((features, 1), (features[[0, 2, 1]], 1 / 3), (3 * features, 1)):
        assert retrieval_accuracy(centred_cosines(features, shifted)) == pytest.approx(accuracy)


def test_a_neighbour_within_the_tolerance_is_right():
    cosines, positions = centred_cosines(CROSS, CROSS[[1, 0, 3, 2]]), np.array([0, 5, 100, 106])
    assert [retrieval_accuracy(cosines, positions, tolerance) for tolerance in (4, 5, 6)] == [0, 0.5, 1]
