import keras
import numpy as np
import pytest
import tensorflow as tf

from models.conditioned_autoencoder import (
    PRESETS,
    build_autoencoder,
    build_conditioned_autoencoder,
    build_decoder,
    build_encoder,
    build_forecaster,
)
from pipeline.data_generator import samples
from pipeline.sections.autoencoder import WindowModel
from pipeline.windows import Sample
from tests.straightforward import build_straightforward_autoencoder, straightforward_samples
from train_model.callbacks import RefillMemory

N_BINS = 94
WINDOW_FRAMES = {"half_second": 22, "two_seconds": 88}


def build_parts(preset, *, latent_dim=3, clip_windows=45, dropout=0.1, window_frames=None, n_bins=N_BINS):
    window_frames = window_frames or WINDOW_FRAMES[preset]
    return (
        build_encoder(window_frames, n_bins, latent_dim, preset),
        build_decoder(window_frames, n_bins, latent_dim, preset),
        build_forecaster(clip_windows, latent_dim, PRESETS[preset].forecast_activation, dropout=dropout),
    )


@pytest.mark.parametrize(
    ("preset", "encoder_count", "decoder_count", "whole_count"),
    [("half_second", 40_739, 87_710, 129_780), ("two_seconds", 59_939, 44_862, 106_132)],
)
def test_parameter_counts_are_those_of_the_paper(preset, encoder_count, decoder_count, whole_count):
    encoder, decoder, forecaster = build_parts(preset)
    assert encoder.count_params() == encoder_count
    assert decoder.count_params() == decoder_count
    assert build_autoencoder(encoder, decoder, forecaster).count_params() == whole_count


def test_what_is_kept_gives_reconstructions_and_velocities(rng):
    encoder, decoder, forecaster = build_parts("half_second", clip_windows=5, n_bins=4)
    clips = rng.uniform(size=(2, 5, 22, 4)).astype(np.float32)
    z = np.asarray(encoder(clips.reshape(10, 22, 4))).reshape(2, 5, 3)
    kept = build_autoencoder(encoder, decoder, forecaster)(clips)
    np.testing.assert_allclose(kept["reconstruction"], decoder(z[:, -1]), atol=1e-6)
    np.testing.assert_allclose(kept["v_hat"], forecaster(z), atol=1e-6)
    np.testing.assert_allclose(build_autoencoder(encoder, decoder)(clips[:, -1]), decoder(z[:, -1]), atol=1e-6)


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
    with pytest.raises(ValueError, match=rf"^window\.length_s: is {shortest - 1} frames, must be at least {shortest} "):
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
    assert set(WindowModel.model_fields["preset"].annotation.__args__) == set(PRESETS)


def losses_and_gradients(model, inputs, variables):
    with tf.GradientTape() as tape:
        model(inputs, training=True)
        loss = tf.add_n(model.losses)
    return float(loss), tape.gradient(loss, variables)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize(
    ("sample", "weights"),
    [  # clips of 6 windows, encoded and remembered
        ({"before": 5}, {"delta": 0.1}),
        ({"before": 5}, {"delta": 0.1, "stop_gradient": True}),
        ({"remembered": 5}, {}),
        ({"remembered": 5}, {"stop_gradient": True}),
    ],
)
def test_loss_and_gradients_are_those_of_the_straightforward_form(preset, sample, weights, rng):
    window_frames, clip_windows, n_bins = WINDOW_FRAMES[preset], 6, 5
    keras.utils.set_random_seed(0)
    parts = build_parts(preset, clip_windows=clip_windows, dropout=0.0, n_bins=n_bins)
    weights = {"alpha": 0.3, "beta": 1.0, "gamma": 0.2, **weights}
    frames = rng.uniform(size=(window_frames + 40, n_bins)).astype(np.float32)
    sample = Sample(window_frames, after=1, **sample)
    model = build_conditioned_autoencoder(*parts, sample, 41, **weights)
    if sample.remembered:
        refill = RefillMemory(frames, window_frames)
        refill.set_model(model)
        refill.on_epoch_begin(0)
    detached = {"detached_history": bool(sample.remembered)}
    straightforward = build_straightforward_autoencoder(*parts, **weights, **detached)

    batch = next(iter(samples(frames, sample, samples_per_batch=8, seed=0, epoch=tf.Variable(0))))
    gather, _ = straightforward_samples(frames, window_frames, clip_windows)
    variables = [variable for part in parts for variable in part.trainable_variables]
    loss, gradients = losses_and_gradients(model, batch, variables)
    gathered = gather(batch["t"] - (clip_windows - 1))
    expected_loss, expected_gradients = losses_and_gradients(straightforward, gathered, variables)
    assert loss == pytest.approx(expected_loss, rel=1e-6)
    for variable, gradient, expected in zip(variables, gradients, expected_gradients, strict=True):
        expected = np.asarray(expected)
        np.testing.assert_allclose(gradient, expected, atol=1e-4 * np.abs(expected).max(), err_msg=variable.path)


@pytest.mark.parametrize(
    ("sample", "factors"),
    [
        ({}, {"reconstruction": 1}),
        ({"after": 1, "remembered": 4}, {"reconstruction": 1, "forecast": 0.01}),
        ({}, {"reconstruction": 1, "off_centre": 0.01}),
        ({"before": 2}, {"reconstruction": 1, "curvature": 0.02}),
        ({"before": 2, "max_lag": 3}, {"reconstruction": 1, "persistence": 0.03, "constant_velocity": 0.02}),
        (
            {"before": 2, "after": 1, "max_lag": 3, "remembered": 2},
            {"reconstruction": 1, "forecast": 0.1, "curvature": 0.1, "persistence": 0.1, "constant_velocity": 0.1},
        ),
    ],
)
def test_a_term_of_weight_zero_is_not_computed_and_each_other_is_reported_by_name(sample, factors, rng):
    names = {"reconstruction": "beta", "forecast": "alpha", "off_centre": "gamma", "curvature": "delta"}
    weights = {names.get(term, term): factor for term, factor in factors.items()}
    sample = Sample(22, **sample)
    frames = rng.uniform(size=(60, 4)).astype(np.float32)
    parts = build_parts("half_second", clip_windows=5, n_bins=4)
    model = build_conditioned_autoencoder(*parts, sample, 39, **weights)
    model(next(iter(samples(frames, sample, samples_per_batch=8, seed=0, epoch=tf.Variable(0)))), training=True)
    values = {metric.name: float(metric.result()) for metric in model.metrics}
    assert values.keys() == factors.keys()
    assert any(layer.name == "forecaster" for layer in model.layers) == ("forecast" in factors)
    loss = sum(factors[term] * values[term] for term in factors)
    assert float(tf.add_n(model.losses)) == pytest.approx(loss, rel=1e-5)
