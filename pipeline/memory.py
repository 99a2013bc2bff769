"""Memory that parameters ask for: estimated before it is taken, and refused by the key that asks for too much."""

import math
import os

MAX_GB = 1.5  # of arrays; with TensorFlow, and what is read, a step stays below 2 GB


def machine_gb() -> float:
    """Return the memory of the machine, 0 where it is not told."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9 if hasattr(os, "sysconf") else 0.0


def half_of_machine_gb() -> float:
    """Return what a training may take: half of the memory of the machine, or `MAX_GB` if that is more."""
    return max(MAX_GB, machine_gb() / 2)


def check_memory(asked: str, n_bytes: float, hint: str, max_gb: float = MAX_GB) -> None:
    """Raise a ValueError if what is asked for, a key and its value, would need more than `max_gb`.

    >>> check_memory("training.batch_pairs=9", 4e9, "take fewer")
    Traceback (most recent call last):
    ValueError: training.batch_pairs=9: would need 4.0 GB of memory, more than 1.5 GB; take fewer
    """
    if n_bytes > max_gb * 1e9:
        raise ValueError(f"{asked}: would need {n_bytes / 1e9:.1f} GB of memory, more than {max_gb:.1f} GB; {hint}")


def cqt_filter_samples(longest: float, hop_samples: int) -> int:
    """Return how long the filters of librosa's constant-Q transform are, whose longest is so many samples.

    Low ones are made for a sample rate that is halved as often as the hop can be; a length is a power of 2.

    >>> cqt_filter_samples(20_000, 512), cqt_filter_samples(20_000, 511)
    (64, 32768)
    """
    halved = hop_samples & -hop_samples  # the largest power of 2 that divides it
    return 2 ** math.ceil(math.log2(longest / halved))
