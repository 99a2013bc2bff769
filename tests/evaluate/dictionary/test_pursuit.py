import numpy as np
import pytest
from sklearn.linear_model import orthogonal_mp

from evaluate.dictionary import pursuit
from evaluate.dictionary.pursuit import fit_atoms, fit_mod, normalised, orthogonal_matching_pursuit


def random_atoms(rng, n_atoms=30, dim=20):
    return normalised(rng.normal(size=(n_atoms, dim)))


def planted(rng, n_windows, atoms, k):
    codes = np.zeros((n_windows, len(atoms)), np.float32)
    for code in codes:
        code[rng.choice(len(atoms), k, replace=False)] = rng.choice((-1, 1), k) * rng.uniform(1, 2, k)
    return codes @ atoms


def test_second_choice_corrects_the_value_of_the_first():
    atoms = np.array([[1, 0], [0.6, 0.8]])
    code = orthogonal_matching_pursuit(np.array([[2.0, 1.0]]), atoms, 2).toarray()[0]
    np.testing.assert_allclose(code, [1.25, 1.25], atol=1e-6)  # the first alone: 2


@pytest.mark.parametrize("k", [1, 2, 4, 16])
def test_codes_are_those_of_sklearn(rng, k):
    atoms, x = random_atoms(rng).astype(float), rng.normal(size=(50, 20))
    expected = orthogonal_mp(atoms.T, x.T, n_nonzero_coefs=k).T
    np.testing.assert_allclose(orthogonal_matching_pursuit(x, atoms, k).toarray(), expected, atol=1e-5)


def test_codes_scale_with_music_and_do_not_depend_on_chunks(rng, monkeypatch):
    atoms, x = random_atoms(rng), rng.normal(size=(50, 20))
    codes = orthogonal_matching_pursuit(x, atoms, 3).toarray()
    small = orthogonal_matching_pursuit(1e-4 * x, atoms, 3).toarray()
    np.testing.assert_allclose(1e4 * small, codes, rtol=1e-4, atol=1e-6)
    monkeypatch.setattr(pursuit, "CHUNK_VALUES", 7 * (len(atoms) + 9))
    np.testing.assert_allclose(orthogonal_matching_pursuit(x, atoms, 3).toarray(), codes, atol=1e-6)


def test_rows_of_zeros_have_no_code_and_exact_ones_no_more_than_they_need(rng):
    atoms = random_atoms(rng)
    x = np.stack([np.zeros(20, np.float32), 3 * atoms[5], atoms[7]])
    codes = orthogonal_matching_pursuit(x, atoms, 4).toarray()
    assert (codes != 0).sum(axis=1).tolist() == [0, 1, 1]
    assert codes[1, 5] == pytest.approx(3, rel=1e-5)


def test_twins_among_atoms_do_no_harm_and_more_winners_than_dimensions_reconstruct_exactly(rng):
    few, x = random_atoms(rng, n_atoms=8, dim=3), rng.normal(size=(20, 3))
    np.testing.assert_allclose(orthogonal_matching_pursuit(x, few, 8) @ few, x, atol=1e-5)
    atoms = random_atoms(rng)
    atoms[1] = atoms[0]
    codes = orthogonal_matching_pursuit(atoms[:1] + 0.1 * atoms[2:3], atoms, 16)
    assert np.isfinite(codes.toarray()).all()
    np.testing.assert_allclose(codes @ atoms, atoms[:1] + 0.1 * atoms[2:3], atol=1e-5)


def test_mod_finds_planted_atoms_and_is_better_than_the_windows_it_begins_with(rng):
    atoms = random_atoms(rng, n_atoms=8)
    found = fit_mod(planted(rng, 600, atoms, k=1), 16, 1, seed=1)  # more than planted, so that those are in the first
    assert np.abs(found @ atoms.T).max(axis=0).min() > 0.999
    x = planted(rng, 400, random_atoms(rng, n_atoms=12), k=2)
    errors = [
        np.mean((x - orthogonal_matching_pursuit(x, atoms, 2) @ atoms) ** 2)
        for atoms in (fit_mod(x, 12, 2, n) for n in (0, 1, 10))
    ]
    assert errors[0] > errors[1] > 1.5 * errors[2]


def test_mod_is_the_same_for_a_seed_and_has_unit_norm(rng):
    x = rng.normal(size=(100, 6))
    atoms = fit_mod(x, 10, 2, seed=3)
    np.testing.assert_array_equal(atoms, fit_mod(x, 10, 2, seed=3))
    assert not np.array_equal(atoms, fit_mod(x, 10, 2, seed=4))
    np.testing.assert_allclose(np.linalg.norm(atoms, axis=1), 1, rtol=1e-6)


def test_one_iteration_gives_least_squares_atoms_and_the_worst_window_for_an_unused_one(rng):
    x = np.array([[2, 0, 0], [4, 2, 0], [0, 0, 0.1], [0, 3, 3]], np.float32)
    atoms = np.array([[1, 0, 0], [0, -1, 0], [0, 0, 1]], np.float32)
    codes = orthogonal_matching_pursuit(x[:2], atoms, 1)
    fitted = fit_atoms(x[:2], codes, atoms)
    expected = normalised(np.array([[20, 8, 0]]))  # sum of code * window: 2 * (2, 0) + 4 * (4, 2)
    np.testing.assert_allclose(fitted[:1], expected, atol=1e-5)
    np.testing.assert_allclose(fitted[1:2], normalised(x[1:2]), atol=1e-5)
    np.testing.assert_allclose(fitted[2], atoms[2])  # x[0] is coded exactly: there is no bad window


def test_atoms_begin_with_different_windows():
    x = np.repeat(np.eye(3), 10, axis=0)
    np.testing.assert_allclose(np.sort(fit_mod(x, 3, 1), axis=0), np.sort(np.eye(3), axis=0), atol=1e-6)
    with pytest.raises(ValueError, match="n_atoms=4: must be at most the 3 different windows"):
        fit_mod(x, 4, 1)


@pytest.mark.parametrize(
    ("x", "atoms", "k", "match"),
    [
        (np.ones((2, 3)), np.eye(4), 1, r"x of shape \(2, 3\), atoms \(4, 4\)"),
        (np.ones((0, 3)), np.eye(3), 1, r"x of shape \(0, 3\)"),
        (np.ones((2, 3)), np.eye(3), 4, "k=4: must be 1 to n_atoms=3"),
        (np.ones((2, 3)), np.eye(3), 0, "k=0: must be"),
        (np.full((2, 3), np.nan), np.eye(3), 1, "must be finite"),
        (np.ones((2, 3)), 2 * np.eye(3), 1, "atoms with norms 2 to 2: must have unit norm"),
    ],
)
def test_what_cannot_be_coded_is_refused(x, atoms, k, match):
    with pytest.raises(ValueError, match=match):
        orthogonal_matching_pursuit(x, atoms, k)
