import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view
from scipy import sparse
from sklearn.metrics.pairwise import cosine_similarity

from forecast.dictionary.operations import (
    SILENT,
    adaptive_threshold,
    flatten_sections,
    interpolate,
    keep_atoms,
    most_active,
    nearest_sections,
    sample_codes,
    stems,
    strongest,
    swap_atoms,
)
from tests.small_dictionary import codes_of


def random_code(rng, n_columns=12, n_atoms=6, density=0.3):
    values = rng.normal(size=(n_columns, n_atoms)).astype(np.float32)
    return np.where(rng.random(values.shape) < density, values, 0).astype(np.float32)


def test_of_kept_atoms_all_else_is_gone():
    code = np.array([[3.0, -1, 0, 0.5], [-3, -1, 0, 0.5]])
    np.testing.assert_array_equal(keep_atoms(code, 2), [[3, -1, 0, 0], [-3, -1, 0, 0]])
    np.testing.assert_array_equal(keep_atoms(code, 9), code)
    assert most_active(np.zeros((4, 3))).tolist() == []


def test_operations_change_nothing_that_they_are_given(rng):
    a, b = random_code(rng), random_code(rng)
    codes = codes_of([a, b], rng.normal(size=(6, 4, 3)).astype(np.float32), 2)
    for code in (a, b):
        code.setflags(write=False)
    keep_atoms(a, 2)
    interpolate(a, b, 0.5)
    swap_atoms(a, b, 1, 2)
    stems(codes, a, 2)
    sample_codes([a, b], 4, rng)[:] = 7
    assert not np.any(a == 7)


def test_interpolation_ends_in_the_codes_themselves(rng):
    a, b = random_code(rng), random_code(rng)
    np.testing.assert_array_equal(interpolate(a, b, 0), a)
    np.testing.assert_array_equal(interpolate(a, b, 1), b)
    np.testing.assert_allclose(interpolate(a, b, 0.25), 0.75 * a + 0.25 * b)


def test_halfway_is_not_the_intersection():
    a, b = np.array([1.0, 1, 1, 0, 0, 0]), np.array([1.0, 0, 0, 0.9, 0.8, 0])
    music = (a + b) / 2
    assert np.sum(music > 0.5) == 1
    assert np.sum(music > adaptive_threshold(music, 4)) == 4


def test_equal_cells_are_hits_together_and_silence_never_is():
    for cells, n_hits, n_above in ([0.4, 0.4, 0.4, 0.1], 2, 3), ([0.2, 0.0, -1.0], 3, 1):
        assert np.sum(np.array(cells) > adaptive_threshold(np.array(cells), n_hits)) == n_above
    assert adaptive_threshold(np.zeros(5), 3) == adaptive_threshold(np.array([0.4, 0.2]), 0) == 0.5


@given(st.lists(st.floats(0.0009765625, 1, width=32), min_size=1, max_size=30, unique=True), st.integers(0, 30))
def test_threshold_gives_any_number_of_distinct_cells(values, n_hits):
    strengths = np.array(values, np.float32)
    assert np.sum(strengths > adaptive_threshold(strengths, n_hits)) == min(n_hits, len(values))


def test_swap_is_undone_where_the_takers_were_silent_and_one_of_an_atom_with_itself_changes_nothing(rng):
    a, b = random_code(rng), random_code(rng)
    a[:, 4], b[:, 1] = 0, 0
    assert np.any(a[:, 1])
    np.testing.assert_array_equal(swap_atoms(*swap_atoms(a, b, 1, 4), 4, 1), [a, b])
    np.testing.assert_array_equal(swap_atoms(a, b, 3, 3), [a, b])


@pytest.mark.parametrize("pair", [(3, 200), (-1, 3), (100, 0)])
def test_swap_of_atoms_that_do_not_exist_is_refused(pair):
    code = np.zeros((2, 100))
    with pytest.raises(ValueError, match=rf"swap=\({pair[0]}, {pair[1]}\): the dictionary has 100 atoms, 0 to 99"):
        swap_atoms(code, code, *pair)


@pytest.mark.parametrize(("atom_steps", "stride_steps"), [(4, 4), (4, 1), (6, 2)])
def test_stems_sum_to_the_reconstruction(rng, atom_steps, stride_steps):
    patterns = rng.normal(size=(6, atom_steps, 3)).astype(np.float32)
    code = random_code(rng)
    codes = codes_of([code], patterns, stride_steps, bias=np.array([0.1, 0.2, -0.3], np.float32))
    atoms, music = stems(codes, code, 3)
    assert atoms.tolist() == most_active(code)[:3].tolist()
    np.testing.assert_allclose(music.sum(axis=0), codes.decode(code), atol=1e-5)
    np.testing.assert_allclose(music[0] + codes.bias, codes.decode(keep_atoms(code, 1)), atol=1e-6)


def test_of_fewer_atoms_there_are_fewer_stems_and_the_rest_is_silent():
    code = np.zeros((3, 5), np.float32)
    code[0, 2] = 1
    atoms, music = stems(codes_of([code], np.ones((5, 2, 1)), 2), code, 4)
    assert atoms.tolist() == [2]
    assert music.shape == (2, 6, 1)
    assert not music[1].any()


