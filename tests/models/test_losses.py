import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from models.losses import CurvatureLoss, ForecastLoss, OffCentreLoss, ReconstructionLoss, RollOutLoss


def call(layer, *arrays):
    return float(layer([keras.ops.convert_to_tensor(array, "float32") for array in arrays]))


@pytest.mark.parametrize(
    ("v_hat", "v", "expected"),
    [
        ([[7.0, 14.0, -7.0]], [[1.0, 2.0, -1.0]], 0),
        ([[-1.0, 0.0]], [[1.0, 0.0]], 2),
        ([[0.0, 1.0]], [[1.0, 0.0]], 1),
        ([[1.0, 0.0]], [[0.0, 0.0]], 1),
    ],
    ids=["parallel", "opposite", "orthogonal", "no motion"],
)
def test_known_forecasts(v_hat, v, expected):
    assert call(ForecastLoss(), v_hat, v) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_forecast_of_norm_0_has_a_finite_gradient(jit_compile):
    layer = ForecastLoss()

    @tf.function(jit_compile=jit_compile)
    def gradients(v_hat, v):
        with tf.GradientTape() as tape:
            tape.watch([v_hat, v])
            loss = layer.raw_loss(v_hat, v)
        return tape.gradient(loss, [v_hat, v])

    nothing, something = tf.zeros((1, 3)), tf.constant([[1.0, 2.0, 3.0]])
    for v_hat, v in ((nothing, something), (something, nothing), (nothing, nothing)):
        assert all(np.isfinite(gradient).all() for gradient in gradients(v_hat, v))


def test_forecast_is_the_cosine_of_numpy_and_off_centre_the_mean_square(rng):
    v_hat, v = rng.normal(size=(2, 20, 12))
    cosines = np.sum(v_hat * v, axis=1) / np.linalg.norm(v_hat, axis=1) / np.linalg.norm(v, axis=1)
    assert call(ForecastLoss(), v_hat, v) == pytest.approx(np.mean(1 - cosines), rel=1e-5)
    assert call(OffCentreLoss(), [[3.0, 4.0], [0.0, 0.0]]) == pytest.approx(25 / 4)


def test_curvature_of_a_line_a_zigzag_and_a_circle():
    line, zigzag = (np.outer(positions, [1.0, 2.0])[None] for positions in (np.arange(6), np.arange(6) % 2))
    angles = np.linspace(0, 2 * np.pi, 25)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)[None]
    values = [call(CurvatureLoss(), points) for points in (line, zigzag, circle)]
    assert values == pytest.approx([-1, 1, -np.cos(angles[1])], rel=1e-5)


def test_reconstruction_is_the_cross_entropy_of_numpy_and_lowest_where_it_is_perfect(rng):
    x, x_hat = rng.uniform(0.01, 0.99, size=(2, 4, 22, 5))
    expected = -np.mean(x * np.log(x_hat) + (1 - x) * np.log(1 - x_hat))
    assert call(ReconstructionLoss(), x, x_hat) == pytest.approx(expected, rel=1e-5)
    perfect = call(ReconstructionLoss(), x, x)
    assert all(call(ReconstructionLoss(), x, np.clip(x + shift, 0.01, 0.99)) > perfect for shift in (-0.05, 0.05))


def test_distance_of_forecast_points_is_in_standard_deviations_of_each_direction():
    z = np.array([[[3.0, 0.0], [-3.0, 0.0]], [[0.0, 4.0], [0.0, -4.0]]])  # variances 4.5 and 8
    z_hat = np.array([[[5.0, 0.0], [0.0, 12.0]]])
    expected = np.mean([5 / np.sqrt(4.5), 12 / np.sqrt(8)]) / np.sqrt(2)
    assert call(RollOutLoss(), z_hat, np.zeros((1, 2, 2)), z) == pytest.approx(expected, rel=1e-3)


def test_forecast_distance_is_that_of_mahalanobis_by_numpy(rng):
    z_hat, z_true, z = rng.normal(size=(3, 4, 30, 3)) @ rng.normal(size=(3, 3))
    differences = (z_hat - z_true).reshape(-1, 3)
    inverse = np.linalg.inv(np.cov(z.reshape(-1, 3).T, bias=True))
    expected = np.sqrt(np.einsum("ni,ij,nj->n", differences, inverse, differences) / 3).mean()
    assert call(RollOutLoss(), z_hat, z_true, z) == pytest.approx(expected, rel=0.01)


def test_squeezing_what_is_badly_forecast_does_not_pay(rng):
    z_true = np.cumsum(rng.normal(size=(4, 50, 2)), axis=1)
    z_hat = z_true + rng.normal(size=z_true.shape) * [0.01, 2.0]
    squeezed = (np.array([1.0, 0.1]) * points for points in (z_hat, z_true, z_true))
    assert call(RollOutLoss(), *squeezed) == pytest.approx(call(RollOutLoss(), z_hat, z_true, z_true), rel=0.03)


def test_true_forecasts_cost_nothing_and_always_the_mean_about_one(rng):
    z = rng.normal(size=(20, 50, 3)) * [1, 5, 20]
    assert call(RollOutLoss(), z, z, z) == pytest.approx(0, abs=1e-5)
    assert call(RollOutLoss(), np.zeros_like(z), z, z) == pytest.approx(1, abs=0.25)


@pytest.mark.slow
@given(factor=st.floats(0.1, 100), shift=st.floats(-10, 10))
def test_scale_and_position_of_the_space_do_not_count(factor, shift):
    points = np.random.default_rng(7).normal(size=(3, 4, 6, 2))
    here, there = (call(RollOutLoss(), *inputs) for inputs in (points, factor * points + shift))
    assert there == pytest.approx(here, rel=1e-3)


def test_a_space_of_one_point_gives_no_gradient_that_is_not_finite():
    z = tf.Variable(np.zeros((2, 5, 3), np.float32))
    with tf.GradientTape() as tape:
        loss = RollOutLoss()([z[:, 3:], z[:, :2], z])
    assert np.isfinite(tape.gradient(loss, z)).all()


def test_fraction_of_the_weight_counts_but_the_raw_loss_is_reported(rng):
    points = rng.normal(size=(3, 4, 5, 2))
    layer = RollOutLoss(0.5)
    layer.fraction.assign(0.25)
    raw = call(layer, *points)
    assert [float(added) for added in layer.losses] == pytest.approx([0.125 * raw])
    assert float(layer.mean_over_epoch.result()) == pytest.approx(raw)


@pytest.mark.parametrize("stop_gradient", [False, True])
@pytest.mark.parametrize("loss", [ForecastLoss, RollOutLoss])
def test_stop_gradient_keeps_what_is_true_fixed_but_not_its_covariance(loss, stop_gradient, rng):
    forecast, true, *points = (tf.Variable(rng.normal(size=(2, 4, 3)).astype(np.float32)) for _ in range(3))
    inputs = [forecast, true, *points] if loss is RollOutLoss else [forecast, true]
    with tf.GradientTape() as tape:
        value = loss(stop_gradient=stop_gradient)(inputs)
    to_forecast, to_true, *to_points = tape.gradient(value, inputs)
    assert all(np.abs(gradient).max() > 0 for gradient in (to_forecast, *to_points))
    assert (to_true is None) == stop_gradient
