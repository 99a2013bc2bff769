import keras
import numpy as np
import pytest

from models.conditioned_autoencoder import build_decoder, build_encoder
from models.surgery import part
from pipeline.windows import evenly_spread_windows
from train_model.song.batch_statistics import use_song_statistics


@pytest.fixture
def autoencoder():
    encoder, decoder = build_encoder(8, 5, 3), build_decoder(8, 5, 3)
    window = keras.Input((8, 5))
    return keras.Model(window, decoder(encoder(window)))


def parts_of(autoencoder):
    return part(autoencoder, "encoder"), part(autoencoder, "decoder")


def test_whole_song_is_then_decoded_as_in_training(autoencoder, rng):
    frames = rng.uniform(size=(60, 5)).astype(np.float32)
    z = part(autoencoder, "encoder")(evenly_spread_windows(frames, 8))
    decoder = part(autoencoder, "decoder")
    in_training = np.asarray(decoder(z, training=True))
    assert np.abs(decoder(z) - in_training).max() > 0.01
    use_song_statistics(*parts_of(autoencoder), frames)
    np.testing.assert_allclose(decoder(z), in_training, atol=1e-5)


def test_weights_that_are_trained_and_momentum_stay(autoencoder, rng):
    before = [variable.numpy() for variable in autoencoder.trainable_variables]
    use_song_statistics(*parts_of(autoencoder), rng.uniform(size=(60, 5)).astype(np.float32))
    for variable, value in zip(autoencoder.trainable_variables, before, strict=True):
        np.testing.assert_array_equal(variable, value)
    normalisations = [layer for layer in part(autoencoder, "decoder").layers if "normalization" in layer.name]
    assert [layer.momentum for layer in normalisations] == [0.99, 0.99]
