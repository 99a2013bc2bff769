"""Finding a sparse code with the atoms themselves: values for given winners, and winners one after the other.

All of it is steps of linear algebra on whole batches, unrolled in the graph: winners are those of `WinnerTakeAll` in
what is not yet explained, values solve the least-squares problem by conjugate gradients, which are exact after as many
iterations as there are winners that overlap, and go on from the values of the round before.

References
----------
Pati, Rezaiifar and Krishnaprasad, "Orthogonal Matching Pursuit", Asilomar 1993.
"""

from keras import ops

from models.atoms import correlate, synthesize

TINY = 1e-9  # added where a residual may have vanished


def fit_values(unexplained, values, winners, kernel, stride_steps, n_iterations):
    """The values of given winners that reconstruct best, by conjugate gradients.

    Parameters
    ----------
    unexplained : tensor (batch, n_columns, n_atoms)
        Correlation of the atoms with the music minus that of `values`.
    values : tensor (batch, n_columns, n_atoms)
        A code to begin with, 0 but at winners.
    winners : tensor (batch, n_columns, n_atoms)
        1 where a value may stand, 0 elsewhere.
    kernel : tensor (atom_steps, n_channels, n_atoms)
        The atoms.
    stride_steps : int
        Steps from column to column.
    n_iterations : int
        Of conjugate gradients.

    Returns
    -------
    tensor (batch, n_columns, n_atoms)
    """
    together = (2,) if kernel.shape[0] == stride_steps else (1, 2)  # columns side by side are problems of their own

    def total(products):
        return ops.sum(products, axis=together, keepdims=True)

    def improve(_, state):
        values, residual, direction, power = state
        applied = winners * correlate(synthesize(direction, kernel, stride_steps), kernel, stride_steps)
        length = power / (total(direction * applied) + TINY)
        residual = residual - length * applied
        new_power = total(residual**2)
        return values + length * direction, residual, residual + new_power / (power + TINY) * direction, new_power

    residual = winners * unexplained
    state = (values, residual, residual, total(residual**2))
    return ops.fori_loop(0, n_iterations, improve, state)[0]


def pursue(steps, kernel, stride_steps, choose, n_rounds, n_iterations):
    """Winners found round by round in what the ones before leave unexplained, and the values that fit best.

    Parameters
    ----------
    steps : tensor (batch, n_steps, n_channels)
        Music.
    kernel, stride_steps, n_iterations
        As in `fit_values`.
    choose : function
        From the activities of what is unexplained, the winners that there are, and the number of the round, 1 to
        `n_rounds`, to all winners up to now.
    n_rounds : int
        Rounds.

    Returns
    -------
    tensor (batch, n_columns, n_atoms)
    """
    activities = correlate(steps, kernel, stride_steps)

    def join(round_number, state):
        values, winners, unexplained = state
        winners = choose(unexplained, winners, round_number)
        values = fit_values(unexplained, values, winners, kernel, stride_steps, n_iterations)
        explained = correlate(synthesize(values, kernel, stride_steps), kernel, stride_steps)
        return values, winners, activities - explained

    none = ops.zeros_like(activities)
    return ops.fori_loop(1, n_rounds + 1, join, (none, none, activities))[0]
