import keras
import numpy as np
import pytest

from models import surgery
from models.conditioned_autoencoder import build_conditioned_autoencoder, build_decoder, build_encoder, build_forecaster
from models.losses import RollOutLoss
from models.roll_out import RollOut
from pipeline.windows import Stretch

LATENT_DIM = 2


def roll_out_straightforwardly(forecaster, clips, n_steps, preset="half_second"):
    """The whole forecaster run again on clips that grow by its own points, `(batch, n_steps, latent_dim)`."""
    units = forecaster.get_layer("lstm").units
    for _ in range(n_steps):
        longer = build_forecaster(clips.shape[1], clips.shape[2], preset, units=units)
        longer.set_weights(forecaster.get_weights())
        following = clips[:, -1] + np.asarray(longer(clips))
        clips = np.concatenate([clips, following[:, None]], axis=1)
    return clips[:, -n_steps:]


def random_forecaster(rng, preset="half_second", clip_windows=6):
    forecaster = build_forecaster(clip_windows, LATENT_DIM, preset, units=5)
    forecaster.set_weights([rng.normal(0, 0.5, weight.shape) for weight in forecaster.get_weights()])
    return forecaster


@pytest.mark.parametrize("preset", ["half_second", "two_seconds"])
def test_roll_out_is_the_forecaster_run_again_on_a_growing_clip(preset, rng):
    forecaster = random_forecaster(rng, preset)
    clips = rng.normal(size=(3, 6, LATENT_DIM)).astype(np.float32)
    expected = roll_out_straightforwardly(forecaster, clips, 7, preset)
    assert np.ptp(expected, axis=1).min() > 0.1
    np.testing.assert_allclose(RollOut(forecaster, 7)(clips), expected, atol=1e-5)


def test_constant_velocity_is_rolled_out_to_a_line_and_costs_nothing(rng):
    velocity = np.array([0.5, -0.25])
    line = np.arange(10)[:, None] * velocity + rng.normal(size=(4, 1, LATENT_DIM))
    forecaster = build_forecaster(6, LATENT_DIM)
    kernels = [np.zeros(weight.shape) for weight in forecaster.get_weights()]
    forecaster.set_weights([*kernels[:-1], velocity])
    z_hat = RollOut(forecaster, 4)(line[:, :6].astype(np.float32))
    np.testing.assert_allclose(z_hat, line[:, 6:], atol=1e-5)
    assert float(RollOutLoss()([z_hat, line[:, 6:], line])) == pytest.approx(0, abs=1e-5)


def test_dropout_falls_on_the_clip_in_training_and_on_nothing_else(rng):
    forecaster = random_forecaster(rng)
    forecaster.get_layer("lstm").cell.dropout = 0.5
    clips = np.repeat(rng.normal(size=(1, 6, LATENT_DIM)).astype(np.float32), 30, axis=0)
    layer = RollOut(forecaster, 3)
    assert np.ptp(layer(clips, training=True), axis=0).min() > 0.01
    assert np.ptp(layer(clips, training=False), axis=0).max() < 1e-6
    nothing_seen = np.zeros_like(clips)
    assert np.ptp(layer(nothing_seen, training=True), axis=0).max() < 1e-6


@pytest.fixture
def rolling(rng):
    """A model with a roll-out of 3 steps, and a batch for it."""
    keras.utils.set_random_seed(0)
    stretch = Stretch(8, history=5, future=3, n_samples=3)
    parts = build_encoder(8, 4, LATENT_DIM), build_decoder(8, 4, LATENT_DIM), build_forecaster(5, LATENT_DIM)
    model = build_conditioned_autoencoder(*parts, stretch, roll_out_steps=3, roll_out_weight=0.5)
    model.compile("adam", jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    return model, rng.uniform(size=(2, stretch.n_frames, 4)).astype(np.float32)


@pytest.mark.slow
def test_term_is_the_distance_of_points_from_those_of_the_encoder(rolling):
    model, batch = rolling
    reported = model.evaluate(batch, return_dict=True, verbose=0)["roll_out"]
    windows = np.lib.stride_tricks.sliding_window_view(batch, 8, axis=1).swapaxes(2, 3)
    z = np.stack([surgery.part(model, "encoder")(sample) for sample in windows])  # (batch, n_windows, latent_dim)
    clips = np.concatenate([z[:, start : start + 5] for start in range(3)])
    truth = np.concatenate([z[:, start + 5 : start + 8] for start in range(3)])
    z_hat = roll_out_straightforwardly(surgery.part(model, "forecaster"), clips, 3)
    inverse = np.linalg.inv(np.cov(z.reshape(-1, LATENT_DIM).T, bias=True))
    differences = z_hat - truth
    expected = np.sqrt(np.einsum("bsi,ij,bsj->bs", differences, inverse, differences) / LATENT_DIM).mean()
    assert reported == pytest.approx(expected, rel=0.02)


@pytest.mark.slow
def test_saved_and_loaded_model_has_one_forecaster_and_trains_as_the_first(rolling, tmp_path, rng):
    model, batch = rolling
    model.get_layer("forecaster").get_layer("lstm").cell.dropout = 0.0
    model.train_on_batch(batch)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.count_params() == model.count_params()
    assert loaded.get_layer("rolled_out").forecaster is surgery.part(loaded, "forecaster")
    before = surgery.part(loaded, "forecaster").get_weights()
    for _ in range(3):
        first, second = (trained.train_on_batch(batch, return_dict=True) for trained in (model, loaded))
        assert second == pytest.approx(first, rel=1e-5)
    forecaster = surgery.part(loaded, "forecaster")
    assert all((new != old).any() for new, old in zip(forecaster.get_weights(), before, strict=True))
    clips = rng.normal(size=(3, 5, LATENT_DIM)).astype(np.float32)
    rolled_out = loaded.get_layer("rolled_out")(clips)
    np.testing.assert_allclose(rolled_out, roll_out_straightforwardly(forecaster, clips, 3), atol=1e-5)
