"""The arithmetic of a dictionary: how well its atoms match music at each position, and the music of a code.

``kernel (atom_steps, n_channels, n_atoms)`` holds the atoms, as the weights of a Conv1D and of a Conv1DTranspose do.
Column c of a code stands for atoms that begin at step ``c * stride - (atom_steps - stride)``: the first hang over the
beginning, the last over the end, and every step is reached by ``atom_steps / stride`` columns. Music is cut into blocks
of one stride, so that both directions are a matrix product and a few slices.
"""

from keras import ops


def count_columns(n_steps, atom_steps, stride_steps):
    """Return the number of columns in the code of n steps."""
    return n_steps // stride_steps + atom_steps // stride_steps - 1


def count_steps(n_columns, atom_steps, stride_steps):
    """Return the number of steps of music that have n columns."""
    return (n_columns - atom_steps // stride_steps + 1) * stride_steps


def correlate(steps, kernel, stride_steps):
    """Return the inner product of every atom with the music at every column, ``(batch, n_columns, n_atoms)``.

    Music is ``(batch, n_steps, n_channels)``; the stride divides n_steps and atom_steps.
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
    """Return the music of a code, the sum of its atoms, each at its position; the transpose of `correlate`."""
    atom_steps, n_channels, n_atoms = kernel.shape
    n_blocks = atom_steps // stride_steps
    size = stride_steps * n_channels
    pieces = code @ ops.transpose(ops.reshape(kernel, (atom_steps * n_channels, n_atoms)))  # (batch, n_columns, ...)
    n_complete = ops.shape(code)[1] - n_blocks + 1  # blocks that all their columns overlap
    terms = [
        pieces[:, n_blocks - 1 - block : n_blocks - 1 - block + n_complete, block * size : (block + 1) * size]
        for block in range(n_blocks)
    ]
    return ops.reshape(sum(terms), (-1, n_complete * stride_steps, n_channels))
