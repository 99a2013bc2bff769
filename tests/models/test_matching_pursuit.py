import keras
import numpy as np
import pytest
from sklearn.linear_model import orthogonal_mp

from models.atoms import count_columns
from models.matching_pursuit import fit_values, pursue
from models.winner_take_all import WinnerTakeAll

ATOM_STEPS, N_CHANNELS, N_ATOMS = 4, 3, 20
STRIDES = pytest.mark.parametrize("stride", [1, 2, 4])


def random_kernel(rng):
    kernel = rng.normal(size=(ATOM_STEPS, N_CHANNELS, N_ATOMS))
    return (kernel / np.linalg.norm(kernel, axis=(0, 1))).astype(np.float32)


def random_music(rng, n_steps=16, batch=2):
    return rng.normal(size=(batch, n_steps, N_CHANNELS)).astype(np.float32)


def synthesis_matrix(kernel, n_steps, stride):
    """Music of every position and atom, ``(n_steps * n_channels, n_columns * n_atoms)``, placed step by step."""
    n_columns = count_columns(n_steps, ATOM_STEPS, stride)
    matrix = np.zeros((n_steps, N_CHANNELS, n_columns, N_ATOMS))
    for column in range(n_columns):
        for step in range(ATOM_STEPS):
            position = column * stride - (ATOM_STEPS - stride) + step
            if 0 <= position < n_steps:
                matrix[position, :, column] = kernel[step]
    return matrix.reshape(n_steps * N_CHANNELS, -1)


def chooser(k, scope, stride, n_rounds):
    winners = WinnerTakeAll(k, scope, atom_steps=ATOM_STEPS, stride_steps=stride, window_steps=16)
    winners.build((None, None, N_ATOMS))
    return lambda unexplained, found, number: winners.join(unexplained, found, number, n_rounds)


def unexplained(music, code, kernel, stride):
    """What a code leaves of the music, ``(n_samples, n_steps * n_channels)``, and the synthesis matrix."""
    matrix = synthesis_matrix(kernel, music.shape[1], stride)
    return music.reshape(len(music), -1) - np.reshape(code, (len(music), -1)) @ matrix.T, matrix


def squares_left(*arguments):
    """Sum of squares of what a code does not explain, for each sample."""
    return np.sum(unexplained(*arguments)[0] ** 2, axis=1)


def correlations(music, code, kernel, stride):
    left, matrix = unexplained(music, code, kernel, stride)
    return keras.ops.convert_to_tensor((left @ matrix).reshape(code.shape), "float32")


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_pursuit_in_blocks_is_that_of_scikit_learn(rng, k):
    kernel, music = random_kernel(rng), random_music(rng, 40, 5)
    code = pursue(music, kernel, ATOM_STEPS, chooser(k, "column", ATOM_STEPS, k), k, k)
    blocks = music.reshape(50, -1)
    expected = orthogonal_mp(kernel.reshape(-1, N_ATOMS).astype(float), blocks.T.astype(float), n_nonzero_coefs=k)
    np.testing.assert_allclose(np.reshape(code, (50, N_ATOMS)), expected.T, atol=1e-4)


@pytest.mark.parametrize(("stride", "scope"), [(4, "column"), (2, "window"), (1, "window"), (1, "column")])
def test_a_round_more_never_explains_less(rng, stride, scope):
    kernel, music = random_kernel(rng), random_music(rng, 32)
    lefts = [np.sum(music**2, axis=(1, 2))]
    for n_rounds in range(1, 5):
        code = pursue(music, kernel, stride, chooser(n_rounds, scope, stride, n_rounds), n_rounds, 3)
        lefts.append(squares_left(music, code, kernel, stride))
    assert (np.diff(lefts, axis=0) <= 1e-5).all()
    assert (lefts[-1] < 0.8 * lefts[0]).all()


@STRIDES
@pytest.mark.parametrize("first", [0.0, 1.0])
def test_values_of_given_winners_solve_the_least_squares_of_numpy(rng, stride, first):
    kernel, music = random_kernel(rng), random_music(rng)
    shape = (2, count_columns(16, ATOM_STEPS, stride), N_ATOMS)
    winners = (rng.random(shape) < 0.04).astype(np.float32)
    begin = (first * winners * rng.normal(size=shape)).astype(np.float32)
    values = fit_values(correlations(music, begin, kernel, stride), begin, winners, kernel, stride, 40).numpy()
    matrix = synthesis_matrix(kernel, 16, stride)
    for sample in range(2):
        chosen = winners[sample].ravel() > 0
        expected = np.zeros(chosen.size)
        expected[chosen] = np.linalg.lstsq(matrix[:, chosen], music[sample].ravel(), rcond=None)[0]
        np.testing.assert_allclose(values[sample].ravel(), expected, atol=1e-3)


@STRIDES
def test_every_iteration_explains_more(rng, stride):
    kernel, music = random_kernel(rng), random_music(rng)
    shape = (2, count_columns(16, ATOM_STEPS, stride), N_ATOMS)
    winners, nothing = (rng.random(shape) < 0.1).astype(np.float32), np.zeros(shape, np.float32)
    products = correlations(music, nothing, kernel, stride)
    fits = [fit_values(products, nothing, winners, kernel, stride, n) for n in range(5)]
    lefts = [squares_left(music, values, kernel, stride) for values in fits]
    assert (np.diff(lefts, axis=0) < 1e-5).all()
    assert (lefts[1] < lefts[0]).all()


def test_silence_has_an_empty_code_and_nothing_is_nan(rng):
    kernel, silence = random_kernel(rng), np.zeros((2, 16, N_CHANNELS), np.float32)
    code = pursue(silence, kernel, 1, chooser(4, "window", 1, 4), 4, 3)
    assert not np.any(code)


def test_winners_of_an_atom_twice_in_the_dictionary_stay_finite(rng):
    kernel, music = random_kernel(rng), random_music(rng)
    kernel[..., 1] = kernel[..., 0]
    winners = np.zeros((2, 4, N_ATOMS), np.float32)
    winners[..., :2] = 1
    nothing = np.zeros_like(winners)
    values = fit_values(correlations(music, nothing, kernel, 4), nothing, winners, kernel, 4, 8).numpy()
    product = np.einsum("bcsn,sn->bc", music.reshape(2, 4, ATOM_STEPS, N_CHANNELS), kernel[..., 0])
    np.testing.assert_allclose(values[..., :2].sum(axis=2), product, atol=1e-5)
