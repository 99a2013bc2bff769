"""What is checked of every sound that is read, target or source, and what is said of its sample rate."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from save_dataset.files import name_some
from save_dataset.sound.decoding import decode

SILENT_PEAK = 1e-4  # -80 dB


def check_sound(path: Path, samples: np.ndarray, use: str = "used") -> None:
    """Raise a ValueError if a part of a file, which is used so, is silent."""
    peak = np.abs(samples).max()
    if peak < SILENT_PEAK:
        raise ValueError(f"{path}: the part that is {use} is silent: its peak is {peak:.1g}, below {SILENT_PEAK:g}")


def print_resampled(paths: Iterable[Path], sample_rate_hz: int) -> None:
    """Print which files have another sample rate, if any have."""
    other = [f"{path.name}: {rate_hz}" for path in paths if (rate_hz := next(decode(path))[0]) != sample_rate_hz]
    if other:
        print(f"resampled to {sample_rate_hz} Hz: {len(other)} files ({name_some(other)})")
