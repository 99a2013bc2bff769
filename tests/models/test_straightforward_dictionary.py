import keras
import numpy as np
import pytest
import tensorflow as tf

from models.dictionary_autoencoder import DictionaryAutoencoder, DictionaryConfig
from tests.straightforward_dictionary import (
    LargestOfColumn,
    build_straightforward_dictionary,
    source_optimiser,
    train_straightforwardly,
)

N_STEPS, N_CHANNELS, N_ATOMS, ATOM_STEPS = 16, 6, 12, 4
GEOMETRIES = pytest.mark.parametrize(("stride", "k"), [(4, 1), (4, 4), (2, 2), (1, 1), (1, 3)])


def both_forms(stride, k):
    """Ours and the straightforward one, with the same random weights."""
    keras.utils.set_random_seed(5)
    straightforward = build_straightforward_dictionary(N_STEPS, N_CHANNELS, N_ATOMS, ATOM_STEPS, stride, k)
    winners = {"k": k, "scope": "column", "rank_by": "signed", "window_steps": N_STEPS}
    ours = DictionaryAutoencoder(DictionaryConfig(N_CHANNELS, N_ATOMS, ATOM_STEPS, stride, winners, unit_norm=False))
    ours.build()
    for name in ("scores", "atoms"):
        getattr(ours, name).kernel.assign(straightforward.get_layer(name).kernel)
    return ours, straightforward


def kernels(model):
    return [layer.kernel for layer in (model.get_layer("scores"), model.get_layer("atoms"))]


def random_music(rng, n_windows=20):
    return rng.random((n_windows, N_STEPS, N_CHANNELS)).astype(np.float32)


def test_largest_of_a_column_are_kept_and_only_they_get_a_gradient():
    code = tf.constant([[[3.0, -9.0, 5.0, 4.0], [-1.0, -2.0, -4.0, -3.0]]])
    with tf.GradientTape() as tape:
        tape.watch(code)
        kept = LargestOfColumn(2)(code)
    np.testing.assert_array_equal(kept, [[[0, 0, 5, 4], [-1, -2, 0, 0]]])
    np.testing.assert_array_equal(tape.gradient(kept, code), [[[0, 0, 1, 1], [1, 1, 0, 0]]])


@GEOMETRIES
def test_both_forms_give_the_same_music_and_gradients(rng, stride, k):
    ours, straightforward = both_forms(stride, k)
    music = random_music(rng)
    gradients = []
    for model in (ours, straightforward):
        with tf.GradientTape() as tape:
            reconstruction = model(music)
            loss = tf.reduce_mean(tf.square(music - reconstruction))
        gradients.append((reconstruction, *tape.gradient(loss, kernels(model))))
    for found, expected in zip(*gradients, strict=True):
        assert np.abs(expected).max() > 1e-3
        np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.slow
@GEOMETRIES
def test_both_forms_train_to_the_same_weights(rng, stride, k):
    ours, straightforward = both_forms(stride, k)
    music = random_music(rng)
    before = [kernel.numpy() for kernel in kernels(ours)]
    losses = []
    for model, data, loss in ((ours, music, None), (straightforward, (music, music), "mse")):
        model.compile(source_optimiser(), loss)
        batches = tf.data.Dataset.from_tensors(data)
        losses.append(model.fit(batches, epochs=5, shuffle=False, verbose=0).history["loss"])
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-5)
    for found, expected, first in zip(kernels(ours), kernels(straightforward), before, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-4)
        assert np.abs(expected - first).max() > 1e-2


@pytest.mark.slow
def test_winners_fall_from_four_to_one_as_in_the_paper(rng):
    _, straightforward = both_forms(4, 4)
    seen = []
    watch = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: seen.append((epoch, straightforward.get_layer("winners").k))
    )
    train_straightforwardly(straightforward, random_music(rng), 93, callbacks=[watch])
    assert [epoch for epoch, _ in seen] == list(range(93))
    assert [k for _, k in seen] == 31 * [4] + 30 * [3] + 30 * [2] + 2 * [1]
