import keras
import numpy as np
import pytest
import tensorflow as tf

from models.conditioned_autoencoder import (
    PRESETS,
    build_conditioned_autoencoder,
    build_decoder,
    build_encoder,
    build_forecaster,
)
from pipeline.sections.autoencoder import Model
from pipeline.windows import Stretch
from tests.straightforward import build_straightforward_autoencoder, straightforward_samples

N_BINS = 94
WINDOW_FRAMES = {"half_second": 22, "two_seconds": 88}


def build_parts(preset, *, latent_dim=3, clip_windows=45, dropout=0.1, window_frames=None, n_bins=N_BINS):
    window_frames = window_frames or WINDOW_FRAMES[preset]
    return (
        build_encoder(window_frames, n_bins, latent_dim, preset),
        build_decoder(window_frames, n_bins, latent_dim, preset),
        build_forecaster(clip_windows, latent_dim, preset, dropout=dropout),
    )


@pytest.mark.parametrize(
    ("preset", "encoder_count", "decoder_count", "whole_count"),
    [("half_second", 40_739, 87_710, 129_780), ("two_seconds", 59_939, 44_862, 106_132)],
)
def test_parameter_counts_are_those_of_the_paper(preset, encoder_count, decoder_count, whole_count):
    encoder, decoder, forecaster = build_parts(preset)
    stretch = Stretch(WINDOW_FRAMES[preset], history=45, future=1, n_samples=4)
    whole = build_conditioned_autoencoder(encoder, decoder, forecaster, stretch)
    assert encoder.count_params() == encoder_count
    assert decoder.count_params() == decoder_count
    losses_own = sum(variable.size for layer in whole.layers if hasattr(layer, "weight") for variable in layer.weights)
    assert whole.count_params() - losses_own == whole_count


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize(("window_frames", "latent_dim"), [(22, 12), (24, 1), (36, 3), (88, 12), (130, 2)])
def test_any_window_and_any_latent_dim(preset, window_frames, latent_dim, rng):
    encoder, decoder, _ = build_parts(preset, latent_dim=latent_dim, window_frames=window_frames, n_bins=7)
    z = encoder(rng.uniform(size=(2, window_frames, 7)))
    assert z.shape == (2, latent_dim)
    x_hat = np.asarray(decoder(z))
    assert x_hat.shape == (2, window_frames, 7)
    assert ((x_hat > 0) & (x_hat < 1)).all()


@pytest.mark.parametrize(("preset", "shortest"), [("half_second", 8), ("two_seconds", 22)])
def test_shortest_window(preset, shortest):
    assert build_encoder(shortest, 4, 3, preset).output_shape == (None, 3)
    with pytest.raises(ValueError, match=rf"window_frames={shortest - 1}: must be at least {shortest}"):
        build_encoder(shortest - 1, 4, 3, preset)


def test_weights_start_normal_with_deviation_one_twentieth_and_biases_zero():
    keras.utils.set_random_seed(0)
    for model in build_parts("half_second"):
        for variable in model.trainable_variables:
            values = variable.numpy()
            if variable.name == "kernel" and values.size > 500:
                assert values.std() == pytest.approx(0.05, rel=0.15)
            if variable.name == "bias" and "lstm" not in variable.path:
                assert not values.any()


def test_parameter_file_and_builders_know_the_same_presets():
    assert set(Model.model_fields["preset"].annotation.__args__) == set(PRESETS)


def losses_and_gradients(model, inputs, variables):
    with tf.GradientTape() as tape:
        model(inputs, training=True)
        loss = tf.add_n(model.losses)
    return float(loss), tape.gradient(loss, variables)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("stop_gradient", [False, True])
def test_fast_form_has_loss_and_gradients_of_the_straightforward_form(preset, stop_gradient, rng):
    window_frames, clip_windows, n_bins = WINDOW_FRAMES[preset], 6, 5
    keras.utils.set_random_seed(0)
    parts = build_parts(preset, clip_windows=clip_windows, dropout=0.0, n_bins=n_bins)
    weights = {"alpha": 0.3, "beta": 1.0, "gamma": 0.2, "delta": 0.1, "stop_gradient": stop_gradient}
    stretch = Stretch(window_frames, history=clip_windows, future=1, n_samples=4)
    fast = build_conditioned_autoencoder(*parts, stretch, **weights)
    straightforward = build_straightforward_autoencoder(*parts, **weights)

    frames = rng.uniform(size=(window_frames + 40, n_bins)).astype(np.float32)
    starts = np.array([3, 17])
    gather, _ = straightforward_samples(frames, window_frames, clip_windows)
    samples = (starts[:, None] + np.arange(4)).ravel()
    variables = [variable for part in parts for variable in part.trainable_variables]
    stretches = np.stack([frames[start : start + stretch.n_frames] for start in starts])
    loss, gradients = losses_and_gradients(fast, stretches, variables)
    gathered = gather(tf.constant(samples, tf.int32))
    expected_loss, expected_gradients = losses_and_gradients(straightforward, gathered, variables)
    assert loss == pytest.approx(expected_loss, rel=1e-6)
    for variable, gradient, expected in zip(variables, gradients, expected_gradients, strict=True):
        expected = np.asarray(expected)
        np.testing.assert_allclose(gradient, expected, atol=1e-4 * np.abs(expected).max(), err_msg=variable.path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("weights", "terms", "has_forecaster"),
    [
        ({"alpha": 0.0}, {"reconstruction"}, False),
        ({}, {"reconstruction", "forecast"}, True),
        ({"alpha": 0.0, "gamma": 0.01}, {"reconstruction", "off_centre"}, False),
        ({"delta": 0.001, "gamma": 0.01}, {"reconstruction", "forecast", "off_centre", "curvature"}, True),
        ({"roll_out_steps": 4, "roll_out_weight": 0.02}, {"reconstruction", "forecast", "roll_out"}, True),
    ],
)
def test_a_term_of_weight_zero_is_not_computed_and_each_other_is_reported_by_name(weights, terms, has_forecaster, rng):
    conditioned = weights.get("alpha", 0.001) > 0
    history = 5 if conditioned or weights.get("delta") else 1
    future = weights.get("roll_out_steps", int(conditioned))
    stretch = Stretch(22, history=history, future=future, n_samples=2)
    model = build_conditioned_autoencoder(*build_parts("half_second", clip_windows=5, n_bins=4), stretch, **weights)
    model.compile("adam")
    logs = model.fit(rng.uniform(size=(2, stretch.n_frames, 4)), verbose=0, batch_size=2).history
    assert set(logs) == terms | {"loss"}
    assert any(layer.name == "forecaster" for layer in model.layers) == has_forecaster
    factors = {"reconstruction": 1, "off_centre": 0.01, "curvature": 0.001, "roll_out": 0.02}
    factors["forecast"] = weights.get("alpha", 0.001)
    assert logs["loss"][0] == pytest.approx(sum(factors[term] * logs[term][0] for term in terms), rel=1e-5)
