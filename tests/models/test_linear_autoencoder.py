import keras
import numpy as np
from sklearn.decomposition import PCA

from models.linear_autoencoder import build_linear_autoencoder
from models.surgery import part


def test_parts_are_those_of_scikit_learn(rng, tmp_path):
    windows = rng.uniform(0.3, 0.6, size=(50, 4, 3)).astype(np.float32)
    pixels = windows.reshape(50, 12)
    pca = PCA(5).fit(pixels)
    build_linear_autoencoder(pca.mean_, pca.components_, pca.components_, window_shape=(4, 3)).save(
        tmp_path / "pca.keras"
    )
    model = keras.saving.load_model(tmp_path / "pca.keras")
    np.testing.assert_allclose(part(model, "encoder")(windows), pca.transform(pixels), atol=1e-5)
    expected = pca.inverse_transform(pca.transform(pixels)).reshape(50, 4, 3)
    np.testing.assert_allclose(model(windows), expected, atol=1e-5)


def test_reconstruction_is_cut_to_what_a_window_can_be():
    first = np.array([[1.0, 0.0, 0.0, 0.0]])
    model = build_linear_autoencoder(np.full(4, 0.5), first, first, window_shape=(2, 2))
    reconstruction = part(model, "decoder")(np.array([[9.0], [-9.0]]))
    np.testing.assert_array_equal(reconstruction, [[[1, 0.5], [0.5, 0.5]], [[0, 0.5], [0.5, 0.5]]])
