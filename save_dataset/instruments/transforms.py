"""The features of clips, computed in several processes and cached; scattering, which TensorFlow computes, in this one.

What is transformed is a *batch*: some clips that belong together, those of a file for example, made by a function when
they are needed. They are cached under a key that says what they are made from, and how.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
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
SCATTERED_CLIPS = 256  # in one call
Make = Callable[[], tuple[np.ndarray, np.ndarray]]  # gives clips, and how many samples of each are sound
Arrays = Mapping[str, Any]
Transformed = tuple[dict[str, Arrays], dict[str, np.ndarray]]  # features of batches, and their clips, by key


def key_of(*what: Any) -> str:
    """Return a key of the cache for what arrays are made from, values that JSON can write."""
    return hashlib.sha256(json.dumps([FORMAT, *what], sort_keys=True).encode()).hexdigest()


def compute_all(
    batches: Mapping[str, Make], cqt: Mapping[str, Any], kinds: Sequence[str], cache: Path, progress: str = ""
) -> dict[str, dict[str, Any]]:
    """Return `cqt`, `mfcc`, `bag`, `n_samples` and scattering of these kinds of the clips of each batch by its key.

    `cqt` are the arguments of `log_cqt`. A batch that cannot be made has `broken` instead, which says why. Each is made
    once: what comes from the processes that transform it is scattered here, and then forgotten.
    """
    done = {key: arrays for key in batches if (arrays := _read_all(cache, key, kinds)) is not None}
    new = [key for key in batches if key not in done]
    some = [new[start : start + TRANSFORMED_BATCHES] for start in range(0, len(new), TRANSFORMED_BATCHES)]
    tasks = {keys[0]: (cache, {key: batches[key] for key in keys}, dict(cqt), bool(kinds)) for keys in some}
    bar = tqdm(desc=progress, total=len(new), unit="file", disable=not (progress and new))
    with bar, closing(work(_transform_some, tasks, few=FEW_TASKS)) as transformed:
        for features, clips in _in_groups(transformed):
            scattered = _scatter(clips, kinds, cqt["sample_rate_hz"], cache) if clips else {}
            done |= {key: {**arrays, **scattered.get(key, {})} for key, arrays in features.items()}
            bar.update(len(features))
    return done


def _in_groups(transformed: Iterable[tuple[str, Transformed]]) -> Iterator[Transformed]:
    """Yield features and clips of so many batches that their clips are scattered in one call, always the same ones."""
    features: dict[str, Arrays] = {}
    clips: dict[str, np.ndarray] = {}
    for _, (features_of, clips_of) in transformed:
        for key, arrays in features_of.items():
            features[key] = arrays
            if key in clips_of:
                clips[key] = clips_of[key]
            if not clips or sum(map(len, clips.values())) >= SCATTERED_CLIPS:
                yield features, clips
                features, clips = {}, {}
    if features:
        yield features, clips


def _read_all(cache: Path, key: str, kinds: Sequence[str]) -> dict[str, Any] | None:
    """Return what is cached of a batch; None if something of it is not."""
    arrays = read_cached(cache, key)
    scattered = read_cached(cache, key_of(key, list(kinds))) if kinds else {}
    return None if arrays is None or scattered is None else {**arrays, **scattered}


def _transform_some(cache: Path, batches: Mapping[str, Make], cqt: Mapping[str, Any], with_clips: bool) -> Transformed:
    """Return the features of batches by key, and their clips if they are asked for.

    They are transformed together, as filters take longer to make than to use.
    """
    made: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    done: dict[str, Arrays] = {}
    for key, make in batches.items():
        try:
            made[key] = make()
        except (ValueError, OSError) as error:
            done[key] = {"broken": str(error)}
    done |= {key: arrays for key in made if (arrays := read_cached(cache, key)) is not None}
    if new := {key: of_batch for key, of_batch in made.items() if key not in done}:
        clips, n_samples = map(np.concatenate, zip(*new.values(), strict=True))
        parts = split(transform(clips, n_samples, cqt), {key: len(of_batch) for key, (of_batch, _) in new.items()})
        done |= {key: cached(cache, key, arrays.copy) for key, arrays in parts.items()}
    return done, {key: of_batch for key, (of_batch, _) in made.items()} if with_clips else {}


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


def _scatter(clips: dict[str, np.ndarray], kinds: Sequence[str], sample_rate_hz: int, cache: Path) -> dict[str, Arrays]:
    """Return the scattering of these kinds, ``(n_clips, n_paths)`` each, of batches by key, computed together.

    Clips are taken from their mapping, as they would be in memory twice.
    """
    from models.scattering import scattering_features  # imports TensorFlow, which the other features do without

    together, n_clips = np.concatenate([*clips.values()]), {key: len(of_batch) for key, of_batch in clips.items()}
    clips.clear()
    features = scattering_features(together, sample_rate_hz=sample_rate_hz, kinds=kinds)
    parts = split(features, n_clips)
    return {key: cached(cache, key_of(key, list(kinds)), arrays.copy) for key, arrays in parts.items()}
