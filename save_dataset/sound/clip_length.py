"""Is a recording long enough for what is to be learned from it?"""

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from pipeline.studies.song import Parameters


def check_clip_length(spectrogram: Mapping[str, np.ndarray], parameters: Parameters, path: Path) -> None:
    """Raise a ValueError, with the seconds that are needed, if a run's training needs more sound than there is."""
    sample = parameters.sample(parameters.count_window_frames(spectrogram))
    n_frames = len(spectrogram["frames"])
    if n_frames < sample.n_frames:
        there_s, needed_s = (
            float((n - 1) * spectrogram["hop_s"] + spectrogram["frame_s"]) for n in (n_frames, sample.n_frames)
        )
        n_windows = sample.n_frames - sample.window_frames + 1
        raise ValueError(
            f"{path}: {there_s:.2f} s of sound: "
            f"run {parameters.run} needs at least {math.ceil(100 * needed_s) / 100:.2f} s "
            f"(a sample spans {n_windows} windows of {parameters.window.length_s:g} s, "
            "as model.clip_windows and loss.max_lag say)"
        )
