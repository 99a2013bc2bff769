"""Music of cells that are on or off, a bit each: a thirty-second of the memory of floats, unpacked where it is read."""

import numpy as np


class PackedSteps:
    """Steps ``(n_steps, n_channels)`` that are read by their first axis as float32.

    Parameters
    ----------
    packed : np.ndarray (n_steps, n_bytes)
        uint8, as from `pack`.
    levels : np.ndarray (n_channels,)
        Value of a cell of each channel that is on; off it is 0.
    """

    def __init__(self, packed: np.ndarray, levels: np.ndarray):
        self.packed, self.levels = packed, np.asarray(levels, np.float32)
        self.shape = (len(packed), len(levels))

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, steps: slice | np.ndarray) -> np.ndarray:
        bits = np.unpackbits(self.packed[steps], axis=-1, count=self.shape[1])
        return bits * self.levels

    def __array__(self, dtype: np.dtype | None = None, copy: bool | None = None) -> np.ndarray:
        return self[:].astype(dtype or np.float32)


Steps = np.ndarray | PackedSteps


def pack(steps: np.ndarray) -> np.ndarray:
    """Return which cells of ``(n_steps, n_channels)`` are on, as bits, ``(n_steps, ceil(n_channels / 8))`` uint8."""
    return np.packbits(steps > 0, axis=-1)
