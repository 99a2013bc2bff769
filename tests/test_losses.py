import keras
import numpy as np
import pytest

from models.losses import CurvatureLoss, ForecastLoss, OffCentreLoss, ReconstructionLoss


def call(layer, *arrays):
    return float(layer([keras.ops.convert_to_tensor(array, "float32") for array in arrays]))


def test_parallel_forecast_costs_nothing_whatever_its_length(rng):
    v = rng.normal(size=(5, 3))
    assert call(ForecastLoss(), 7 * v, v) == pytest.approx(0, abs=1e-6)


def test_opposite_and_orthogonal_forecasts():
    v = np.array([[1.0, 0.0, 0.0]])
    assert call(ForecastLoss(), -v, v) == pytest.approx(2)
    assert call(ForecastLoss(), [[0.0, 1.0, 0.0]], v) == pytest.approx(1)


def test_forecast_of_a_point_that_does_not_move_counts_as_orthogonal():
    assert call(ForecastLoss(), [[1.0, 0.0]], [[0.0, 0.0]]) == pytest.approx(1)


def test_forecast_is_the_cosine_of_numpy(rng):
    v_hat, v = rng.normal(size=(2, 20, 12))
    cosines = np.sum(v_hat * v, axis=1) / np.linalg.norm(v_hat, axis=1) / np.linalg.norm(v, axis=1)
    assert call(ForecastLoss(), v_hat, v) == pytest.approx(np.mean(1 - cosines), rel=1e-5)


def test_curvature_of_a_straight_line_and_of_a_zigzag():
    line = np.outer(np.arange(6), [1.0, 2.0])[None]
    zigzag = np.outer(np.arange(6) % 2, [1.0, 2.0])[None]
    assert call(CurvatureLoss(), line) == pytest.approx(-1)
    assert call(CurvatureLoss(), zigzag) == pytest.approx(1)


def test_curvature_of_a_circle_is_minus_the_cosine_of_its_step():
    angles = np.linspace(0, 2 * np.pi, 25)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)[None]
    assert call(CurvatureLoss(), circle) == pytest.approx(-np.cos(angles[1]), rel=1e-5)


def test_off_centre_is_the_mean_square():
    assert call(OffCentreLoss(), [[3.0, 4.0], [0.0, 0.0]]) == pytest.approx(25 / 4)


def test_reconstruction_is_the_cross_entropy_of_numpy(rng):
    x, x_hat = rng.uniform(0.01, 0.99, size=(2, 4, 22, 5))
    expected = -np.mean(x * np.log(x_hat) + (1 - x) * np.log(1 - x_hat))
    assert call(ReconstructionLoss(), x, x_hat) == pytest.approx(expected, rel=1e-5)


def test_reconstruction_is_lowest_where_it_is_perfect(rng):
    x = rng.uniform(0.1, 0.9, size=(2, 6, 4))
    perfect = call(ReconstructionLoss(), x, x)
    assert all(call(ReconstructionLoss(), x, np.clip(x + shift, 0.01, 0.99)) > perfect for shift in (-0.05, 0.05))


@pytest.mark.parametrize(
    ("loss", "shapes"),
    [
        (ReconstructionLoss, [(4, 6, 5), (4, 6, 5)]),
        (ForecastLoss, [(4, 3), (4, 3)]),
        (OffCentreLoss, [(4, 3)]),
        (CurvatureLoss, [(4, 7, 3)]),
    ],
)
def test_what_is_added_is_weight_times_the_raw_loss(loss, shapes, rng):
    layer = loss(0.25)
    raw = call(layer, *(rng.uniform(0.1, 0.9, size=shape) for shape in shapes))
    assert raw != 0
    assert [float(added) for added in layer.losses] == pytest.approx([0.25 * raw])
    assert float(layer.mean_over_epoch.result()) == pytest.approx(raw)


@pytest.mark.parametrize("stop_gradient", [False, True])
def test_stop_gradient_keeps_the_true_velocity_fixed(stop_gradient, rng):
    import tensorflow as tf

    v_hat, v = (tf.Variable(rng.normal(size=(4, 3)).astype(np.float32)) for _ in range(2))
    with tf.GradientTape() as tape:
        loss = ForecastLoss(stop_gradient=stop_gradient)([v_hat, v])
    to_v_hat, to_v = tape.gradient(loss, [v_hat, v])
    assert np.abs(to_v_hat).max() > 0
    assert (to_v is None) == stop_gradient
