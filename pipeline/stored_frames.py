"""The frames of a film in a file next to its result, read where they are needed: a film of any length fits.

The file is a plain ``.npy``, so that ``np.load(path, mmap_mode="r")`` opens it too; the result has its digest.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from pipeline.atomic_write import atomic_write
from pipeline.provenance import digest_file

HIGHEST = 255  # of 8 bits


class StoredFrames:
    """Frames ``(n_frames, height, width)`` of 8 bits in a ``.npy`` file, of which a slice is read as floats in [0, 1].

    Each time the file is mapped anew: what was read before takes no memory.

    Parameters
    ----------
    path : Path
        The file.
    first, end : int, int or None
        The part of it that these are.
    """

    def __init__(self, path: Path, first: int = 0, end: int | None = None):
        self.path, self.first = path, first
        n_frames, *size = np.load(path, mmap_mode="r").shape
        self.shape = ((n_frames if end is None else end) - first, *size)

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def __getitem__(self, frames: slice) -> np.ndarray:
        return self.read(np.arange(len(self))[frames]) / np.float32(HIGHEST)

    def read(self, indices: np.ndarray) -> np.ndarray:
        """Return frames by their indices, of 8 bits, in the shape of the indices and then height and width."""
        return np.asarray(np.load(self.path, mmap_mode="r")[self.first + np.asarray(indices)])


Frames = np.ndarray | StoredFrames


def part_of(frames: Frames, first: int, end: int) -> Frames:
    """Return the frames from the first to before the end; of those that are stored, without reading any."""
    if isinstance(frames, StoredFrames):
        return StoredFrames(frames.path, frames.first + first, frames.first + end)
    return frames[first:end]


def identity_of(frames: Frames) -> list[np.ndarray]:
    """Return arrays that are other ones for other frames: the frames, or the digest of the file they are stored in."""
    return [np.array(digest_file(frames.path)) if isinstance(frames, StoredFrames) else frames]


class FrameWriter:
    """Writes frames ``(height, width)`` of 8 bits one after the other into a ``.npy`` file; counts them."""

    def __init__(self, file: BinaryIO):
        self.file, self.n_frames, self.size = file, 0, (0, 0)

    def add(self, frame: np.ndarray) -> None:
        """Append a frame."""
        if not self.n_frames:
            self.size = frame.shape
            self._write_header()
        self.file.write(np.ascontiguousarray(frame).data)
        self.n_frames += 1

    def finish(self) -> None:
        """Write the number of frames into the header, which NumPy leaves room for."""
        self.file.seek(0)
        self._write_header()

    def _write_header(self) -> None:
        description = {"descr": "|u1", "fortran_order": False, "shape": (self.n_frames, *self.size)}
        np.lib.format.write_array_header_1_0(self.file, description)


@contextmanager
def write_frames(path: Path) -> Iterator[FrameWriter]:
    """A writer of frames; the file is written completely or not at all."""
    with atomic_write(path) as temporary, temporary.open("wb") as file:
        writer = FrameWriter(file)
        yield writer
        writer.finish()
