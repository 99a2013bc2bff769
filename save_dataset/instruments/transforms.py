"""The features of clips, computed in several processes and cached; scattering, which TensorFlow computes, in this one.

What is transformed is a *batch*: some clips that belong together, those of a file for example, made by a function when
they are needed. They are cached under a key that says what they are made from, and how.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from pipeline.cache import cached, read_cached
from save_dataset.instruments.features import bag_of_features, log_cqt, mfcc_statistics
from save_dataset.processes import work

FORMAT = 1  # of a cache file: another number, and all are made anew
TRANSFORMED_BATCHES = 8  # at once
FEW_TASKS = 1  # done sooner than a second process starts
SCATTERED_CLIPS = 256  # in one call, which builds its filters anew
Make = Callable[[], tuple[np.ndarray, np.ndarray]]  # gives clips, and how many samples of each are sound
Arrays = Mapping[str, Any]


def key_of(*what: Any) -> str:
    """Return a key of the cache for what arrays are made from, values that JSON can write."""
    return hashlib.sha256(json.dumps([FORMAT, *what], sort_keys=True).encode()).hexdigest()


def transform_all(
    batches: Mapping[str, Make], cqt: Mapping[str, Any], cache: Path, progress: str = ""
) -> dict[str, Arrays]:
    """Return `cqt`, `mfcc`, `bag` and `n_samples` of the clips of each batch by its key.

    `cqt` are the arguments of `log_cqt`. A batch that cannot be made has `broken` instead, which says why.
    """
    done = {key: arrays for key in batches if (arrays := read_cached(cache, key)) is not None}
    new = [key for key in batches if key not in done]
    some = [new[start : start + TRANSFORMED_BATCHES] for start in range(0, len(new), TRANSFORMED_BATCHES)]
    tasks = {keys[0]: (cache, {key: batches[key] for key in keys}, dict(cqt)) for keys in some}
    with tqdm(desc=progress, total=len(new), unit="file", disable=not (progress and new)) as bar:
        for _, transformed in work(_transform_some, tasks, few=FEW_TASKS):
            done |= transformed
            bar.update(len(transformed))
    return done


def _transform_some(cache: Path, batches: Mapping[str, Make], cqt: Mapping[str, Any]) -> dict[str, Arrays]:
    """Return the features of batches by key: transformed together, as filters take longer to make than to use."""
    made: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    done: dict[str, Arrays] = {}
    for key, make in batches.items():
        try:
            made[key] = make()
        except (ValueError, OSError) as error:
            done[key] = {"broken": str(error)}
    if made:
        clips, n_samples = map(np.concatenate, zip(*made.values(), strict=True))
        parts = split(transform(clips, n_samples, cqt), {key: len(of_batch) for key, (of_batch, _) in made.items()})
        done |= {key: cached(cache, key, arrays.copy) for key, arrays in parts.items()}
    return done


def split(arrays: Mapping[str, np.ndarray], n_clips: Mapping[str, int]) -> dict[str, dict[str, np.ndarray]]:
    """Return the arrays of each batch by its key from those of all, whose first axis is that of clips, in order.

    >>> split({"a": np.array([1, 2, 3])}, {"first": 1, "second": 2})
    {'first': {'a': array([1])}, 'second': {'a': array([2, 3])}}
    """
    ends = np.cumsum([*n_clips.values()]).tolist()
    return {
        key: {name: array[end - n_clips[key] : end] for name, array in arrays.items()}
        for key, end in zip(n_clips, ends, strict=True)
    }


def transform(clips: np.ndarray, n_samples: np.ndarray, cqt: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the features of clips, ``(n_clips, clip_samples)``, all but scattering.

    Silence after the `n_samples` of a clip that are sound is part of the constant-Q transform only.
    """
    sounds, rate_hz = [clip[:n] for clip, n in zip(clips, n_samples, strict=True)], cqt["sample_rate_hz"]
    return {
        "cqt": log_cqt(clips, **cqt),
        "mfcc": np.stack([mfcc_statistics(sound, rate_hz) for sound in sounds]),
        "bag": np.stack([bag_of_features(sound, rate_hz) for sound in sounds]),
        "n_samples": n_samples,
    }


def scatter_all(
    batches: Mapping[str, Make], kinds: Sequence[str], sample_rate_hz: int, cache: Path, progress: str = ""
) -> dict[str, Arrays]:
    """Return the scattering of these kinds, ``(n_clips, n_paths)`` each, of the clips of each batch by its key."""
    keys = {key: key_of(key, list(kinds)) for key in batches}
    done = {key: arrays for key, of in keys.items() if (arrays := read_cached(cache, of)) is not None}
    new = [key for key in batches if key not in done]
    waiting: dict[str, np.ndarray] = {}
    for key in tqdm(new, progress, unit="batch", disable=not (progress and new)):
        waiting[key] = batches[key]()[0]
        if key == new[-1] or sum(map(len, waiting.values())) >= SCATTERED_CLIPS:
            scattered = _scatter(waiting, kinds, sample_rate_hz)
            done |= {of: cached(cache, keys[of], arrays.copy) for of, arrays in scattered.items()}
            waiting = {}
    return done


def _scatter(clips: Mapping[str, np.ndarray], kinds: Sequence[str], sample_rate_hz: int) -> dict[str, dict]:
    """Return the scattering of batches by key, computed together."""
    from models.scattering import scattering_features  # imports TensorFlow, which the other features do without

    together = np.concatenate([*clips.values()])
    features = scattering_features(together, sample_rate_hz=sample_rate_hz, kinds=kinds)
    return split(features, {key: len(of_batch) for key, of_batch in clips.items()})
