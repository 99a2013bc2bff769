import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.losses import CurvatureLoss, ForecastLoss, OffCentreLoss, ReconstructionLoss, RollOutLoss


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


@pytest.mark.parametrize("jit_compile", [False, True])
def test_forecast_of_length_zero_has_a_gradient_that_is_finite(jit_compile):
    import tensorflow as tf

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


def test_forecast_points_that_are_true_cost_nothing(rng):
    z = rng.normal(size=(2, 9, 3))
    assert call(RollOutLoss(), z[:, 4:], z[:, 4:], z) == pytest.approx(0, abs=1e-5)


def test_distance_of_forecast_points_is_told_in_the_spread_of_each_direction():
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


def test_always_forecasting_the_mean_costs_about_one(rng):
    z = rng.normal(size=(20, 50, 3)) * [1, 5, 20]
    assert call(RollOutLoss(), np.zeros_like(z), z, z) == pytest.approx(1, abs=0.25)


@given(factor=st.floats(0.1, 100), shift=st.floats(-10, 10))
def test_scale_and_place_of_the_space_do_not_count(factor, shift):
    points = np.random.default_rng(7).normal(size=(3, 4, 6, 2))
    here, there = (call(RollOutLoss(), *each) for each in (points, factor * points + shift))
    assert there == pytest.approx(here, rel=1e-3)


def test_a_space_of_one_point_gives_no_gradient_that_is_not_finite():
    import tensorflow as tf

    z = tf.Variable(np.zeros((2, 5, 3), np.float32))
    with tf.GradientTape() as tape:
        loss = RollOutLoss()([z[:, 3:], z[:, :2], z])
    assert np.isfinite(tape.gradient(loss, z)).all()


def test_share_of_the_weight_counts_but_the_raw_loss_is_told(rng):
    points = rng.normal(size=(3, 4, 5, 2))
    layer = RollOutLoss(0.5)
    layer.share.assign(0.25)
    raw = call(layer, *points)
    assert [float(added) for added in layer.losses] == pytest.approx([0.125 * raw])
    assert float(layer.mean_over_epoch.result()) == pytest.approx(raw)


@pytest.mark.parametrize(
    ("loss", "shapes"),
    [
        (ReconstructionLoss, [(4, 6, 5), (4, 6, 5)]),
        (ForecastLoss, [(4, 3), (4, 3)]),
        (OffCentreLoss, [(4, 3)]),
        (CurvatureLoss, [(4, 7, 3)]),
        (RollOutLoss, [(4, 5, 3), (4, 5, 3), (2, 9, 3)]),
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


@pytest.mark.parametrize("stop_gradient", [False, True])
def test_stop_gradient_keeps_the_true_points_fixed_but_not_the_spread(stop_gradient, rng):
    import tensorflow as tf

    z_hat, z_true, z = (tf.Variable(rng.normal(size=(2, 4, 3)).astype(np.float32)) for _ in range(3))
    with tf.GradientTape() as tape:
        loss = RollOutLoss(stop_gradient=stop_gradient)([z_hat, z_true, z])
    to_z_hat, to_z_true, to_z = tape.gradient(loss, [z_hat, z_true, z])
    assert min(np.abs(to_z_hat).max(), np.abs(to_z).max()) > 0
    assert (to_z_true is None) == stop_gradient
