import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from models.winner_take_all import NEVER, SCOPES, WinnerTakeAll, keep_few, keep_strongest

N_ATOMS = 12
ANYWHERE = {"atom_steps": 4, "stride_steps": 1, "window_steps": 8}  # columns 3 more than steps


def build(k, scope="column", rank_by="magnitude", n_atoms=N_ATOMS, **steps):
    layer = WinnerTakeAll(k, scope, rank_by, **{"atom_steps": 4, "stride_steps": 4, "window_steps": 16, **steps})
    layer.build((None, None, n_atoms))
    return layer


def random_activations(rng, n_columns=8, batch=3, n_atoms=N_ATOMS):
    return rng.normal(size=(batch, n_columns, n_atoms)).astype(np.float32)


def counts(code, axis):
    return (np.asarray(code) != 0).sum(axis=axis)


@pytest.mark.parametrize(
    ("rank_by", "column", "expected"),
    [
        ("magnitude", [3, -4, 2, -1], [3, -4, 0, 0]),
        ("signed", [3, -4, 2, -1], [3, 0, 2, 0]),
        ("positive", [3, -4, 2, -1], [3, 0, 2, 0]),
        ("signed", [-3, -4, -2, -5], [-3, 0, -2, 0]),  # negative winners stay
        ("positive", [-3, -4, -2, -5], [0, 0, 0, 0]),  # or are cut
    ],
)
def test_two_strongest_of_a_column(rank_by, column, expected):
    assert build(2, rank_by=rank_by, n_atoms=4)(np.float32([[column]])).numpy().tolist() == [[expected]]


@pytest.mark.parametrize("k", [1, 3, 8, 9, 12])  # above eight by sorting
def test_a_column_has_exactly_k_winners_and_none_is_weaker_than_a_loser(rng, k):
    activations = random_activations(rng)
    code = build(k)(activations).numpy()
    np.testing.assert_array_equal(code[code != 0], activations[code != 0])
    assert (counts(code, 2) == k).all()
    losers = np.where(code == 0, np.abs(activations), 0).max(axis=2)
    assert (np.where(code != 0, np.abs(code), np.inf).min(axis=2) >= losers).all()


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("scope", SCOPES)
def test_the_gradient_of_winners_is_one_and_reaches_no_other(rng, scope, training):
    activations = tf.constant(random_activations(rng))
    layer = build(2, scope)
    with tf.GradientTape() as tape:
        tape.watch(activations)
        code = layer(activations, training=training)
    gradient = tape.gradient(code, activations).numpy()
    np.testing.assert_array_equal(gradient, code.numpy() != 0)
    assert gradient.sum() > 0


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("first_k", [4, 10])
def test_k_falls_without_another_trace(rng, first_k, jit_compile):
    layer, traces = build(first_k), []

    @tf.function(jit_compile=jit_compile)
    def encode(activations):
        traces.append(1)
        return layer(activations)

    activations = random_activations(rng)
    for k in (first_k, 3, 1):
        layer.k.assign(k)
        assert (counts(encode(activations), 2) == k).all()
    assert len(traces) == 1


def local_maxima(strengths, n_columns):
    """Where an activation is the strongest of all atoms in the columns fewer than `n_columns` away."""
    found = np.zeros(strengths.shape, bool)
    for column in range(len(strengths)):
        around = strengths[max(0, column - n_columns + 1) : column + n_columns]
        found[column] = strengths[column] == around.max()
    return found


@pytest.mark.parametrize("k", [1, 2, 3])
def test_winners_of_a_window_are_the_strongest_of_those_an_atom_apart(rng, k):
    activations = random_activations(rng, n_columns=35)  # 32 steps, 4 windows
    code = build(k, "window", **ANYWHERE)(activations).numpy()
    for strengths, found in zip(np.abs(activations), code != 0, strict=True):
        allowed = np.where(local_maxima(strengths, 4), strengths, 0)
        n_winners = min(4 * k, np.count_nonzero(allowed))
        np.testing.assert_array_equal(found, allowed >= np.sort(allowed, axis=None)[-n_winners])
        assert (np.diff(np.flatnonzero(found.any(axis=1))) >= 4).all()


def test_a_window_has_k_winners_where_atoms_do_not_overlap(rng):
    code = build(2, "window")(random_activations(rng, n_columns=16))  # 64 steps, 4 windows of 16
    assert counts(code, (1, 2)).tolist() == [8, 8, 8]
    assert counts(code, 2).max() == 1


