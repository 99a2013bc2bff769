import keras
import numpy as np
import pytest

from models.conditioned_autoencoder import build_autoencoder, build_conditioned_autoencoder, build_forecaster
from models.image_autoencoder import build_image_decoder, build_image_encoder, reconstruct_some_pixels
from models.surgery import build_embedder, part
from pipeline.windows import Sample
from train_model.song.batch_statistics import use_song_statistics

HEIGHT, WIDTH = 49, 66


def build_parts(height=HEIGHT, width=WIDTH, latent_dim=3):
    return build_image_encoder(height, width, latent_dim), build_image_decoder(height, width, latent_dim)


def images(rng, n=4, height=HEIGHT, width=WIDTH):
    return rng.uniform(size=(n, 1, height, width)).astype(np.float32)


def test_parameter_counts_are_those_of_the_paper():
    encoder, decoder = build_parts(150, 268)
    assert encoder.count_params() == 277_891
    assert decoder.count_params() == 186_401
    assert sum(weight.shape[0] for weight in decoder.non_trainable_weights) == 1024
    assert build_forecaster(75, 3, units=32).count_params() == 4608 + 99


@pytest.mark.parametrize("latent_dim", [1, 3, 12])
@pytest.mark.parametrize(("height", "width"), [(48, 64), (151, 269), (120, 50), (46, 46)])
def test_any_size_and_any_latent_dim(height, width, latent_dim, rng):
    encoder, decoder = build_parts(height, width, latent_dim)
    z = encoder(images(rng, 2, height, width))
    assert z.shape == (2, latent_dim)
    reconstruction = np.asarray(decoder(z))
    assert reconstruction.shape == (2, 1, height, width)
    assert 0 < reconstruction.min() < reconstruction.max() < 1


@pytest.mark.parametrize("size", [(45, 64), (64, 45)])
def test_too_small_images_are_refused(size):
    with pytest.raises(ValueError, match=rf"^height={size[0]}, width={size[1]}: must both be at least 46$"):
        build_image_encoder(*size, 3)


@pytest.mark.parametrize("stride", [2, 3])
def test_some_pixels_are_those_that_the_whole_decoder_has_there(stride, rng):
    _, decoder = build_parts()
    inputs = keras.Input((1, HEIGHT, WIDTH)), keras.Input((3,))
    sampled = keras.Model(inputs, reconstruct_some_pixels(decoder, *inputs, stride))
    x, z = images(rng), rng.normal(size=(4, 3)).astype(np.float32)
    whole = np.asarray(decoder(z))
    seen = set()
    for _ in range(60):
        some, reconstruction = (np.asarray(values)[..., 0] for values in sampled([x, z]))
        row, column = next(
            (row, column)
            for row in range(stride)
            for column in range(stride)
            if np.array_equal(x[:, 0, row::stride, column::stride], some)
        )
        np.testing.assert_allclose(whole[:, 0, row::stride, column::stride], reconstruction, atol=1e-6)
        seen.add((row, column))
    assert len(seen) == stride**2


@pytest.mark.slow
def test_a_step_on_some_pixels_trains_every_weight_of_the_decoder(rng):
    encoder, decoder = build_parts()
    sample = Sample(1)
    model = build_conditioned_autoencoder(encoder, decoder, None, sample, 9, pixel_stride=2)
    model.compile("sgd")
    before = [weight.numpy() for weight in (*encoder.trainable_weights, *decoder.trainable_weights)]
    model.train_on_batch({"windows": images(rng)[:, None], "t": np.arange(4)})
    after = [*encoder.trainable_weights, *decoder.trainable_weights]
    assert all(np.any(weight.numpy() != value) for weight, value in zip(after, before, strict=True))
    assert len(model.trainable_weights) == len(after)


def test_all_pixels_and_their_parts_have_the_same_mean_loss(rng):
    encoder, decoder = build_parts()
    x = images(rng)
    losses = []
    for stride in (1, 2):
        model = build_conditioned_autoencoder(encoder, decoder, None, Sample(1), 9, pixel_stride=stride)
        model.compile()
        batch = {"windows": x[:, None], "t": np.arange(4)}
        losses.append(np.mean([model.test_on_batch(batch, return_dict=True)["reconstruction"] for _ in range(20)]))
    assert losses[1] == pytest.approx(losses[0], rel=1e-3)


def test_the_saved_model_needs_nothing_of_ours_and_embeds_the_same(rng, tmp_path):
    parts = build_parts()
    model, x = build_autoencoder(*parts), images(rng)
    model.save(tmp_path / "a.keras")
    expected = build_embedder(model)(x)
    again = keras.saving.load_model(tmp_path / "a.keras")
    embedded = build_embedder(again)(x)
    np.testing.assert_array_equal(embedded["z"], expected["z"])
    loss = keras.ops.mean(keras.ops.binary_crossentropy(x, model(x)), axis=(1, 2, 3))
    np.testing.assert_allclose(embedded["reconstruction_loss"], loss, rtol=1e-6)


def test_statistics_of_a_film_are_those_of_its_images(rng):
    encoder, decoder = build_parts()
    frames = images(rng, 4)[:, 0]  # one batch
    in_training = np.asarray(decoder(encoder(frames[:, None]), training=True))
    use_song_statistics(encoder, decoder, frames)
    np.testing.assert_allclose(decoder(encoder(frames[:, None])), in_training, atol=1e-5)
    layer = part(build_autoencoder(encoder, decoder), "decoder").get_layer("head").layers[1]
    assert layer.momentum == 0.9
