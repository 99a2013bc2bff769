"""Finding a sparse code with the atoms themselves: values for given winners, and winners one after the other.

All of it is steps of linear algebra on batches, unrolled in the graph: winners are those of `WinnerTakeAll` in
what is not yet explained, values solve the least-squares problem by conjugate gradients, which are exact after one
iteration for each winner that overlaps, and start from the values of the round before.

References
----------
Pati, Rezaiifar and Krishnaprasad, "Orthogonal Matching Pursuit", Asilomar 1993.
"""

from keras import ops

from models.atoms import correlate, synthesize

TINY = 1e-9  # added where a residual may have vanished


def fit_values(unexplained, values, winners, kernel, stride_steps, n_iterations):
    """Return the values of given winners that reconstruct best, by conjugate gradients.

    Parameters
    ----------
    unexplained, values, winners : tensor (batch, n_columns, n_atoms)
        Correlation of the atoms with the music minus that of `values`; a code to begin with, 0 but at winners; 1 at
        winners, 0 elsewhere.
    kernel, stride_steps
        As in `models.atoms`.
    """
    together = (2,) if kernel.shape[0] == stride_steps else (1, 2)  # columns that do not overlap are separate problems

    def total(products):
        return ops.sum(products, axis=together, keepdims=True)

    def improve(_, state):
        values, residual, direction, power = state
        applied = winners * correlate(synthesize(direction, kernel, stride_steps), kernel, stride_steps)
        step = power / (total(direction * applied) + TINY)
        residual = residual - step * applied
        new_power = total(residual**2)
        return values + step * direction, residual, residual + new_power / (power + TINY) * direction, new_power

    residual = winners * unexplained
    state = (values, residual, residual, total(residual**2))
    return ops.fori_loop(0, n_iterations, improve, state)[0]


def pursue(steps, kernel, stride_steps, choose, n_rounds, n_iterations):
    """Return a code ``(batch, n_columns, n_atoms)`` whose winners are chosen round by round in what is unexplained.

    The function `choose` is called with the activations of what is unexplained, the winners up to now, and the number
    of the round, 1 to `n_rounds`; it returns all winners.
    """
    activations = correlate(steps, kernel, stride_steps)

    def join(round_number, state):
        values, winners, unexplained = state
        winners = choose(unexplained, winners, round_number)
        values = fit_values(unexplained, values, winners, kernel, stride_steps, n_iterations)
        explained = correlate(synthesize(values, kernel, stride_steps), kernel, stride_steps)
        return values, winners, activations - explained

    none = ops.zeros_like(activations)
    return ops.fori_loop(1, n_rounds + 1, join, (none, none, activations))[0]
