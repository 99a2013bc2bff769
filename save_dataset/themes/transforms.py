"""Constant-Q transforms of sound files and MIDI files, cached.

MIDI is rendered. What a file gives is kept under the digest of its bytes and of how it is transformed; many new files
are transformed in several processes.
"""

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pretty_midi
from tqdm import tqdm

from pipeline.atomic_write import atomic_write
from save_dataset.midi.files import read_midi
from save_dataset.processes import work
from save_dataset.sound.cqt import constant_q
from save_dataset.sound.files import read_sound
from save_dataset.sound.synthesiser import render

CACHE = Path("output", "cqt_cache")  # below the root of the repository
FORMAT = 1  # of a cache file: another number, and all are made anew
FEW_FILES = 8  # transformed sooner than a second process starts
MIDI_ENDINGS = (".mid", ".midi")
LEAD_IN_FRAME_S = 0.01
LEAD_IN_SHARE = 0.05  # of the loudest frame, 26 dB below it: finds the first notes of the five JKU pieces to 50 ms


@dataclass(frozen=True)
class TransformedSound:
    """The transform of a sound, ``(n_frames, n_bins)``, and what is known of the sound itself."""

    frames: np.ndarray
    lead_in_s: float
    duration_s: float


def transform_files(
    paths: Sequence[Path], cache: Path, cqt: Mapping[str, Any], *, longest_s: float | None = None,
    show_progress: bool = False, n_processes: int | None = None,
) -> list[TransformedSound]:  # fmt: skip
    """The transforms of files in order.

    Parameters
    ----------
    paths : sequence of Path
        Sound or MIDI files.
    cache : Path
        Folder of what was transformed before; what is transformed is added at once.
    cqt : mapping
        The section `cqt` of the parameters by key.
    longest_s : float
        A longer sound is cut to its middle; None: to no length.
    n_processes : int
        How many transform; None: a process for each core. A few files are transformed in this one.

    Raises
    ------
    FileNotFoundError, ValueError
        If a file is missing, broken, silent or shorter than two frames; the message begins with the file.
    """
    keys = [_cache_key(path, cqt, longest_s) for path in paths]
    known = {key: sound for key in set(keys) if (sound := read_cached(cache / f"{key}.npz"))}
    tasks = {key: (path, cache / f"{key}.npz", dict(cqt), longest_s) for path, key in zip(paths, keys, strict=True)}
    new = {key: task for key, task in tasks.items() if key not in known}
    results = work(_transform_to_cache, new, few=FEW_FILES, n_processes=n_processes)
    known |= tqdm(results, "transforming", len(new), unit="file", disable=not (show_progress and new))
    return [known[key] for key in keys]


def _transform_to_cache(path: Path, cached: Path, cqt: dict[str, Any], longest_s: float | None) -> TransformedSound:
    """The transform of a file, which is cached."""
    samples = read_samples(path, cqt["sample_rate_hz"])
    if longest_s is not None:
        samples = middle(samples, round(longest_s * cqt["sample_rate_hz"]))
    duration_s = len(samples) / cqt["sample_rate_hz"]
    if len(samples) < cqt["hop_samples"]:
        raise ValueError(f"{path}: is {duration_s:.3f} s long: must be at least cqt.hop_samples={cqt['hop_samples']}")
    sound = TransformedSound(constant_q(samples, **cqt), find_lead_in(samples, cqt["sample_rate_hz"]), duration_s)
    with atomic_write(cached) as temporary:
        np.savez(temporary, allow_pickle=False, **asdict(sound))
    return sound


def read_samples(path: Path, sample_rate_hz: int) -> np.ndarray:
    """The sound of a file, ``(n_samples,)``; MIDI is rendered, at the tempos it has."""
    if path.suffix.lower() not in MIDI_ENDINGS:
        return read_sound(path, sample_rate_hz=sample_rate_hz)
    if not len(read_midi(path).pitches):  # which says what is wrong with a broken one
        raise ValueError(f"{path}: contains no notes")
    return render(pretty_midi.PrettyMIDI(str(path)), sample_rate_hz=sample_rate_hz)


def middle(samples: np.ndarray, n_samples: int) -> np.ndarray:
    """The middle of a sound that is longer than so many samples, else all of it."""
    first = max(0, (len(samples) - n_samples) // 2)
    return samples[first : first + n_samples]


def find_lead_in(samples: np.ndarray, sample_rate_hz: int) -> float:
    """Seconds before the first short frame whose root mean square is above a share of the loudest's; 0 in silence.

    Parameters
    ----------
    samples : np.ndarray (n_samples,)
        Mono sound.
    sample_rate_hz : int
        Its rate.
    """
    n = max(1, round(LEAD_IN_FRAME_S * sample_rate_hz))
    frames = np.pad(samples, (0, -len(samples) % n)).reshape(-1, n).astype(float)
    rms = np.sqrt(np.mean(np.square(frames), axis=1))
    return int(np.argmax(rms > LEAD_IN_SHARE * rms.max(initial=0))) * n / sample_rate_hz


def _cache_key(path: Path, cqt: Mapping[str, Any], longest_s: float | None) -> str:
    """Digest of the bytes of a file and of how it is transformed."""
    digest = digest_of(path)
    how = json.dumps([FORMAT, path.suffix.lower() in MIDI_ENDINGS, longest_s, dict(cqt)], sort_keys=True)
    return hashlib.sha256(f"{digest} {how}".encode()).hexdigest()


def digest_of(path: Path) -> str:
    """SHA-256 of the bytes of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_cached(path: Path) -> TransformedSound | None:
    """The transform that is kept; None if there is none, or it is broken."""
    try:
        with np.load(path, allow_pickle=False) as members:
            return TransformedSound(members["frames"], float(members["lead_in_s"]), float(members["duration_s"]))
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        return None
