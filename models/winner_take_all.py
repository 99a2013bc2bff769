"""The sparse code of the temporal convolutional winner-take-all autoencoder: all activities but the winners' are 0.

An array of activities is ``(batch, n_columns, n_atoms)``: how strongly each atom is called for at each place in time.

References
----------
Makhzani and Frey, "Winner-Take-All Autoencoders", NIPS 2015: scopes `map` (spatial sparsity) and `lifetime`.
"Shift-Invariant Dictionary Learning using Temporal CONV-WTA Autoencoders", 2021: scope `column`.
"""

import keras
from keras import ops

from models.atoms import count_steps

SCOPES = ("column", "window", "map", "lifetime")
FEW = 8  # winners that are found faster one after the other than by sorting
NEVER = -1e9  # the strength of what cannot win
STRENGTHS = {"magnitude": ops.abs, "signed": lambda activities: activities, "positive": ops.relu}
THRESHOLD_MOMENTUM = 0.95  # of the running mean of thresholds that `lifetime` uses after training


@keras.saving.register_keras_serializable(package="dictionary")
class WinnerTakeAll(keras.layers.Layer):
    """Keeps the k strongest activities of each scope; the gradient reaches winners only.

    Input and output shape: ``(batch, n_columns, n_atoms)``.

    Parameters
    ----------
    k : int
        Winners of a scope; a weight that is not trained, so that it may fall while training goes on.
    scope : {"column", "window", "map", "lifetime"}
        What competes: all atoms of a column; all atoms and columns, k winners for each `window_steps` of the input, and
        none weaker than another within an atom's length of it; all columns of an atom, again k for each `window_steps`;
        all columns of an atom in the whole batch, k for each `window_steps` of each sample, and after training what
        reaches the running mean of the weakest winner.
    rank_by : {"magnitude", "signed", "positive"}
        Strength of an activity. With `positive` negative activities are 0 whether they win or not.
    atom_steps, stride_steps, window_steps : int
        Length of an atom, steps from column to column, and the length of music that k is told for.
    """

    def __init__(self, k, scope="column", rank_by="magnitude", *, atom_steps, stride_steps, window_steps, **kwargs):
        super().__init__(**kwargs)
        self.first_k, self.scope, self.rank_by = k, scope, rank_by
        self.atom_steps, self.stride_steps, self.window_steps = atom_steps, stride_steps, window_steps

    def build(self, shape):
        constant = keras.initializers.Constant(self.first_k)
        self.k = self.add_weight(shape=(), dtype="int32", initializer=constant, trainable=False, name="k")
        if self.scope == "lifetime":
            self.threshold = self.add_weight(shape=(shape[-1],), initializer="zeros", trainable=False, name="threshold")

    def call(self, activities, training=False):
        if self.rank_by == "positive":
            activities = ops.relu(activities)
        return activities * ops.stop_gradient(self.winners(activities, training))

    def winners(self, activities, training=False):
        """1 where an activity wins, 0 elsewhere, shaped as the activities."""
        strengths = self.strengths(activities)
        if self.scope == "column":
            return keep_strongest(strengths, self.k, self.first_k)
        if self.scope == "lifetime":
            return self.lifetime_winners(strengths, training)
        budget = self.budget(ops.shape(strengths)[1])
        if self.scope == "map":
            of_atoms = keep_strongest(ops.transpose(strengths, (0, 2, 1)), budget, self.most(strengths))
            return ops.transpose(of_atoms, (0, 2, 1))
        return self.strongest_of_windows(strengths, budget)

    def join(self, unexplained, winners, round_number, n_rounds):
        """Winners, and those that join them in a round of a pursuit: all rounds together choose k."""
        strengths = ops.where(winners > 0, NEVER, self.strengths(unexplained))
        k = self.k if self.scope == "column" else self.budget(ops.shape(strengths)[1])
        n_joining = k * round_number // n_rounds - k * (round_number - 1) // n_rounds
        if self.scope == "column":
            return winners + keep_strongest(strengths, n_joining, -(-self.first_k // n_rounds))
        return winners + self.strongest_of_windows(strengths, n_joining, n_rounds)

    def strengths(self, activities):
        """What activities are ranked by."""
        return STRENGTHS[self.rank_by](activities)

    def budget(self, n_columns):
        """Winners in so many columns: k for each window, in proportion for a part of one, at least 1."""
        n_steps = count_steps(n_columns, self.atom_steps, self.stride_steps)
        return ops.maximum(1, self.k * n_steps // self.window_steps)

    def most(self, strengths, n_rounds=1):
        """What the winners of a round never exceed; None if the length is not known when the graph is made."""
        if strengths.shape[1] is None:
            return None
        n_steps = count_steps(strengths.shape[1], self.atom_steps, self.stride_steps)
        return -(-max(1, self.first_k * n_steps // self.window_steps) // n_rounds)

    def strongest_of_windows(self, strengths, budget, n_rounds=1):
        """The strongest over columns and atoms, among those that are not suppressed."""
        n_columns, n_atoms = ops.shape(strengths)[1:]
        strengths = self.suppress(strengths)
        flat = ops.reshape(strengths, (-1, n_columns * n_atoms))
        flat = keep_strongest(flat, budget, self.most(strengths, n_rounds))
        return ops.reshape(flat, (-1, n_columns, n_atoms)) * ops.cast(strengths > NEVER, flat.dtype)

    def suppress(self, strengths):
        """Strengths, but `NEVER` for those beside which, within an atom's length, is a stronger one."""
        reach = 2 * (self.atom_steps // self.stride_steps) - 1
        strongest = ops.max(strengths, axis=-1, keepdims=True)  # (batch, n_columns, 1)
        around = ops.max_pool(strongest, reach, strides=1, padding="same")
        return ops.where(strengths < around, NEVER, strengths)

    def lifetime_winners(self, strengths, training):
        """Winners of each atom over batch and time; their thresholds are kept for what comes after training."""
        if not training:
            return ops.cast(ops.logical_and(strengths >= self.threshold, strengths > 0), strengths.dtype)
        batch, n_columns, n_atoms = ops.shape(strengths)
        of_atoms = ops.transpose(ops.reshape(strengths, (batch * n_columns, n_atoms)))
        winners = keep_strongest(of_atoms, self.budget(n_columns) * batch)
        weakest = ops.min(ops.where(winners > 0, of_atoms, ops.max(of_atoms, axis=1, keepdims=True)), axis=1)
        momentum = ops.where(self.threshold == 0, 0.0, THRESHOLD_MOMENTUM)  # the first batch has nothing to go on from
        self.threshold.assign(momentum * self.threshold + (1 - momentum) * weakest)
        return ops.reshape(ops.transpose(winners), (batch, n_columns, n_atoms))

    def get_config(self):
        own = {"k": self.first_k, "scope": self.scope, "rank_by": self.rank_by}
        steps = {name: getattr(self, name) for name in ("atom_steps", "stride_steps", "window_steps")}
        return super().get_config() | own | steps


def keep_strongest(strengths, k, most=None):
    """1 for the k largest values along the last axis, 0 for the others; of equal ones the first win.

    Parameters
    ----------
    strengths : tensor (..., n)
        Values, all above `NEVER`, or at it where they cannot win.
    k : int tensor ()
        How many; at most n count.
    most : int
        What k never exceeds, if that is known: a few are found many times faster one after the other than by sorting.

    Returns
    -------
    tensor (..., n)
    """
    if most is not None and most <= FEW:
        return keep_few(strengths, k, most)
    n = ops.shape(strengths)[-1]
    k = ops.minimum(ops.cast(k, "int32"), n)
    if most is not None and most < strengths.shape[-1]:
        falling = ops.top_k(strengths, most)[0]
    else:
        falling = -ops.sort(-strengths, axis=-1)
    weakest = ops.take(falling, ops.reshape(ops.maximum(k - 1, 0), (1,)), axis=-1)  # (..., 1)
    above = ops.cast(ops.logical_and(strengths > weakest, k > 0), "int32")
    level = ops.cast(strengths == weakest, "int32")
    left = k - ops.sum(above, axis=-1, keepdims=True)
    return ops.cast(above + level * ops.cast(ops.cumsum(level, axis=-1) <= left, "int32"), strengths.dtype)


def keep_few(strengths, k, most):
    """What `keep_strongest` gives, by finding the largest, then the largest of the others, at most `most` times."""
    winners = ops.zeros_like(strengths)
    n = strengths.shape[-1]
    for number in range(min(most, n)):
        largest = ops.one_hot(ops.argmax(strengths, axis=-1), n, dtype=strengths.dtype)
        winners += largest * ops.cast(number < k, strengths.dtype)
        strengths = ops.where(largest > 0, 2 * NEVER, strengths)
    return winners
