import numpy as np
import pytest

from embed.dictionary.sparse_codes import SparseCodes, decode
from tests.small_dictionary import codes_of

N_ATOMS, ATOM_STEPS, N_CHANNELS = 5, 4, 3
every_stride = pytest.mark.parametrize("stride_steps", [1, 2, 4])


def make_codes(rng, stride_steps, lengths=(8, 0, 3, 12), density=0.3):
    """Sparse codes of pieces of these lengths in strides, and the dense ones they were made from."""
    n_columns = [length and length + ATOM_STEPS // stride_steps - 1 for length in lengths]
    dense = [rng.normal(size=(n, N_ATOMS)) * (rng.random((n, N_ATOMS)) < density) for n in n_columns]
    dense = [code.astype(np.float32) for code in dense]
    patterns = rng.normal(size=(N_ATOMS, ATOM_STEPS, N_CHANNELS))
    return codes_of(dense, patterns, stride_steps, bias=rng.normal(size=N_CHANNELS).astype(np.float32)), dense


@every_stride
def test_each_atom_sounds_at_its_position(rng, stride_steps):
    codes, dense = make_codes(rng, stride_steps)
    for code in dense:
        n_steps = max(0, (len(code) - ATOM_STEPS // stride_steps + 1) * stride_steps)
        expected = np.zeros((n_steps, N_CHANNELS))
        for column, atom in zip(*np.nonzero(code), strict=True):
            for step in range(ATOM_STEPS):
                position = column * stride_steps - (ATOM_STEPS - stride_steps) + step
                if 0 <= position < n_steps:
                    expected[position] += code[column, atom] * codes.patterns[atom, step]
        if len(code):
            np.testing.assert_allclose(decode(code, codes.patterns, stride_steps), expected, atol=1e-5)
            np.testing.assert_allclose(codes.decode(code), expected + codes.bias, atol=1e-5)


@pytest.mark.parametrize(
    ("column", "music"), [(5, [0, 0, 1, 2, 3, 4]), (0, [4, 0, 0, 0, 0, 0]), (8, [0, 0, 0, 0, 0, 1])]
)
def test_a_column_says_at_which_step_an_atom_begins(column, music):
    code = np.zeros((9, 1))  # 6 steps at stride 1
    code[column] = 1
    assert decode(code, np.arange(1.0, 5).reshape(1, 4, 1), 1)[:, 0].tolist() == music


@every_stride
def test_codes_of_pieces_come_back_dense(rng, stride_steps):
    codes, dense = make_codes(rng, stride_steps)
    for index, code in enumerate(dense):
        np.testing.assert_array_equal(codes.piece(index), code)
        assert codes.piece(index).dtype == np.float32
    np.testing.assert_array_equal(codes.usage(), np.count_nonzero(np.concatenate(dense), axis=0))


@every_stride
def test_an_empty_code_is_silence_and_code_of_no_music_is_no_music(rng, stride_steps):
    codes, _ = make_codes(rng, stride_steps, density=0)
    assert codes.usage().tolist() == [0] * N_ATOMS
    assert not codes.piece(0).any()
    music = codes.decode(codes.piece(0))
    np.testing.assert_array_equal(music, np.broadcast_to(codes.bias, (8 * stride_steps, N_CHANNELS)))
    code = np.zeros((ATOM_STEPS // stride_steps - 1, N_ATOMS))
    assert codes.decode(code).shape == (0, N_CHANNELS)


def test_stored_and_read_again_they_are_the_same(rng, tmp_path):
    codes, _ = make_codes(rng, 2)
    np.savez(tmp_path / "codes.npz", mean_activity=np.zeros(3), **vars(codes))
    with np.load(tmp_path / "codes.npz", allow_pickle=False) as arrays:
        again = SparseCodes.from_arrays(arrays)
    assert type(again.stride_steps) is int
    for name, value in vars(codes).items():
        np.testing.assert_array_equal(getattr(again, name), value)
