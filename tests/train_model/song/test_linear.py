import numpy as np
import pytest

from pipeline.studies.song import Parameters
from train_model.song.linear import fit_linear, fit_pca


def windows_of(frames, window_frames):
    n_windows = len(frames) - window_frames + 1
    return np.array([frames[start : start + window_frames].ravel() for start in range(n_windows)])


def test_windows_of_a_sine_lie_in_a_plane(rng):
    frames = np.sin(0.3 * np.arange(80))[:, None] * rng.normal(size=6)
    fitted = fit_pca(frames, window_frames=5, latent_dim=2)
    windows = windows_of(frames, 5)
    np.testing.assert_allclose(fitted.inverse_transform(fitted.transform(windows)), windows, atol=1e-10)
    assert fitted.explained_variance_ratio_.sum() == pytest.approx(1)


def test_components_are_those_of_the_singular_value_decomposition(rng):
    frames = rng.normal(size=(60, 4)) * np.array([8, 4, 2, 1])
    fitted = fit_pca(frames, window_frames=3, latent_dim=4)
    windows = windows_of(frames, 3)
    centred = windows - windows.mean(axis=0)
    directions = np.linalg.svd(centred, full_matrices=False)[2][:4]
    np.testing.assert_allclose(np.abs(np.sum(fitted.components_ * directions, axis=1)), 1, atol=1e-8)


def test_window_is_laid_out_frame_after_frame(rng):
    frames = rng.normal(size=(40, 7))
    mean = fit_pca(frames, window_frames=3, latent_dim=2).mean_.reshape(3, 7)
    np.testing.assert_allclose(mean, [frames[start : start + 38].mean(axis=0) for start in range(3)])


def test_long_song_is_fitted_on_evenly_spread_windows(rng):
    frames = rng.normal(size=(8002, 4))
    fitted = fit_pca(frames, window_frames=3, latent_dim=2)
    np.testing.assert_allclose(fitted.mean_, windows_of(frames, 3)[::2].mean(axis=0))
    assert fitted.n_samples_ == 4000


def test_same_seed_gives_the_same_components(rng):
    frames = rng.uniform(size=(600, 30)).astype(np.float32)
    np.testing.assert_array_equal(*(fit_pca(frames, 20, latent_dim=3, seed=7).components_ for _ in range(2)))


def test_fewer_windows_than_components():
    with pytest.raises(ValueError, match=r"^latent_dim=4: must be at most the number of windows, 3$"):
        fit_pca(np.ones((5, 2)), window_frames=3, latent_dim=4)


def test_linear_fit_explains_a_linear_song(rng):
    frames = (0.5 + 0.1 * np.outer(rng.normal(size=60), rng.normal(size=5))).astype(np.float32)
    values = {"name": "test", "study": "song", "run": "PCA", "sound": {"file": "x.wav"}, "runs": {"PCA": {}}}
    _, history = fit_linear(frames, 8, Parameters(**values, model={"method": "pca", "latent_dim": 8}))
    assert sum(history["explained_variance_ratio"]) == pytest.approx(1, abs=1e-4)
