"""What a generator gives: each clip alone, two clips half on, and what lies on the way from one to the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from pipeline.sections.switches import Mel
from pipeline.studies.switches import Parameters
from save_dataset.stored import Stored
from save_dataset.switches.clips import Clips
from save_dataset.switches.mel import distance_db, to_db

Generate: TypeAlias = Callable[[np.ndarray], np.ndarray]

PATH_STEPS = 10
MAX_PAIRS = 64  # of clips, evenly chosen of all
OTHERS_PERIOD = 8  # at which a grid is sought where a generator has no r


@dataclass(frozen=True)
class Upscaling(Stored):
    """Measures of the generator of one run; of an autoencoder, which has no switches, there are no pairs."""

    n_parameters: np.ndarray  # ()
    step_cpu_s: np.ndarray  # (), processor time of a step in the quickest epoch; 0 of a table
    loss: np.ndarray  # (), mean absolute difference of clips alone, as they are stored
    alone_db: np.ndarray  # (n_clips,), difference of what a switch alone gives from its clip
    median_db: np.ndarray  # (n_clips,), of the median of each band over all clips: no network at all
    half_db: np.ndarray  # (n_pairs,), difference of what two half on give from the mean of both
    path_db: np.ndarray  # (n_pairs, PATH_STEPS), what each step from one to the other changes
    path_ratio: np.ndarray  # (n_pairs,), the largest of them over the smallest; 1: the path is even
    time_blocks: np.ndarray  # (), blockiness over that of the clips, see `measure_blockiness`
    frequency_blocks: np.ndarray  # ()
    contrast: np.ndarray  # (), mean change from frame to frame in dB, over that of the clips
    half_contrast: np.ndarray  # (), the same of two half on
    outputs: np.ndarray  # (n_clips, n_frames, n_mels) float16, what each switch alone gives


def measure_upscaling(
    parameters: Parameters, generate: Generate, clips: Clips, history: Mapping[str, np.ndarray]
) -> Upscaling:
    """Measure the generator of a run, `generate` from switches, of an autoencoder from clips, to spectrograms."""
    of_scale, kind, mels = (parameters.mel, float(clips.loudest_db)), parameters.generator.kind, clips.mels
    switches = np.eye(0 if kind == "autoencoder" else len(mels), dtype=np.float32)
    outputs = generate(switches if len(switches) else mels)
    clips_db, outputs_db = to_db(mels, *of_scale), to_db(outputs, *of_scale)
    period = parameters.generator.r if kind in ("pixel_shuffle", "upsample") else OTHERS_PERIOD
    measured: dict[str, Any] = {
        "n_parameters": history["n_parameters"],
        "step_cpu_s": history["cpu_s"].min() / parameters.training.batches_per_epoch,
        "loss": np.abs(outputs - mels).mean(),
        "alone_db": distance_db(outputs, mels, *of_scale),
        "median_db": distance_db(np.median(mels, axis=(0, 1)), mels, *of_scale),
        "time_blocks": over(*(measure_blockiness(each, period, -2) for each in (outputs_db, clips_db))),
        "frequency_blocks": over(*(measure_blockiness(each, period, -1) for each in (outputs_db, clips_db))),
        "contrast": over(measure_change(outputs_db), measure_change(clips_db)),
        "outputs": outputs.astype(np.float16),
    }
    return Upscaling.from_arrays(measured | _measure_ways(generate, switches, mels, of_scale))


def _measure_ways(generate: Generate, switches: np.ndarray, mels: np.ndarray, of_scale: tuple[Mel, float]) -> dict:
    """Return what is measured of pairs of clips, all or evenly chosen ones; one path at a time is held."""
    pairs = np.stack(np.triu_indices(len(switches), 1), axis=1)
    chosen = pairs[np.linspace(0, len(pairs) - 1, min(len(pairs), MAX_PAIRS)).round().astype(int)]
    weights = np.linspace(0, 1, PATH_STEPS + 1, dtype=np.float32)[:, None]
    half_db, changes, path_db = [], [], np.zeros((0, PATH_STEPS))
    for first, second in chosen:
        path = generate((1 - weights) * switches[first] + weights * switches[second])
        half, both = path[PATH_STEPS // 2], (mels[first] + mels[second]) / 2
        half_db.append(distance_db(half, both, *of_scale))
        changes.append(measure_change(to_db(half, *of_scale)))
        path_db = np.vstack([path_db, distance_db(path[1:], path[:-1], *of_scale)])
    ratio = path_db.max(axis=1) / np.maximum(path_db.min(axis=1), 1e-6)
    contrast = over(float(np.mean(changes or np.nan)), measure_change(to_db(mels, *of_scale)))
    return {"half_db": np.array(half_db), "path_db": path_db, "path_ratio": ratio, "half_contrast": contrast}


def measure_change(spectrograms: np.ndarray) -> float:
    """Return the mean change from frame to frame of ``(..., n_frames, n_mels)``."""
    return float(np.abs(np.diff(spectrograms, axis=-2)).mean())


def over(measured: float, of_clips: float) -> float:
    """Return a measure over that of the clips; NaN where they have none, as where they do not change."""
    return measured / of_clips if of_clips else np.nan


def measure_blockiness(spectrograms: np.ndarray, period: int, axis: int) -> float:
    """Return the mean change along an axis across borders of blocks, `period` long, over that inside; NaN if none."""
    changes = np.moveaxis(np.abs(np.diff(spectrograms, axis=axis)), axis, 0)
    is_border = np.arange(1, len(changes) + 1) % period == 0
    inside = changes[~is_border].mean()
    return float(changes[is_border].mean() / inside) if is_border.any() and inside else np.nan
