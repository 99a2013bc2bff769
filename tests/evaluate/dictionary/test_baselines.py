import numpy as np
import pytest
from sklearn.decomposition import PCA

from evaluate.dictionary.baselines import METHODS, fit_baselines
from pipeline.sections.dictionary import Baselines

N_ATOMS = 6


@pytest.fixture
def music(rng):
    """Windows of one of four patterns each, now louder, now softer; the last column has both signs."""
    patterns = np.kron(np.eye(4), np.ones(3)) * np.where(np.arange(12) == 11, -1, 1)
    return (patterns[rng.integers(4, size=200)] * rng.uniform(0.5, 1, (200, 1))).astype(np.float32)


def reconstruct(method, x, k=1, n_atoms=N_ATOMS):
    (baseline,) = fit_baselines(method, x, n_atoms=n_atoms, ks=[k])
    return baseline.reconstruct(x)


def error_of(method, x, **settings):
    return np.mean((reconstruct(method, x, **settings)[0] - x) ** 2)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_reconstructs_counts_its_codes_and_is_the_same_for_a_seed(method, music):
    first, again = (fit_baselines(method, music.copy(), n_atoms=N_ATOMS, ks=[1, 2], seed=1) for _ in range(2))
    for baseline, same in zip(first, again, strict=True):
        reconstructed, usage = baseline.reconstruct(music[:50])
        assert reconstructed.shape == (50, 12)
        assert reconstructed.dtype == np.float32
        assert usage.shape == (len(baseline.atoms),)
        assert baseline.method == method
        assert baseline.cpu_s >= 0
        assert usage.sum() <= 50 * baseline.k
        np.testing.assert_array_equal(same.reconstruct(music[:50])[0], reconstructed)


def test_methods_are_those_of_the_parameters_and_zeros_and_mean_are_what_they_say(music):
    assert tuple(METHODS) == Baselines().methods
    np.testing.assert_array_equal(reconstruct("zeros", music)[0], 0)
    np.testing.assert_allclose(reconstruct("mean", music)[0], np.tile(music.mean(axis=0), (200, 1)), rtol=1e-5)


def test_pca_is_sklearns_its_first_components_a_smaller_one_and_the_largest_are_better(rng):
    x = rng.normal(size=(60, 8))
    pca = PCA(3).fit(x)
    expected = pca.inverse_transform(pca.transform(x))
    np.testing.assert_allclose(reconstruct("pca", x, n_atoms=3)[0], expected, atol=1e-5)
    np.testing.assert_allclose(reconstruct("pca", x, n_atoms=20)[0], x, atol=1e-5)  # one for each dimension
    np.testing.assert_allclose(reconstruct("pca_first", x, k=2)[0], reconstruct("pca", x, k=2, n_atoms=2)[0], atol=1e-5)
    assert error_of("pca_largest", x, k=2) < error_of("pca_first", x, k=2) < error_of("mean", x)
    assert error_of("pca_largest", x, k=N_ATOMS) == pytest.approx(error_of("pca", x), rel=1e-5)


def test_patterns_at_any_loudness_are_found_and_learned_ones_are_better_than_components(music):
    assert error_of("nmf", music, n_atoms=4) < 1e-4
    assert error_of("mod", music, n_atoms=20) < 1e-4
    assert error_of("dictionary_learning", music, n_atoms=12) < error_of("pca_largest", music, n_atoms=12)


def test_centres_have_one_loudness_and_code_is_the_nearest(music):
    patterns = np.sign(music)
    reconstructed, usage = reconstruct("kmeans", patterns, n_atoms=4)
    np.testing.assert_allclose(reconstructed, patterns, atol=1e-6)
    assert sorted(usage) == sorted(np.unique(patterns, axis=0, return_counts=True)[1])
    assert error_of("kmeans", music, n_atoms=4) > 1e-3


def test_mod_is_fitted_for_its_number_of_winners(rng):
    x = rng.normal(size=(200, 8))
    for_one, for_three = fit_baselines("mod", x, n_atoms=N_ATOMS, ks=[1, 3])
    assert not np.allclose(for_one.atoms, for_three.atoms)
    assert np.mean((for_three.reconstruct(x)[0] - x) ** 2) < np.mean((for_one.reconstruct(x)[0] - x) ** 2)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"method": "sparse"}, "method=sparse: must be one of zeros, mean"),
        ({"train": np.ones(3)}, r"train of shape \(3,\)"),
        ({"train": np.full((9, 2), np.nan)}, "finite"),
        ({"n_atoms": 21}, "n_atoms=21: must be 1 to the 20 windows of train"),
        ({"ks": [1, 4]}, "k=4: must be 1 to n_atoms=3"),
    ],
)
def test_what_cannot_be_fitted_is_refused(change, match):
    settings = {"method": "pca", "train": np.ones((20, 2)), "n_atoms": 3, "ks": [1]} | change
    with pytest.raises(ValueError, match=match):
        fit_baselines(**settings)
    (baseline,) = fit_baselines("mean", np.ones((20, 2)), n_atoms=1, ks=[1])
    with pytest.raises(ValueError, match=r"x of shape \(20, 3\): must be \(n_windows, 2\)"):
        baseline.reconstruct(np.ones((20, 3)))
