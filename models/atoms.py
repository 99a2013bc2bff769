"""A dictionary as arithmetic: where its atoms fit into music, and the music that a code of them gives.

``kernel (atom_steps, n_channels, n_atoms)`` holds the atoms, as the weights of a Conv1D and of a Conv1DTranspose do.
Column c of a code stands for atoms that begin at step ``c * stride - (atom_steps - stride)``: the first hang over the
beginning, the last over the end, and every step is reached by ``atom_steps / stride`` columns. Music is cut into blocks
of one stride, so that both directions are a matrix product and a few slices.
"""

from keras import ops


def count_columns(n_steps, atom_steps, stride_steps):
    """Columns of the code of so many steps."""
    return n_steps // stride_steps + atom_steps // stride_steps - 1


def count_steps(n_columns, atom_steps, stride_steps):
    """Steps of music that have so many columns."""
    return (n_columns - atom_steps // stride_steps + 1) * stride_steps


def correlate(steps, kernel, stride_steps):
    """Inner product of every atom with the music at every column.

    Parameters
    ----------
    steps : tensor (batch, n_steps, n_channels)
        Music; n_steps is a multiple of the stride.
    kernel : tensor (atom_steps, n_channels, n_atoms)
        The atoms.
    stride_steps : int
        Steps from column to column; it divides atom_steps.

    Returns
    -------
    tensor (batch, n_columns, n_atoms)
    """
    atom_steps, n_channels, n_atoms = kernel.shape
    n_blocks = atom_steps // stride_steps
    overhang = atom_steps - stride_steps
    padded = ops.pad(steps, ((0, 0), (overhang, overhang), (0, 0)))
    blocks = ops.reshape(padded, (-1, ops.shape(padded)[1] // stride_steps, stride_steps * n_channels))
    n_columns = ops.shape(blocks)[1] - n_blocks + 1
    pieces = ops.concatenate([blocks[:, block : block + n_columns] for block in range(n_blocks)], axis=-1)
    return pieces @ ops.reshape(kernel, (atom_steps * n_channels, n_atoms))


def synthesize(code, kernel, stride_steps):
    """Sum of the atoms of a code, each at its place; the transpose of `correlate`.

    Parameters
    ----------
    code : tensor (batch, n_columns, n_atoms)
        Activities.
    kernel, stride_steps
        As in `correlate`.

    Returns
    -------
    tensor (batch, n_steps, n_channels)
    """
    atom_steps, n_channels, n_atoms = kernel.shape
    n_blocks = atom_steps // stride_steps
    size = stride_steps * n_channels
    pieces = code @ ops.transpose(ops.reshape(kernel, (atom_steps * n_channels, n_atoms)))  # (batch, n_columns, ...)
    n_whole = ops.shape(code)[1] - n_blocks + 1  # blocks that all their columns reach
    whole = [
        pieces[:, n_blocks - 1 - block : n_blocks - 1 - block + n_whole, block * size : (block + 1) * size]
        for block in range(n_blocks)
    ]
    return ops.reshape(sum(whole), (-1, n_whole * stride_steps, n_channels))
