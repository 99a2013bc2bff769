"""The clips of the study `switches`: their mel spectrograms, and where each was cut."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline import results
from pipeline.parameters import ROOT, StudyParameters
from pipeline.studies.switches import Parameters
from save_dataset.stored import Stored


@dataclass(frozen=True)
class Clips(Stored):
    """Clips, one for each switch; switches are counted from 1 on, clips from 0."""

    names: np.ndarray  # (n_clips,), file without ending and where it begins: "rock 0:06"
    files: np.ndarray  # (n_clips,), from the folder on
    starts_s: np.ndarray  # (n_clips,)
    gains_db: np.ndarray  # (n_clips,), by which each was made as loud as the others; 0 if it was not
    mels: np.ndarray  # (n_clips, n_frames, n_mels) float32: in [0, 1] where mel.scale is "db", else power
    loudest_db: np.ndarray  # (), the decibels of power that 1 stands for (the loudest of all clips)


def load_clips(parameters: StudyParameters, root: Path = ROOT) -> Clips:
    """Return the clips that step 1 stored."""
    return Clips.from_arrays(results.load(parameters, "clips", root))


def check_switches(numbers: Iterable[int | str], n_clips: int, key: str) -> None:
    """Raise a ValueError that begins with a key of the parameters if a switch it names has no clip."""
    if unknown := [number for number in numbers if not 1 <= int(number) <= n_clips]:
        raise ValueError(f"{key}: there is no switch {unknown[0]}: must be 1 to {n_clips}, the number of clips")


def check_all_switches(parameters: Parameters, n_clips: int) -> None:
    """Raise a ValueError if any switch that the parameters name has no clip."""
    named = {f"generate.settings.{name}": [*setting] for name, setting in parameters.generate.settings.items()}
    named |= {f"generate.paths.{name}": [*map(str, path)] for name, path in parameters.generate.paths.items()}
    for key, numbers in {**named, "figures.clip": [str(parameters.figures.clip)]}.items():
        check_switches(numbers, n_clips, key)
