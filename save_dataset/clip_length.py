"""Is a recording or a film long enough for what is to be learned from it?"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.sections.trajectory_study import TrajectoryParameters
from pipeline.studies import song, video


def check_clip_length(series: Mapping[str, Any], parameters: TrajectoryParameters, path: Path) -> None:
    """Raise a ValueError that says how much is needed if a run's training needs more sound, or frames, than there are.

    The series is a spectrogram or a film, as `save_dataset.series.load_series` gives it.
    """
    if isinstance(parameters, song.Parameters):
        _check_sound(series, parameters, path)
    elif isinstance(parameters, video.Parameters):
        _check_parts_of_film(len(series["frames"]), parameters, path)


def _check_sound(spectrogram: Mapping[str, Any], parameters: song.Parameters, path: Path) -> None:
    sample = parameters.sample(parameters.count_window_frames(spectrogram))
    n_frames = len(spectrogram["frames"])
    there_s, needed_s = (
        float((n - 1) * spectrogram["hop_s"] + spectrogram["frame_s"]) for n in (n_frames, sample.n_frames)
    )
    if n_frames < sample.n_frames:
        n_windows = sample.n_frames - sample.window_frames + 1
        raise ValueError(
            f"{path}: {there_s:.2f} s of sound: "
            f"run {parameters.run} needs at least {math.ceil(100 * needed_s) / 100:.2f} s "
            f"(a sample spans {n_windows} windows of {parameters.window.length_s:g} s, "
            "as model.clip_windows and loss.max_lag say)"
        )
    parameters.check_sections(there_s, path)


def _check_parts_of_film(n_frames: int, parameters: video.Parameters, path: Path) -> None:
    n_train, n_validation = parameters.count_parts(n_frames)
    parts = {"validation_fraction": n_validation, "test_fraction": n_frames - n_train - n_validation}
    for name, n_part in parts.items():
        if n_part == 0 and (fraction := getattr(parameters.split, name)):
            raise ValueError(f"{path}: split.{name}={fraction:g}: leaves no frame of {n_frames} for this part")
    sample = parameters.sample(1)
    needed_after = sample.n_frames - sample.before - sample.remembered  # what is before it may have been trained on
    needed_by_part = {"train": (n_train, sample.n_frames)}
    if n_validation:
        needed_by_part["validate"] = n_validation, needed_after
    for what, (n_part, needed) in needed_by_part.items():
        if n_part < needed:
            raise ValueError(
                f"{path}: {n_part} of {n_frames} frames to {what} on: run {parameters.run} needs at least {needed} "
                "(what a sample spans, as model.clip_windows and loss.max_lag say)"
            )
