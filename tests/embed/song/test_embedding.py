import keras
import numpy as np
import pytest

from embed.song.embedding import embed_song, scale_axes
from models.conditioned_autoencoder import build_decoder, build_encoder
from models.surgery import part


@pytest.fixture
def autoencoder():
    keras.utils.set_random_seed(1)
    encoder, decoder = build_encoder(8, 5, 3), build_decoder(8, 5, 3)
    window = keras.Input((8, 5))
    return keras.Model(window, decoder(encoder(window)))


@pytest.fixture
def spectrogram(rng):
    frames = rng.uniform(size=(40, 5)).astype(np.float32)
    return {"frames": frames, "times_s": 0.05 + 0.1 * np.arange(40), "frame_s": np.array(0.1)}


def test_batched_pass_is_one_window_at_a_time(autoencoder, spectrogram):
    embedding = embed_song(autoencoder, spectrogram)
    frames, encoder = spectrogram["frames"], part(autoencoder, "encoder")
    one_at_a_time = np.concatenate([encoder(frames[None, start : start + 8]) for start in range(33)])
    np.testing.assert_allclose(embedding["z"], one_at_a_time, atol=1e-6)
    np.testing.assert_allclose(embedding["starts_s"], 0.1 * np.arange(33), atol=1e-12)
    np.testing.assert_allclose(embedding["ends_s"], 0.1 * np.arange(33) + 0.8)
    np.testing.assert_allclose(embedding["times_s"], 0.1 * np.arange(33) + 0.4)
    assert embedding["window_reconstruction_loss"].shape == (33,)
    assert float(embedding["reconstruction_loss"]) == pytest.approx(embedding["window_reconstruction_loss"].mean())


def test_scaled_axes_reach_from_0_to_1_and_one_that_does_not_move_stays_0():
    scaled = scale_axes(np.array([[1.0, 5.0], [3.0, 5.0], [2.0, 5.0]]))
    np.testing.assert_array_equal(scaled, [[0, 0], [1, 0], [0.5, 0]])


def test_a_constant_encoder_is_refused(autoencoder, spectrogram):
    encoder = part(autoencoder, "encoder")
    encoder.set_weights([np.zeros_like(weights) for weights in encoder.get_weights()])
    with pytest.raises(ValueError, match="maps all windows to the same point: train it with another"):
        embed_song(autoencoder, spectrogram)
