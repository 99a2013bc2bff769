import numpy as np
import pytest
import tensorflow as tf

from models.latent_memory import LatentMemory


@pytest.fixture
def memory():
    layer = LatentMemory(9, 3)
    layer.build([(None, 2, 1), (None,)])
    layer.points.assign(np.arange(9.0)[:, None])
    return layer


def test_points_before_the_first_are_read(memory):
    before = memory([tf.zeros((2, 2, 1)), tf.constant([3, 7])])
    np.testing.assert_array_equal(before[:, :, 0], [[0, 1, 2], [4, 5, 6]])


def test_in_training_points_are_remembered_after_the_others_were_read(memory):
    z = tf.constant([[[10.0], [11.0]], [[20.0], [21.0]]])
    before = memory([z, tf.constant([3, 5])], training=True)
    np.testing.assert_array_equal(before[:, :, 0], [[0, 1, 2], [2, 3, 4]])
    np.testing.assert_array_equal(memory.points[:, 0], [0, 1, 2, 10, 11, 20, 21, 7, 8])


def test_outside_of_training_nothing_is_remembered(memory):
    memory([tf.ones((1, 2, 1)), tf.constant([3])], training=False)
    np.testing.assert_array_equal(memory.points[:, 0], np.arange(9))


def test_what_is_read_has_no_gradient(memory):
    z = tf.ones((1, 2, 1))
    with tf.GradientTape() as tape:
        tape.watch([z, memory.points.value])
        total = tf.reduce_sum(memory([z, tf.constant([3])], training=True))
    assert tape.gradient(total, [z, memory.points.value]) == [None, None]
