import numpy as np
import pytest

from models.surgery import part
from pipeline.studies.song import Parameters
from train_model.song.linear import fit_linear, fit_pca, fit_predictable


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
    with pytest.raises(ValueError, match=r"^model.latent_dim=4: must be at most the number of windows, 3$"):
        fit_pca(np.ones((5, 2)), window_frames=3, latent_dim=4)


def parameters_of(method, latent_dim):
    values = {"name": "test", "study": "song", "run": "A", "sound": {"file": "x.wav"}, "runs": {"A": {}}}
    return Parameters(**values, model={"method": method, "latent_dim": latent_dim})


def test_linear_fit_explains_a_linear_song(rng):
    frames = (0.5 + 0.1 * np.outer(rng.normal(size=60), rng.normal(size=5))).astype(np.float32)
    _, history = fit_linear(frames, 8, parameters_of("pca", 8))
    assert sum(history["explained_variance_ratio"]) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("method", "names"),
    [
        ("pca", {"cpu_s", "explained_variance_ratio"}),
        ("sfa", {"cpu_s", "delta_values"}),
        ("dca", {"cpu_s", "predictive_information_nats"}),
    ],
)
def test_parts_of_the_model_encode_and_decode_by_least_squares(rng, method, names):
    frames = rng.uniform(0.4, 0.6, size=(90, 5)).astype(np.float32)
    model, history = fit_linear(frames, 4, parameters_of(method, 3))
    assert history.keys() == names
    windows = windows_of(frames, 4)
    z = np.array(part(model, "encoder")(windows.reshape(-1, 4, 5)))
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-4)
    regressors = np.column_stack([z, np.ones(len(z))])
    expected = regressors @ np.linalg.lstsq(regressors, windows, rcond=None)[0]
    np.testing.assert_allclose(np.array(model(windows.reshape(-1, 4, 5))).reshape(-1, 20), expected, atol=1e-4)


@pytest.mark.parametrize("n_frames", [120, 8100])  # all windows fitted, and every third one
def test_slow_coordinates_are_white_and_dynamical_components_orthonormal(rng, n_frames):
    frames = rng.normal(size=(n_frames, 4)).cumsum(axis=0)
    windows = windows_of(frames, 3)
    (mean, weights, _), measures = fit_predictable(frames, 3, latent_dim=2, method="sfa")
    z = (windows - mean) @ weights.T
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(np.cov(z, rowvar=False, bias=True), np.eye(2), atol=1e-6)
    np.testing.assert_allclose(np.mean(np.diff(z, axis=0) ** 2, axis=0), measures["delta_values"])

    (_, weights, patterns), measures = fit_predictable(frames, 3, latent_dim=2, method="dca")
    np.testing.assert_allclose(weights @ weights.T, np.eye(2), atol=1e-6)
    np.testing.assert_allclose(weights @ patterns.T, np.eye(2), atol=1e-6)
    assert measures["predictive_information_nats"] > 1


@pytest.mark.parametrize("method", ["sfa", "dca"])
def test_same_seed_gives_the_same_predictable_coordinates(rng, method):
    frames = rng.uniform(size=(100, 3)).astype(np.float32)
    first, second = (fit_predictable(frames, 4, 2, method, seed=7)[0] for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("method", ["sfa", "dca"])
@pytest.mark.parametrize(
    ("frames", "latent_dim", "n"),
    [
        (np.random.default_rng(0).uniform(size=(300, 30)), 51, 50),  # no more than are looked at
        (np.random.default_rng(0).uniform(size=(7, 4)), 5, 4),  # five windows differ in four directions
        (np.random.default_rng(0).uniform(size=(300, 1)), 4, 3),  # pixels
        (np.sin(0.3 * np.arange(80))[:, None] * np.ones(6), 3, 2),  # a plane
        (np.ones((40, 6)), 1, 0),
        (np.zeros((3, 6), np.float32), 1, 0),
    ],
)
def test_more_coordinates_than_leading_components(method, frames, latent_dim, n):
    message = rf"^model.latent_dim={latent_dim}: must be at most {n}, the leading principal components$"
    with pytest.raises(ValueError, match=message):
        fit_predictable(frames, 3, latent_dim, method)
    if n:
        (_, weights, _), _ = fit_predictable(frames, 3, n, method)
        assert np.isfinite(weights).all()
