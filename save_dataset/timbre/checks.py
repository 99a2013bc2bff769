"""What is checked of every sound that is read, target or source, and what is said of its sample rate."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from pipeline.memory import check_memory, half_of_machine_gb
from pipeline.sections.timbre import ShortTimeFourier
from save_dataset.files import name_some
from save_dataset.sound.decoding import decode

SILENT_PEAK = 1e-4  # -80 dB
BYTES = 48  # of each bin of each frame: a complex number, six of which are there while sounds are transformed


def check_sound(path: Path, samples: np.ndarray, use: str = "used") -> None:
    """Raise a ValueError if a part of a file, which is used so, is silent."""
    peak = np.abs(samples).max()
    if peak < SILENT_PEAK:
        raise ValueError(f"{path}: the part that is {use} is silent: its peak is {peak:.1g}, below {SILENT_PEAK:g}")


def check_frames(n_samples: int, section: ShortTimeFourier, key: str) -> None:
    """Raise a ValueError if the frames of a sound, of which the key says how much is used, do not fit into memory."""
    n_values = (1 + n_samples // section.hop_samples) * (1 + section.window_samples // 2)
    hint = f"raise it, or lower {key} or stft.window_samples"
    check_memory(f"stft.hop_samples={section.hop_samples}", BYTES * n_values, hint, half_of_machine_gb())


def print_resampled(paths: Iterable[Path], sample_rate_hz: int) -> None:
    """Print which files have another sample rate, if any have."""
    other = [f"{path.name}: {rate_hz}" for path in paths if (rate_hz := next(decode(path))[0]) != sample_rate_hz]
    if other:
        print(f"resampled to {sample_rate_hz} Hz: {len(other)} files ({name_some(other)})")
