"""Constant-Q transforms of sound files and MIDI files, cached.

MIDI is rendered. What a file gives is kept under the digest of its bytes and of how it is transformed; many new files
are transformed in several processes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.cache import cached
from pipeline.memory import check_memory
from pipeline.provenance import digest_file
from save_dataset.files import is_midi
from save_dataset.midi.files import FORMAT as MIDI_FORMAT
from save_dataset.midi.files import read_pretty_midi
from save_dataset.processes import work_cached
from save_dataset.sound.cqt import constant_q
from save_dataset.sound.files import read_sound
from save_dataset.sound.synthesiser import render

CACHE = Path("output", "cqt_cache")  # below the root of the repository
FORMAT = 2  # of a cache file: another number, and all are made anew
FEW_FILES = 8  # transformed sooner than a second process starts
BYTES = 70  # for each bin of each frame, while they are computed: measured
LEAD_IN_FRAME_S = 0.01
LEAD_IN_FRACTION = 0.05  # of the loudest frame, 26 dB below it: finds the first notes of the five JKU pieces to 50 ms


@dataclass(frozen=True)
class TransformedSound:
    """The transform of a sound, ``(n_frames, n_bins)``, and what is known of the sound itself."""

    frames: np.ndarray
    lead_in_s: float
    duration_s: float


def transform_files(
    paths: Sequence[Path], cache: Path, cqt: Mapping[str, Any], *, max_s: float | None = None,
    channel: int | None = None, show_progress: bool = False, n_processes: int | None = None,
) -> list[TransformedSound]:  # fmt: skip
    """Return the transforms of sound and MIDI files in order.

    `cache` is the folder of what was transformed before; what is transformed is added at once. `cqt` is that section of
    the parameters by key. A sound longer than `max_s` is cut to its middle; `channel`, from 1 on, is the only one used.

    Raises
    ------
    FileNotFoundError, ValueError
        If a file is missing, broken, silent or shorter than two frames; the message begins with the file.
    """
    keys = [_cache_key(path, cqt, max_s, channel) for path in paths]
    tasks = {key: (path, dict(cqt), max_s, channel) for path, key in zip(paths, keys, strict=True)}
    progress = "transforming" if show_progress else ""
    sounds = work_cached(_transform, tasks, cache, few=FEW_FILES, n_processes=n_processes, progress=progress)
    return [TransformedSound(**sounds[key]) for key in keys]


def _transform(
    cache: Path, key: str, path: Path, cqt: dict[str, Any], max_s: float | None, channel: int | None
) -> Mapping[str, np.ndarray | float]:
    def make() -> dict[str, np.ndarray | float]:
        rate_hz = cqt["sample_rate_hz"]
        samples = read_samples(path, rate_hz, channel)
        if max_s is not None:
            samples = middle(samples, round(max_s * rate_hz))
        duration_s = len(samples) / rate_hz
        if len(samples) < cqt["hop_samples"]:
            must = f"must be at least cqt.hop_samples={cqt['hop_samples']}"
            raise ValueError(f"{path}: is {duration_s:.3f} s long: {must}")
        n_bytes = BYTES * cqt["n_bins"] * len(samples) / cqt["hop_samples"]
        check_memory(f"{path}: cqt.hop_samples={cqt['hop_samples']}", n_bytes, "raise it, or take fewer cqt.n_bins")
        return {
            "frames": constant_q(samples, **cqt), "lead_in_s": find_lead_in(samples, rate_hz), "duration_s": duration_s
        }  # fmt: skip

    return cached(cache, key, make)


def read_samples(path: Path, sample_rate_hz: int, channel: int | None = None) -> np.ndarray:
    """Return the sound of a file, ``(n_samples,)``; MIDI is rendered, at the tempos it has."""
    if not is_midi(path):
        return read_sound(path, sample_rate_hz=sample_rate_hz, channel=channel)
    midi = read_pretty_midi(path)
    if not any(instrument.notes for instrument in midi.instruments):
        raise ValueError(f"{path}: contains no notes")
    return render(midi, sample_rate_hz=sample_rate_hz)


def middle(samples: np.ndarray, n_samples: int) -> np.ndarray:
    """Return the middle `n_samples` of a sound, all of it if it is no longer.

    >>> middle(np.arange(5), 3), middle(np.arange(5), 9)
    (array([1, 2, 3]), array([0, 1, 2, 3, 4]))
    """
    first = max(0, (len(samples) - n_samples) // 2)
    return samples[first : first + n_samples]


def find_lead_in(samples: np.ndarray, sample_rate_hz: int) -> float:
    """Seconds before the first short frame whose RMS is above a fraction of the loudest's; 0 in silence."""
    n = max(1, round(LEAD_IN_FRAME_S * sample_rate_hz))
    frames = np.pad(samples, (0, -len(samples) % n)).reshape(-1, n).astype(float)
    rms = np.sqrt(np.mean(np.square(frames), axis=1))
    return int(np.argmax(rms > LEAD_IN_FRACTION * rms.max(initial=0))) * n / sample_rate_hz


def _cache_key(path: Path, cqt: Mapping[str, Any], max_s: float | None, channel: int | None) -> str:
    midi_format = is_midi(path) and MIDI_FORMAT
    how = json.dumps([FORMAT, midi_format, max_s, channel, dict(cqt)], sort_keys=True)
    return hashlib.sha256(f"{digest_file(path)} {how}".encode()).hexdigest()
