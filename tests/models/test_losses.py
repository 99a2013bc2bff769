import keras
import numpy as np
import pytest
import tensorflow as tf

from models.losses import (
    ConstantVelocityLoss,
    CurvatureLoss,
    ForecastLoss,
    OffCentreLoss,
    PersistenceLoss,
    ReconstructionLoss,
    WhitenessLoss,
)


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


def mahalanobis_squares(differences, points):
    inverse = np.linalg.inv(np.cov(points.T, bias=True))
    return np.einsum("ni,ij,nj->n", differences, inverse, differences)


def test_persistence_is_the_mahalanobis_distance_of_numpy_from_a_later_point(rng):
    z, later = rng.normal(size=(2, 30, 3)) @ np.array([[1.0, 0.5, 0.0], [0.0, 2.0, 0.3], [0.2, 0.0, 3.0]])
    expected = mahalanobis_squares(later - z, np.concatenate([z, later])).mean() / 3
    assert call(PersistenceLoss(), z, later) == pytest.approx(expected, rel=0.01)


def test_change_of_velocity_is_the_mahalanobis_distance_of_numpy(rng):
    points = rng.normal(size=(30, 3, 2)) @ np.array([[1.0, 0.5], [0.0, 2.0]])
    before, after = np.diff(points, axis=1).swapaxes(0, 1)
    expected = mahalanobis_squares(after - before, np.concatenate([before, after])).mean() / 2
    assert call(ConstantVelocityLoss(), points) == pytest.approx(expected, rel=0.01)


def test_errors_of_what_stays_of_what_is_independent_and_of_a_zigzag(rng):
    z, independent, velocities = rng.normal(size=(3, 5000, 2))
    assert call(PersistenceLoss(), z, z) == 0
    assert call(PersistenceLoss(), z, independent) == pytest.approx(2, rel=0.05)
    line, zigzag = (np.stack([0 * velocities, velocities, end * velocities], axis=1) for end in (2, 0))
    assert call(ConstantVelocityLoss(), line) == pytest.approx(0, abs=1e-5)
    assert call(ConstantVelocityLoss(), zigzag) == pytest.approx(4, rel=0.01)
    walk = np.stack([z, z + independent, z + independent + velocities], axis=1)
    assert call(ConstantVelocityLoss(), walk) == pytest.approx(2, rel=0.05)


def test_whiteness_of_a_ball_an_ellipsoid_and_a_line():
    axes = np.concatenate([np.eye(3), -np.eye(3)])
    assert call(WhitenessLoss(), axes + 7) == pytest.approx(0, abs=1e-4)
    assert call(WhitenessLoss(), axes * [1, 2, 4]) == pytest.approx(np.log((1 + 4 + 16) / 3 / 4), rel=1e-3)
    assert call(WhitenessLoss(), axes * [0, 0, 1]) > 4


@pytest.mark.parametrize(("factor", "shift"), [(0.1, -10), (0.7, 0), (100, 10)])
def test_scale_and_position_of_the_space_do_not_count(factor, shift):
    points = np.random.default_rng(7).normal(size=(24, 3, 2))
    for loss, inputs in (
        (PersistenceLoss(), [points[:, 0], points[:, 2]]),
        (ConstantVelocityLoss(), [points]),
        (WhitenessLoss(), [points[:, 0]]),
    ):
        moved = [factor * each + shift for each in inputs]
        assert call(loss, *moved) == pytest.approx(call(loss, *inputs), rel=1e-3, abs=1e-4)


def test_squeezing_what_is_badly_forecast_does_not_pay(rng):
    points = np.cumsum(rng.normal(size=(40, 3, 2)) * [0.1, 1.0], axis=1) + rng.normal(size=(40, 1, 2))
    squeezed = points * [1.0, 0.1]
    for loss, take in ((PersistenceLoss(), lambda z: [z[:, 0], z[:, 2]]), (ConstantVelocityLoss(), lambda z: [z])):
        assert call(loss, *take(squeezed)) == pytest.approx(call(loss, *take(points)), rel=0.02)


def test_a_space_of_one_point_gives_no_gradient_that_is_not_finite():
    z = tf.Variable(np.zeros((8, 3, 3), np.float32))
    for loss, take in (
        (PersistenceLoss(), lambda: [z[:, 0], z[:, 1]]),
        (ConstantVelocityLoss(), lambda: [z]),
        (WhitenessLoss(), lambda: [z[:, 0]]),
    ):
        with tf.GradientTape() as tape:
            value = loss(take())
        assert np.isfinite(tape.gradient(value, z)).all()


def test_the_raw_loss_is_reported_and_its_weight_counts(rng):
    layer = OffCentreLoss(0.5)
    raw = call(layer, rng.normal(size=(4, 3)))
    assert [float(added) for added in layer.losses] == pytest.approx([0.5 * raw])
    assert float(layer.mean_over_epoch.result()) == pytest.approx(raw)


@pytest.mark.parametrize("stop_gradient", [False, True])
def test_stop_gradient_keeps_the_true_velocity_fixed(stop_gradient, rng):
    inputs = [tf.Variable(rng.normal(size=(4, 3)).astype(np.float32)) for _ in range(2)]
    with tf.GradientTape() as tape:
        value = ForecastLoss(stop_gradient=stop_gradient)(inputs)
    to_forecast, to_true = tape.gradient(value, inputs)
    assert np.abs(to_forecast).max() > 0
    assert (to_true is None) == stop_gradient
