"""The sparse code of the temporal convolutional winner-take-all autoencoder: all activations but the winners' are 0.

Activations are ``(batch, n_columns, n_atoms)``: how strongly each atom is called for at each position in time.

References
----------
Makhzani and Frey, "Winner-Take-All Autoencoders", NIPS 2015: scopes `map` (spatial sparsity) and `lifetime`.
"Shift-Invariant Dictionary Learning using Temporal CONV-WTA Autoencoders", 2021: scope `column`.
"""

import keras
from keras import ops

from models.atoms import count_steps

SCOPES = ("column", "window", "map", "lifetime")
MAX_BY_ARGMAX = 8  # winners that are found faster one after the other than by sorting
NEVER = -1e9  # the strength of what cannot win
STRENGTHS = {"magnitude": ops.abs, "signed": lambda activations: activations, "positive": ops.relu}
THRESHOLD_MOMENTUM = 0.95  # of the running mean of thresholds that `lifetime` uses after training


@keras.saving.register_keras_serializable(package="dictionary")
class WinnerTakeAll(keras.layers.Layer):
    """Keeps the k strongest activations of each scope; the gradient reaches winners only.

    Input and output shape: ``(batch, n_columns, n_atoms)``.

    Parameters
    ----------
    k : int
        Winners of a scope, at most: `k_max`. The weight `k`, which is not trained, may fall from it during training.
    scope : {"column", "window", "map", "lifetime"}
        What competes: all atoms of a column; all atoms and columns, k winners for each `window_steps` of the input, and
        none weaker than another within an atom's length of it; all columns of an atom, again k for each `window_steps`;
        all columns of an atom in the whole batch, k for each `window_steps` of each sample, and after training what
        reaches the running mean of the weakest winner.
    rank_by : {"magnitude", "signed", "positive"}
        Strength of an activation. With `positive` negative ones are 0 whether they win or not.
    atom_steps, stride_steps, window_steps : int
        Length of an atom, steps from column to column, and the length of music that has k winners.
    """

    def __init__(self, k, scope="column", rank_by="magnitude", *, atom_steps, stride_steps, window_steps, **kwargs):
        super().__init__(**kwargs)
        self.k_max, self.scope, self.rank_by = k, scope, rank_by
        self.atom_steps, self.stride_steps, self.window_steps = atom_steps, stride_steps, window_steps

    def build(self, shape):
        constant = keras.initializers.Constant(self.k_max)
        self.k = self.add_weight(shape=(), dtype="int32", initializer=constant, trainable=False, name="k")
        if self.scope == "lifetime":
            self.threshold = self.add_weight(shape=(shape[-1],), initializer="zeros", trainable=False, name="threshold")

    def call(self, activations, training=False):
        if self.rank_by == "positive":
            activations = ops.relu(activations)
        return activations * ops.stop_gradient(self.winners(activations, training))

    def winners(self, activations, training=False):
        """Return 1 where an activation wins, 0 elsewhere, shaped as the activations."""
        strengths = self.strengths(activations)
        if self.scope == "column":
            return keep_strongest(strengths, self.k, self.k_max)
        if self.scope == "lifetime":
            return self.lifetime_winners(strengths, training)
        budget = self.budget(ops.shape(strengths)[1])
        if self.scope == "map":
            of_atoms = keep_strongest(ops.transpose(strengths, (0, 2, 1)), budget, self.max_budget(strengths))
            return ops.transpose(of_atoms, (0, 2, 1))
        return self.strongest_of_windows(strengths, budget)

    def join(self, unexplained, winners, round_number, n_rounds):
        """Return winners and those that join them in a round of a pursuit: all rounds together choose k."""
        strengths = ops.where(winners > 0, NEVER, self.strengths(unexplained))
        k = self.k if self.scope == "column" else self.budget(ops.shape(strengths)[1])
        n_joining = k * round_number // n_rounds - k * (round_number - 1) // n_rounds
        if self.scope == "column":
            return winners + keep_strongest(strengths, n_joining, -(-self.k_max // n_rounds))
        return winners + self.strongest_of_windows(strengths, n_joining, n_rounds)

    def strengths(self, activations):
        """Return what activations are ranked by."""
        return STRENGTHS[self.rank_by](activations)

    def budget(self, n_columns):
        """Return the winners in n columns: k for each window, in proportion for a part of one, at least 1."""
        n_steps = count_steps(n_columns, self.atom_steps, self.stride_steps)
        return ops.maximum(1, self.k * n_steps // self.window_steps)

    def max_budget(self, strengths, n_rounds=1):
        """Return the maximum of the winners in a round; None if the length is not known when the graph is made."""
        if strengths.shape[1] is None:
            return None
        n_steps = count_steps(strengths.shape[1], self.atom_steps, self.stride_steps)
        return -(-max(1, self.k_max * n_steps // self.window_steps) // n_rounds)

    def strongest_of_windows(self, strengths, budget, n_rounds=1):
        """Return the strongest over columns and atoms, among those that are not suppressed."""
        n_columns, n_atoms = ops.shape(strengths)[1:]
        strengths = self.suppress(strengths)
        flat = ops.reshape(strengths, (-1, n_columns * n_atoms))
        flat = keep_strongest(flat, budget, self.max_budget(strengths, n_rounds))
        return ops.reshape(flat, (-1, n_columns, n_atoms)) * ops.cast(strengths > NEVER, flat.dtype)

    def suppress(self, strengths):
        """Return strengths, but `NEVER` for those that have a stronger one within an atom's length."""
        n_around = 2 * (self.atom_steps // self.stride_steps) - 1
        strongest = ops.max(strengths, axis=-1, keepdims=True)  # (batch, n_columns, 1)
        around = ops.max_pool(strongest, n_around, strides=1, padding="same")
        return ops.where(strengths < around, NEVER, strengths)

    def lifetime_winners(self, strengths, training):
        """Return the winners of each atom over batch and time; their thresholds are kept for use after training."""
        if not training:
            return ops.cast(ops.logical_and(strengths >= self.threshold, strengths > 0), strengths.dtype)
        batch, n_columns, n_atoms = ops.shape(strengths)
        of_atoms = ops.transpose(ops.reshape(strengths, (batch * n_columns, n_atoms)))
        winners = keep_strongest(of_atoms, self.budget(n_columns) * batch)
        weakest = ops.min(ops.where(winners > 0, of_atoms, ops.max(of_atoms, axis=1, keepdims=True)), axis=1)
        momentum = ops.where(self.threshold == 0, 0.0, THRESHOLD_MOMENTUM)  # before the first batch there is no mean
        self.threshold.assign(momentum * self.threshold + (1 - momentum) * weakest)
        return ops.reshape(ops.transpose(winners), (batch, n_columns, n_atoms))


def keep_strongest(strengths, k, k_max=None):
    """Return 1 for the k largest values along the last axis, 0 for the others; of equal ones the first win.

    Values are at least `NEVER`. With the maximum of k known, a few are found many times faster than by sorting.
    """
    if k_max is not None and k_max <= MAX_BY_ARGMAX:
        return keep_few(strengths, k, k_max)
    n = ops.shape(strengths)[-1]
    k = ops.minimum(ops.cast(k, "int32"), n)
    if k_max is not None and k_max < strengths.shape[-1]:
        falling = ops.top_k(strengths, k_max)[0]
    else:
        falling = -ops.sort(-strengths, axis=-1)
    weakest = ops.take(falling, ops.reshape(ops.maximum(k - 1, 0), (1,)), axis=-1)  # (..., 1)
    above = ops.cast(ops.logical_and(strengths > weakest, k > 0), "int32")
    level = ops.cast(strengths == weakest, "int32")
    left = k - ops.sum(above, axis=-1, keepdims=True)
    return ops.cast(above + level * ops.cast(ops.cumsum(level, axis=-1) <= left, "int32"), strengths.dtype)


def keep_few(strengths, k, k_max):
    """Return what `keep_strongest` does, by finding the largest, then the largest of the others, and so on."""
    winners = ops.zeros_like(strengths)
    n = strengths.shape[-1]
    for index in range(min(k_max, n)):
        largest = ops.one_hot(ops.argmax(strengths, axis=-1), n, dtype=strengths.dtype)
        winners += largest * ops.cast(index < k, strengths.dtype)
        strengths = ops.where(largest > 0, 2 * NEVER, strengths)
    return winners
