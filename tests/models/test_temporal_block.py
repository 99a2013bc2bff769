import keras
import numpy as np
import pytest

from models.temporal_block import TemporalBlock, WeightNormConv1D

N_STEPS, N_CHANNELS = 24, 3


def random_music(rng):
    return rng.normal(size=(2, N_STEPS, N_CHANNELS)).astype(np.float32)


def build(layer):
    layer.build((None, None, N_CHANNELS))
    return layer


def steps_that_see(layer, music, changed_step):
    """Steps of the output that depend on a step of the input."""
    other = music.copy()
    other[:, changed_step] += 10
    return np.flatnonzero(np.abs(layer(other) - layer(music)).max(axis=(0, 2)) > 1e-6)


@pytest.mark.parametrize("dilation", [1, 2])
def test_convolution_is_that_of_keras_with_kernels_of_their_norm(rng, dilation):
    layer = build(WeightNormConv1D(5, 4, dilation))
    direction = rng.normal(size=(4, N_CHANNELS, 5))
    norms = rng.uniform(0.5, 2, 5)
    layer.direction.assign(direction)
    layer.length.assign(norms)
    layer.bias.assign(np.arange(5))
    reference = build(keras.layers.Conv1D(5, 4, dilation_rate=dilation, padding="causal"))
    reference.kernel.assign(norms * direction / np.linalg.norm(direction.reshape(-1, 5), axis=0))
    reference.bias.assign(np.arange(5))
    music = random_music(rng)
    for factor in (1, 3.7):  # the norm of a direction changes nothing
        layer.direction.assign(factor * layer.direction)
        np.testing.assert_allclose(layer(music), reference(music), atol=1e-5)


@pytest.mark.parametrize(("causal", "first", "last"), [(True, 10, 18), (False, 6, 14)])
def test_a_step_sees_what_was_before_or_what_is_around(rng, causal, first, last):
    block = build(TemporalBlock(5, 3, dilation_steps=2, causal=causal))
    for convolution in block.convolutions:
        convolution.bias.assign(np.full(5, 9.0))  # so that no ReLU hides what is seen
    assert steps_that_see(block, random_music(rng), 10).tolist() == list(range(first, last + 1, 2))


@pytest.mark.parametrize("dilation", [1, 4])
@pytest.mark.parametrize("kernel_steps", [2, 4])
def test_a_causal_block_never_sees_what_comes(rng, kernel_steps, dilation):
    block = build(TemporalBlock(5, kernel_steps, dilation))
    music, changed = random_music(rng), random_music(rng)
    changed[:, :9] = music[:, :9]
    np.testing.assert_array_equal(block(music)[:, :9], block(changed)[:, :9])
    assert not np.array_equal(block(music)[:, 9:], block(changed)[:, 9:])


@pytest.mark.parametrize("filters", [N_CHANNELS, 5])
def test_without_its_convolutions_a_block_is_the_way_around_them(rng, filters):
    block, music = build(TemporalBlock(filters, 3)), random_music(rng)
    block.convolutions[1].length.assign(np.zeros(filters))
    around = music if filters == N_CHANNELS else music @ block.around.kernel.numpy() + block.around.bias.numpy()
    np.testing.assert_allclose(block(music), np.maximum(around, 0), atol=1e-6)


def test_whole_channels_are_dropped_in_training_only(rng):
    block, music = build(TemporalBlock(64, 3, dropout=0.5)), random_music(rng)
    block.around.kernel.assign(np.zeros((N_CHANNELS, 64)))
    block.convolutions[1].bias.assign(np.full(64, 9.0))
    assert (block(music).numpy() > 0).all()
    dropped = block(music, training=True).numpy() == 0
    np.testing.assert_array_equal(dropped.all(axis=1), dropped.any(axis=1))
    assert 0.3 < dropped.mean() < 0.7
