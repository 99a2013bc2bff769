"""The frames of a film in a file next to its result, read where they are needed: a film of any length fits.

The file is a plain ``.npy``, so that ``np.load(path, mmap_mode="r")`` opens it too; the result has its digest.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from pipeline import results
from pipeline.atomic_write import atomic_write
from pipeline.parameters import ROOT
from pipeline.provenance import digest_file
from pipeline.sections.trajectory_study import TrajectoryParameters

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
        self.shape = (min(n_frames, n_frames if end is None else end) - first, *size)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, frames: slice) -> np.ndarray:
        return self.read(np.arange(len(self))[frames]) / np.float32(HIGHEST)

    def read(self, indices: np.ndarray) -> np.ndarray:
        """Return frames by their indices, of 8 bits, in the shape of the indices and then height and width."""
        return np.asarray(np.load(self.path, mmap_mode="r")[self.first + np.asarray(indices)])

    def part(self, first: int, end: int) -> "StoredFrames":
        """Return the frames from the first to before the end."""
        return StoredFrames(self.path, self.first + first, self.first + end)


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


def frames_path(parameters: TrajectoryParameters, root: Path = ROOT) -> Path:
    """Return where the frames of a film lie: next to its result."""
    return results.path_of(parameters, parameters.SERIES, root).with_name("frames.npy")


def load_series(parameters: TrajectoryParameters, root: Path = ROOT) -> dict:
    """Return the spectrogram or film that is embedded, as `results.load` does, with the ``frames`` of a film.

    Raises
    ------
    FileNotFoundError, ValueError
        As `results.load` does; also if the frames of a film are missing, or others than it was saved with.
    """
    series = results.load(parameters, parameters.SERIES, root)
    if "frames" in series:
        return series
    path, hint = frames_path(parameters, root), results.hint(parameters, parameters.SERIES)
    if not path.is_file():
        raise FileNotFoundError(f"{results.display_path(path, root)}: does not exist; {hint}")
    if digest_file(path) != str(series["frames_digest"]):
        raise ValueError(f"{results.display_path(path, root)}: is not what step 1 wrote; {hint}")
    return series | {"frames": StoredFrames(path)}