def test_a_piece_shorter_than_a_window_has_its_part_of_the_winners_but_at_least_one(rng):
    layer = build(4, "window")
    assert [counts(layer(random_activations(rng, n, 1)), (1, 2))[0] for n in (1, 2, 3)] == [1, 2, 3]
    layer.k.assign(1)
    assert counts(layer(random_activations(rng, 2, 1)), (1, 2))[0] == 1


@pytest.mark.parametrize("k", [1, 2, 4])
def test_each_atom_of_a_map_has_k_winners_a_window_and_of_a_lifetime_k_a_sample(rng, k):
    activations = random_activations(rng, n_columns=12)  # 3 windows
    of_maps = build(k, "map")(activations).numpy()
    weakest = np.sort(np.abs(activations), axis=1)[:, -3 * k, None]
    np.testing.assert_array_equal(of_maps != 0, np.abs(activations) >= weakest)
    of_lifetimes = build(k, "lifetime", window_steps=48)(activations, training=True).numpy()
    weakest = np.sort(np.abs(activations).reshape(36, -1), axis=0)[-3 * k]
    np.testing.assert_array_equal(of_lifetimes != 0, np.abs(activations) >= weakest)


@pytest.mark.parametrize("n_batches", [1, 100])
def test_after_training_a_lifetime_is_compared_with_the_threshold_of_training(rng, n_batches):
    layer, activations = build(1, "lifetime"), random_activations(rng, n_columns=4, batch=20)
    for _ in range(n_batches):
        trained = layer(activations, training=True)
    # rounding of the running mean must not shut out the weakest winner itself
    code = layer(activations * np.float32(1 + 1e-5))
    np.testing.assert_array_equal(code.numpy() != 0, trained.numpy() != 0)
    assert not layer(activations * 0).numpy().any()


def test_the_threshold_of_a_lifetime_follows_slowly(rng):
    layer, activations = build(1, "lifetime"), random_activations(rng)
    layer(activations, training=True)
    first = layer.threshold.numpy()
    layer(3 * activations, training=True)
    np.testing.assert_allclose(layer.threshold, (0.95 + 0.05 * 3) * first, rtol=1e-5)


@pytest.mark.parametrize("scope", ["window", "map"])
def test_winners_are_the_same_if_the_length_is_not_known_to_the_graph(rng, scope):
    layer, activations = build(3, scope, **ANYWHERE), random_activations(rng, n_columns=19)
    unknown = tf.function(layer.winners, input_signature=[tf.TensorSpec((None, None, N_ATOMS))])
    np.testing.assert_array_equal(unknown(activations), layer.winners(activations))


@pytest.mark.parametrize("k_max", [None, 5])
def test_of_equal_strengths_the_first_win_and_none_twice(k_max):
    strengths = np.float32([[1, 2, 2, 1, 2], [0, 0, 0, 0, 0]])
    assert keep_strongest(strengths, 2, k_max).numpy().tolist() == [[0, 1, 1, 0, 0], [1, 1, 0, 0, 0]]
    for k in (3, 5):  # of three candidates
        assert keep_strongest(np.float32([[3, 1, 2]]), k, k_max).numpy().tolist() == [[1, 1, 1]]


def test_a_map_with_more_winners_than_columns_is_passed_on(rng):
    activations = random_activations(rng, n_columns=4)
    np.testing.assert_array_equal(build(8, "map")(activations), activations)


@pytest.mark.slow
@given(
    strengths=hnp.arrays(np.float32, (3, 6), elements=st.sampled_from(np.float32([-2, -1, 0, 0.5, 1, NEVER]))),
    k=st.integers(0, 8),
)
def test_a_few_found_one_by_one_are_those_found_by_sorting(strengths, k):
    by_sorting = keep_strongest(strengths, k).numpy()
    np.testing.assert_array_equal(keep_few(keras.ops.convert_to_tensor(strengths), k, 8), by_sorting)
    assert (by_sorting.sum(axis=1) == min(k, 6)).all()


@pytest.mark.parametrize(("scope", "n_rounds"), [("column", 5), ("window", 5), ("window", 2)])
def test_the_rounds_of_a_pursuit_join_k_winners(rng, scope, n_rounds):
    layer = build(5, scope)
    for k in (5, 3):
        layer.k.assign(k)
        winners = np.zeros((2, 4, N_ATOMS), np.float32)
        for round_number in range(1, n_rounds + 1):
            before, activations = winners, random_activations(rng, 4, 2)
            winners = layer.join(activations, before, round_number, n_rounds).numpy()
            assert (winners >= before).all()
        assert set(np.unique(winners)) == {0, 1}
        assert (winners.sum(axis=2 if scope == "column" else (1, 2)) == k).all()
