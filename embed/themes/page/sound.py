"""The sound of a piece as the theme page carries it, and its waveform."""

import base64
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from embed.pages.mp3 import encode_sound
from save_dataset.themes.transforms import read_samples

RATE_HZ = 32000  # of those at which decoders take off what the encoder added (see embed.pages.mp3) the lowest
COMPRESSION = 0.88  # of libsndfile, 0 to 1: 64 kbit/s at 32 kHz, so that five minutes stay below 5 MB
PIECES_KEPT = 32  # encoding takes most of the time, and all runs have the same pieces
MAX_COLUMNS = 1600  # more than pixels of the waveform on most screens
MAX_BYTE = 127


@dataclass(frozen=True)
class SoundOfPiece:
    """What a page needs.

    Attributes
    ----------
    mp3 : bytes
        The sound.
    duration_s : float
        Its length.
    waveform : str
        As `pack_waveform` gives it.
    """

    mp3: bytes
    duration_s: float
    waveform: str


def read_piece(path: Path) -> SoundOfPiece:
    """The sound of a recording, or of a MIDI file; FileNotFoundError if it is no longer there."""
    if not path.is_file():
        raise FileNotFoundError(
            f"{path}: is no longer there, and pages hold the sound; put it back or run step 1 again"
        )
    return _encode_file(path, path.stat().st_mtime_ns)


@lru_cache(PIECES_KEPT)
def _encode_file(path: Path, changed_ns: int) -> SoundOfPiece:
    """The sound of a file as it was when it was last changed."""
    samples = read_samples(path, RATE_HZ)
    mp3 = encode_sound(samples, RATE_HZ, compression=COMPRESSION)
    return SoundOfPiece(mp3, len(samples) / RATE_HZ, pack_waveform(samples))


def pack_waveform(samples: np.ndarray) -> str:
    """Pairs of least and largest sample, in 127ths of the largest of all, column after column, base64."""
    n_columns = min(len(samples), MAX_COLUMNS)
    firsts = np.arange(n_columns) * len(samples) // n_columns
    peaks = np.stack([reduce.reduceat(samples, firsts) for reduce in (np.minimum, np.maximum)], axis=1)
    whole = np.round(MAX_BYTE * peaks / max(np.abs(peaks).max(), 1e-9)).astype(np.int8)  # (n_columns, 2)
    return base64.b64encode(whole.tobytes()).decode()
