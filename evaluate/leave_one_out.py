"""Choosing parameters without looking at the piece they are used on: for each piece, what is best on the others."""

import numpy as np


def choose_leave_one_out(criterion: np.ndarray) -> np.ndarray:
    """For each piece the configuration with the largest mean over the other pieces, the first of those alike.

    Parameters
    ----------
    criterion : np.ndarray (n_configurations, n_pieces)
        The larger, the better.

    Returns
    -------
    np.ndarray (n_pieces,)
        Rows of `criterion`.

    Raises
    ------
    ValueError
        If there is no configuration, or a piece has no other.

    Examples
    --------
    The third piece is best served by the second configuration, which the others know nothing of:

    >>> choose_leave_one_out(np.array([[3.0, 3, 0], [2, 2, 9]]))
    array([1, 1, 0])
    """
    n_configurations, n_pieces = criterion.shape
    if not n_configurations or n_pieces < 2:
        raise ValueError(f"criterion of shape {criterion.shape}: must be of a configuration at least, and two pieces")
    return np.array([np.argmax(np.delete(criterion, piece, axis=1).mean(axis=1)) for piece in range(n_pieces)])
