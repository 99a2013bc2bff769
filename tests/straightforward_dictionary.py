"""The dictionary of drums in its straightforward form: two convolutions of Keras, and winners by sorting between them.

This is how the paper's code trains, written with Keras's own layers: all windows in one batch, random first atoms,
Adam with AMSGrad at a constant rate, and four winners a column that fall to one. The tests hold `models` against it,
the benchmarks measure what the other form saves.
"""

import keras
import tensorflow as tf

FIRST_K, K, EPOCHS_OF_A_STAGE = 4, 1, 30  # the first stage has one more: the paper counts after an epoch's step
LEARNING_RATE, EPSILON = 5e-3, 1e-8


class LargestOfColumn(keras.layers.Layer):
    """Keeps the k largest of the last axis; the gradient reaches them only."""

    def __init__(self, k, **kwargs):
        super().__init__(**kwargs)
        self.k = k

    def call(self, code):
        n_atoms = code.shape[-1]
        rows = tf.reshape(code, (-1, n_atoms))
        winners = tf.math.top_k(rows, self.k).indices  # (n_rows, k)
        places = tf.range(tf.shape(rows)[0])[:, None] * n_atoms + winners
        places = tf.reshape(places, (-1, 1))
        mask = tf.scatter_nd(places, tf.ones_like(places[:, 0], code.dtype), tf.reshape(tf.size(rows), (1,)))
        return code * tf.reshape(mask, tf.shape(code))


def build_straightforward_dictionary(n_steps, n_channels, n_atoms, atom_steps, stride_steps, k):
    """Model from music ``(batch, n_steps, n_channels)`` to its reconstruction, to be compiled with a loss.

    Atoms hang over the beginning and the end as those of `models.atoms` do.
    """
    overhang = atom_steps - stride_steps
    uniform = keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform")  # PyTorch's default
    settings = {"use_bias": False, "kernel_initializer": uniform}
    steps = keras.Input((n_steps, n_channels))
    padded = keras.layers.ZeroPadding1D(overhang)(steps)
    activities = keras.layers.Conv1D(n_atoms, atom_steps, stride_steps, name="scores", **settings)(padded)
    code = LargestOfColumn(k, name="winners")(activities)
    padded = keras.layers.Conv1DTranspose(n_channels, atom_steps, stride_steps, name="atoms", **settings)(code)
    return keras.Model(steps, keras.layers.Cropping1D(overhang)(padded), name="straightforward_dictionary")


def source_optimiser():
    """Adam as the paper uses it."""
    return keras.optimizers.Adam(LEARNING_RATE, epsilon=EPSILON, amsgrad=True)


def train_straightforwardly(model, windows, n_epochs, *, jit_compile=False, callbacks=()):
    """Train on all windows at once, ``(n_windows, n_steps, n_channels)``; the step is traced anew for each k."""
    optimiser = source_optimiser()
    batches = tf.data.Dataset.from_tensors((windows, windows)).cache()
    epoch = 0
    for stage, k in enumerate(range(FIRST_K, K - 1, -1), start=1):
        end = n_epochs if k == K else min(n_epochs, 1 + stage * EPOCHS_OF_A_STAGE)
        model.get_layer("winners").k = k
        model.compile(optimiser, "mse", jit_compile=jit_compile)
        model.fit(batches, initial_epoch=epoch, epochs=end, verbose=0, shuffle=False, callbacks=[*callbacks])
        epoch = end