def test_new_code_follows_the_only_way_there_is(rng):
    assert strongest(np.array([[0.0, -2, 1], [0, 0, 0]])).tolist() == [1, SILENT]
    cycle = np.tile(np.eye(4), (5, 1))
    np.testing.assert_array_equal(np.diff(strongest(sample_codes([cycle], 10, rng))) % 4, 1)


def test_new_columns_are_columns_of_the_pieces_after_such_as_came_before(rng):
    def successions(code):
        return {(before, tuple(after)) for before, after in zip(strongest(code)[:-1], code[1:], strict=True)}

    pieces = [random_code(rng, 40, 5) for _ in range(3)]
    assert successions(sample_codes(pieces, 30, rng)) <= set().union(*map(successions, pieces))


def test_columns_keep_their_position_in_the_bar(rng):
    pieces = [np.eye(4)[rng.permutation(4)][:, rng.permutation(4)] * (1 + np.arange(4)[:, None]) for _ in range(5)]
    new = sample_codes(pieces, 12, rng, period=4)
    assert new.max(axis=1).tolist() == [1, 2, 3, 4] * 3  # each column's value is one more than its position
    with pytest.raises(ValueError, match="period=8: must be at most the columns of the longest code"):
        sample_codes(pieces, 10, rng, period=8)


def test_longer_memory_separates_what_a_short_one_confuses():
    piece = np.eye(4)[[0, 1, 2, 0, 3, 1, 0] * 6]  # after 0 come 1, 3 and 0

    def triples(code):
        return set(map(tuple, sliding_window_view(strongest(code), 3)))

    for seed in range(3):
        assert triples(sample_codes([piece], 40, np.random.default_rng(seed), order=2)) <= triples(piece)
    assert not triples(sample_codes([piece], 40, np.random.default_rng(0), order=1)) <= triples(piece)


def test_same_seed_draws_the_same_code(rng):
    piece = random_code(rng, 40, 5)
    first, second, other = (sample_codes([piece], 20, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_new_code_starts_with_a_sound_if_there_is_any_and_does_not_enter_the_silence_at_the_end_but_rests(rng):
    piece = np.zeros((20, 2))
    piece[7] = 1, 0
    assert all(strongest(sample_codes([piece], 3, np.random.default_rng(seed)))[0] == 0 for seed in range(5))
    assert not sample_codes([np.zeros((6, 2))], 3, rng).any()
    ended = np.concatenate([np.tile(np.eye(3), (4, 1)), np.zeros((50, 3))])
    assert np.all(strongest(sample_codes([ended], 40, rng)) != SILENT)
    rested = np.tile(np.concatenate([np.eye(3), np.zeros((1, 3))]), (4, 1))
    assert np.any(strongest(sample_codes([rested], 40, rng)) == SILENT)


def test_flattened_sections_are_those_of_the_dense_code(rng):
    pieces = [random_code(rng, 9), random_code(rng, 11)]
    dense, firsts = np.concatenate(pieces), np.array([0, 2, 5, 9, 16])
    flat = flatten_sections(codes_of(pieces, np.ones((6, 2, 1)), 2), firsts, 4)
    np.testing.assert_array_equal(flat.toarray(), [dense[first : first + 4].ravel() for first in firsts])


def find_nearest(query, sections, n, pieces, own_piece=0):
    rows = sparse.csr_array(np.reshape(sections, (len(sections), -1)))
    indices, cosines = nearest_sections(query, rows, n, pieces=np.array(pieces), own_piece=own_piece)
    return indices.tolist(), cosines


def test_nearest_sections_are_those_of_the_largest_cosine(rng):
    sections = np.stack([random_code(rng, density=0.8) for _ in range(20)])
    query = random_code(rng, density=0.8)
    indices, cosines = find_nearest(query, sections, 5, range(20), own_piece=99)
    expected = cosine_similarity(query.reshape(1, -1), sections.reshape(20, -1))[0]
    assert indices == np.argsort(-expected)[:5].tolist()
    np.testing.assert_allclose(cosines, np.sort(expected)[::-1][:5], rtol=1e-5)


def test_own_piece_is_left_out_and_another_with_the_same_code_is_not():
    query = np.eye(3)
    indices, cosines = find_nearest(query, [query, query, 2 * query, query + 0.1], 4, [0, 0, 1, 2])
    assert indices == [2, 3]
    assert cosines[0] == pytest.approx(1)
    # of a piece only the nearest section counts
    assert find_nearest(query, [query + 0.5, query + 0.1, query + 0.3], 3, [1, 1, 2])[0] == [1, 2]


def test_silence_is_never_near():
    sections = [np.zeros((2, 2)), np.eye(2), -np.eye(2)]
    assert find_nearest(np.eye(2), sections, 3, range(3), own_piece=9)[0] == [1]
    assert find_nearest(np.zeros((2, 2)), sections, 3, range(3), own_piece=9)[0] == []
