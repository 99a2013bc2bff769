import keras
import numpy as np
import pytest

from models.conditioned_autoencoder import build_autoencoder, build_decoder, build_encoder, build_forecaster
from models.surgery import build_embedder, has_part, part


@pytest.fixture
def autoencoder():
    parts = build_encoder(22, 5, 3), build_decoder(22, 5, 3), build_forecaster(4, 3)
    return build_autoencoder(*parts)


def test_parts_of_a_loaded_model_do_what_they_did(autoencoder, rng, tmp_path):
    autoencoder.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    window, z = rng.uniform(size=(3, 22, 5)), rng.normal(size=(3, 3))
    np.testing.assert_array_equal(part(loaded, "encoder")(window), part(autoencoder, "encoder")(window))
    np.testing.assert_array_equal(part(loaded, "decoder")(z), part(autoencoder, "decoder")(z))
    clip, forecaster = rng.normal(size=(2, 4, 3)), part(autoencoder, "forecaster")
    forecaster.save(tmp_path / "forecaster.keras")
    alone = keras.saving.load_model(tmp_path / "forecaster.keras")
    np.testing.assert_array_equal(alone(clip), forecaster(clip))


def test_error_of_an_unknown_part_names_those_there_are(autoencoder):
    assert has_part(autoencoder, "encoder")
    assert not has_part(autoencoder, "clip")
    message = "part='coder': the model autoencoder has the parts encoder, decoder"
    with pytest.raises(ValueError, match=message):
        part(autoencoder, "coder")


def test_embedder_gives_point_and_loss_of_each_window(autoencoder, rng):
    window = rng.uniform(0.1, 0.9, size=(6, 22, 5)).astype(np.float32)
    known = build_embedder(autoencoder)(window)
    z = np.asarray(part(autoencoder, "encoder")(window))
    x_hat = np.asarray(part(autoencoder, "decoder")(z), dtype=float)
    expected = -np.mean(window * np.log(x_hat) + (1 - window) * np.log(1 - x_hat), axis=(1, 2))
    np.testing.assert_array_equal(known["z"], z)
    np.testing.assert_allclose(known["reconstruction_loss"], expected, rtol=1e-5)
    counts = [float(layer.mean_over_epoch.count) for layer in autoencoder.layers if hasattr(layer, "weight")]
    assert not any(counts)  # the losses have seen nothing of it
