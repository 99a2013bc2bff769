import keras
import numpy as np
import pytest

from embed.dictionary.sparse_codes import decode
from models.atoms import correlate, count_columns, count_steps, synthesize

ATOM_STEPS, N_CHANNELS, N_ATOMS = 4, 3, 5
STRIDES = pytest.mark.parametrize("stride", [1, 2, 4])


def random_kernel(rng):
    return rng.normal(size=(ATOM_STEPS, N_CHANNELS, N_ATOMS)).astype(np.float32)


def random_music(rng, n_steps=16):
    return rng.normal(size=(2, n_steps, N_CHANNELS)).astype(np.float32)


def random_code(rng, stride, n_steps=16):
    return rng.normal(size=(2, count_columns(n_steps, ATOM_STEPS, stride), N_ATOMS)).astype(np.float32)


def close(found, expected):
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(("stride", "n_columns"), [(1, 19), (2, 9), (4, 4)])
def test_columns_of_sixteen_steps_and_back(stride, n_columns):
    assert count_columns(16, ATOM_STEPS, stride) == n_columns
    assert count_steps(n_columns, ATOM_STEPS, stride) == 16


@pytest.mark.parametrize(("stride", "column", "first_step"), [(1, 0, -3), (1, 5, 2), (2, 0, -2), (2, 3, 4), (4, 2, 8)])
def test_an_atom_begins_at_the_step_of_its_column(rng, stride, column, first_step):
    kernel, code = random_kernel(rng), np.zeros((1, count_columns(16, ATOM_STEPS, stride), N_ATOMS), np.float32)
    code[0, column, 2] = 2
    expected = np.zeros((4 + 16 + 4, N_CHANNELS))  # and what hangs over
    expected[4 + first_step : 8 + first_step] = 2 * kernel[:, :, 2]
    close(synthesize(code, kernel, stride)[0], expected[4:20])


@STRIDES
def test_correlation_and_synthesis_are_the_convolutions_of_keras(rng, stride):
    kernel, music, code = random_kernel(rng), random_music(rng), random_code(rng, stride)
    overhang = ATOM_STEPS - stride
    padded = np.pad(music, ((0, 0), (overhang, overhang), (0, 0)))
    convolution = keras.layers.Conv1D(N_ATOMS, ATOM_STEPS, stride, use_bias=False)
    transposed = keras.layers.Conv1DTranspose(N_CHANNELS, ATOM_STEPS, stride, use_bias=False)
    for layer, inputs in ((convolution, padded), (transposed, code)):
        layer.build(inputs.shape)
        layer.kernel.assign(kernel)
    close(correlate(music, kernel, stride), convolution(padded))
    close(synthesize(code, kernel, stride), transposed(code)[:, overhang : overhang + 16])


@STRIDES
def test_synthesis_is_that_of_stored_codes(rng, stride):
    kernel, code = random_kernel(rng), random_code(rng, stride)
    close(synthesize(code, kernel, stride)[1], decode(code[1], np.moveaxis(kernel, -1, 0), stride))


@STRIDES
def test_shifted_codes_are_shifted_music(rng, stride):
    kernel, code = random_kernel(rng), random_code(rng, stride, 32)
    code[:, -8:] = 0
    shifted = synthesize(np.roll(code, 2, axis=1), kernel, stride)
    close(shifted[:, 2 * stride + ATOM_STEPS :], synthesize(code, kernel, stride)[:, ATOM_STEPS : -2 * stride])


@STRIDES
def test_the_shortest_music_is_one_stride(rng, stride):
    assert correlate(random_music(rng, stride), random_kernel(rng), stride).shape == (2, ATOM_STEPS // stride, N_ATOMS)
