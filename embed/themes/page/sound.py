"""The sound of a piece as the theme page carries it, and its waveform."""

import base64
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from embed.pages.mp3 import encode_sound
from save_dataset.themes.transforms import read_samples

RATE_HZ = 32000
BITS_PER_S = 64_000  # so that five minutes stay below 5 MB
PIECES_KEPT = 32  # encoding takes most of the time, and all runs have the same pieces
MAX_COLUMNS = 1600  # more than pixels of the waveform on most screens
MAX_BYTE = 127


class PieceSound(NamedTuple):
    """The sound of a piece, its duration, and its waveform as `pack_waveform` returns it."""

    mp3: bytes
    duration_s: float
    waveform: str


def read_piece(path: Path, channel: int | None = None) -> PieceSound:
    """Return the sound of a recording, or of a MIDI file; FileNotFoundError if the file no longer exists."""
    if not path.is_file():
        raise FileNotFoundError(
            f"{path}: no longer exists, and pages contain the sound; put it back or run step 1 again"
        )
    return _encode_file(path, channel, path.stat().st_mtime_ns)


@lru_cache(PIECES_KEPT)
def _encode_file(path: Path, channel: int | None, changed_ns: int) -> PieceSound:
    """Return the sound of a file as it was when it was last changed."""
    samples = read_samples(path, RATE_HZ, channel)
    mp3 = encode_sound(samples, RATE_HZ, bits_per_s=BITS_PER_S)
    return PieceSound(mp3, len(samples) / RATE_HZ, pack_waveform(samples))


def pack_waveform(samples: np.ndarray) -> str:
    """Return pairs of minimum and maximum of each column, in 127ths of the largest of all, base64."""
    n_columns = min(len(samples), MAX_COLUMNS)
    firsts = np.arange(n_columns) * len(samples) // n_columns
    peaks = np.stack([reduce.reduceat(samples, firsts) for reduce in (np.minimum, np.maximum)], axis=1)
    integers = np.round(MAX_BYTE * peaks / max(np.abs(peaks).max(), 1e-9)).astype(np.int8)  # (n_columns, 2)
    return base64.b64encode(integers.tobytes()).decode()
