"""Pitch curves, and whether frames and notes keep their pitch."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import librosa
import numpy as np

from pipeline.cache import cached
from pipeline.memory import check_memory, half_of_machine_gb
from pipeline.provenance import digest_arrays
from save_dataset.processes import work_cached
from save_dataset.sound.pitch import frame_samples, track_pitch

CACHE = Path("output", "timbre_cache")  # below the root of the repository
FORMAT = 1  # of a cache file: another number, and all are made anew
BYTES = 20  # of each sample of each frame that pYIN looks at: measured
FEW_SOUNDS = 12  # whose pitch is found sooner than a second process starts
ONSET_S = 0.05  # of a note, before its pitch is steady; notes that overlap for no longer sound alone
MIN_NOTE_S = 0.1  # a shorter note, as of a trill, has no frame or one after its onset
MIN_VOICED_FRACTION = 0.5  # of a note whose voicing is not lost


def pitch_curves(
    sounds: Sequence[np.ndarray], cache: Path, settings: Mapping[str, float], progress: str = ""
) -> list[np.ndarray]:
    """Return the pitch curves of sounds; `settings` are the other arguments of `track_pitch`.

    Those that are not in the folder `cache` are made in several processes, with a bar if `progress` is its title.
    ValueError if the longest does not fit into memory.
    """
    rate_hz, hop_samples, lowest_hz = (settings[key] for key in ("sample_rate_hz", "hop_samples", "min_pitch_hz"))
    n_frames = 1 + max(map(len, sounds)) // hop_samples
    n_bytes = BYTES * n_frames * frame_samples(int(rate_hz), lowest_hz)
    hint = "raise it or stft.hop_samples, or use less of the sounds"
    check_memory(f"measures.min_pitch_hz={lowest_hz:g}", n_bytes, hint, half_of_machine_gb())
    how = json.dumps([FORMAT, dict(settings)], sort_keys=True)
    keys = [hashlib.sha256(f"{digest_arrays({'samples': samples})} {how}".encode()).hexdigest() for samples in sounds]
    tasks = {key: (samples, dict(settings)) for key, samples in zip(keys, sounds, strict=True)}
    curves = work_cached(_curve_cached, tasks, cache, few=FEW_SOUNDS, progress=progress)
    return [curves[key]["curve"] for key in keys]


def _curve_cached(cache: Path, key: str, samples: np.ndarray, settings: dict) -> Mapping[str, np.ndarray]:
    return cached(cache, key, lambda: {"curve": track_pitch(samples, **settings)[0]})


def kept_fraction(curve: np.ndarray, source: np.ndarray, max_deviation_cents: float) -> float:
    """Return the fraction of the source's voiced frames that are voiced and at most so far off; NaN if none is voiced.

    Both curves are ``(n_frames,)``.
    """
    voiced = np.isfinite(source)
    cents = 1200 * np.log2(curve[voiced] / source[voiced])
    return float(np.mean(np.abs(cents) <= max_deviation_cents)) if voiced.any() else np.nan


def can_be_measured(starts_s: np.ndarray, ends_s: np.ndarray) -> np.ndarray:
    """Return which notes last for `MIN_NOTE_S` and sound alone, ``(n_notes,)``; overlaps of legato are let pass.

    >>> can_be_measured(np.array([0.0, 1.0, 1.5, 3.0]), np.array([1.04, 2.0, 2.5, 3.05]))
    array([ True, False, False, False])
    """
    overlaps_s = np.minimum(ends_s[:, None], ends_s) - np.maximum(starts_s[:, None], starts_s)
    np.fill_diagonal(overlaps_s, 0)
    return (overlaps_s <= ONSET_S).all(axis=1) & (ends_s - starts_s >= MIN_NOTE_S)


def note_cents(
    curve: np.ndarray, hop_s: float, starts_s: np.ndarray, ends_s: np.ndarray, pitches: np.ndarray
) -> np.ndarray:
    """Return the median deviation of notes from their MIDI pitch, in cents, NaN if voicing is lost, ``(n_notes,)``.

    A note is looked at from `ONSET_S` after its start to its end. Its voicing is lost if less than half of that is
    voiced.
    """
    times_s = hop_s * np.arange(len(curve))
    cents = np.full(len(pitches), np.nan)
    for note, (start_s, end_s) in enumerate(zip(starts_s + ONSET_S, ends_s, strict=True)):
        frames = curve[(times_s >= start_s) & (times_s <= end_s)]
        voiced = frames[np.isfinite(frames)]
        if len(voiced) and len(voiced) >= MIN_VOICED_FRACTION * len(frames):
            cents[note] = 1200 * np.log2(np.median(voiced) / librosa.midi_to_hz(pitches[note]))
    return cents
