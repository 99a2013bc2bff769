"""Phases that fit magnitudes, found fast: frames in single precision, on a line of silence or on a circle.

Frames are centred at multiples of the hop, the first on the first sample. The hop divides the window, so that adding
frames is adding blocks of a hop. Around a sound is silence, or, if it is a loop, the sound itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
import scipy.fft
import scipy.signal

SAMPLES_AT_ONCE = 2**17


@dataclass(frozen=True)
class Framing:
    """How sounds become frames and come back; any axes may come before those of samples and of frames."""

    n_frames: int
    window_samples: int = 1024
    hop_samples: int = 256
    window: str = "hann"  # as `scipy.signal.get_window` knows it, periodic
    loop: bool = False
    length: int | None = None  # of the sound, at most and by default a hop for each frame, if it is no loop

    @property
    def n_samples(self) -> int:
        """Length of the sound."""
        return self.n_frames * self.hop_samples if self.length is None else self.length

    def transform(self, samples: np.ndarray) -> np.ndarray:
        """Return the frames of sounds ``(..., n_samples)``, complex64 ``(..., n_frames, window_samples // 2 + 1)``."""
        return np.concatenate(list(self.cut(samples)), axis=-2)

    def inverse(self, frames: np.ndarray) -> np.ndarray:
        """Return the sounds whose frames are nearest to these, ``(..., n_samples)``: of `transform`, its own."""
        return self.join(frames[..., piece, :] for piece in self.pieces)

    @cached_property
    def pieces(self) -> list[slice]:
        """Frames that are worked on at once: such as fit the cache, which doubles the speed of a long sound."""
        size = max(SAMPLES_AT_ONCE // self.window_samples, 1)
        return [slice(first, min(first + size, self.n_frames)) for first in range(0, self.n_frames, size)]

    def cut(self, samples: np.ndarray) -> Iterator[np.ndarray]:
        """Yield the frames of sounds, some at a time as `pieces` says."""
        before = self.window_samples // 2
        after = (self.n_frames - 1) * self.hop_samples + before - self.n_samples
        around = [(0, 0)] * (samples.ndim - 1) + [(before, after)]
        padded = np.pad(samples.astype(np.float32, copy=False), around, mode="wrap" if self.loop else "constant")
        views = np.lib.stride_tricks.sliding_window_view(padded, self.window_samples, axis=-1)
        views = views[..., :: self.hop_samples, :]
        for piece in self.pieces:
            yield scipy.fft.rfft(views[..., piece, :] * self._taper, axis=-1, overwrite_x=True)

    def join(self, parts: Iterable[np.ndarray]) -> np.ndarray:
        """Return the sounds of frames that come as `cut` yields them."""
        cut = (scipy.fft.irfft(part, n=self.window_samples, axis=-1) * self._taper for part in parts)
        return self._add(cut) * self._scale

    @cached_property
    def _taper(self) -> np.ndarray:
        return scipy.signal.get_window(self.window, self.window_samples).astype(np.float32)

    @cached_property
    def _scale(self) -> np.ndarray:
        """What frames that are windowed twice are multiplied by."""
        squares = self._taper**2
        return 1 / self._add(np.tile(squares, (piece.stop - piece.start, 1)) for piece in self.pieces)

    def _add(self, parts: Iterable[np.ndarray]) -> np.ndarray:
        """Return the sum of frames where they overlap, without what surrounds the sound."""
        hop, per_window = self.hop_samples, self.window_samples // self.hop_samples
        sums = np.zeros(0)
        for piece, part in zip(self.pieces, parts, strict=True):
            if piece.start == 0:
                sums = np.zeros((*part.shape[:-2], self.n_frames + per_window - 1, hop), np.float32)
            blocks = part.reshape(*part.shape[:-1], per_window, hop)
            for index in range(per_window):
                sums[..., piece.start + index : piece.stop + index, :] += blocks[..., index, :]
        if self.loop:
            sums[..., : per_window - 1, :] += sums[..., self.n_frames :, :]
            sums[..., self.n_frames :, :] = sums[..., : per_window - 1, :]
        start = self.window_samples // 2
        return sums.reshape(*sums.shape[:-2], -1)[..., start : start + self.n_samples]


def griffin_lim(
    magnitudes: np.ndarray, phases: np.ndarray, framing: Framing, *, n_iterations: int = 32, momentum: float = 0.99
) -> np.ndarray:
    """Return the sound whose transform has nearly these magnitudes, found from given phases on; see `iterate`."""
    return next(islice(iterate(magnitudes, phases, framing, momentum=momentum), n_iterations, None))


def iterate(
    magnitudes: np.ndarray, phases: np.ndarray, framing: Framing, *, momentum: float = 0.99
) -> Iterator[np.ndarray]:
    """Yield the sound after no iteration, after one, after two and so on, without end.

    It begins at phases in radians, of the shape of the magnitudes, ``(..., n_frames, window_samples // 2 + 1)``. With
    a momentum of 0 it is Griffin and Lim's algorithm; else the fast one, whose next frames have the phases of
    ``c[n] + momentum * (c[n] - c[n - 1])``, c being transforms of sounds; librosa's momentum means the same.

    References
    ----------
    D. Griffin and J. Lim, "Signal estimation from modified short-time Fourier transform", IEEE TASSP 32, 1984;
    N. Perraudin, P. Balazs and P. Sondergaard, "A fast Griffin-Lim algorithm", WASPAA 2013.
    """
    magnitudes = magnitudes.astype(np.float32, copy=False)
    frames = np.empty(magnitudes.shape, np.complex64)
    frames.real, frames.imag = magnitudes * np.cos(phases), magnitudes * np.sin(phases)
    before = np.zeros_like(frames)
    samples = framing.inverse(frames)
    while True:
        yield samples
        samples = framing.join(_ahead(samples, before, magnitudes, framing, momentum))


def _ahead(
    samples: np.ndarray, before: np.ndarray, magnitudes: np.ndarray, framing: Framing, momentum: float
) -> Iterator[np.ndarray]:
    """Yield the next frames, some at a time; in place of those before come those of the sound."""
    weight = np.float32(momentum / (1 + momentum))
    for piece, consistent in zip(framing.pieces, framing.cut(samples), strict=True):
        ahead = consistent - weight * before[..., piece, :]
        before[..., piece, :] = consistent
        ahead *= magnitudes[..., piece, :] / np.maximum(np.abs(ahead), 1e-20)  # of silence 0
        yield ahead
