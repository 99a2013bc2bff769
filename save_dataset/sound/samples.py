"""The samples of all recordings of the study `signal`, one after the other; the last part of each is held out.

File f is ``samples[starts[f]:starts[f + 1]]``; from ``ends_of_training[f]`` on it is held out.
"""

from pathlib import Path

import numpy as np

from pipeline.notes import SOUND_ENDINGS
from pipeline.parameters import ROOT
from pipeline.studies.signal import Parameters
from save_dataset.files import find_files, music_path, nfc
from save_dataset.sound.files import read_sound

MIN_WINDOWS = 2  # that each of the two parts of a file must be long


def read_samples(parameters: Parameters, root: Path = ROOT) -> tuple[dict[str, np.ndarray], list[Path]]:
    """Return the recordings that the parameters name as arrays, and their files.

    The arrays are ``samples (n,)`` float32; ``starts (n_files + 1,)``; ``ends_of_training`` and ``names (n_files,)``.

    Raises
    ------
    FileNotFoundError
        If the folder or files of the list do not exist; the message names all of them.
    ValueError
        If a file is no sound, silent, or one of its parts is shorter than two windows.
    """
    sound = parameters.sound
    folder, rate_hz = music_path(sound.folder, root), sound.sample_rate_hz
    keys = {"folder_key": f"sound.folder={sound.folder!r}", "files_key": "sound.files"}
    paths = find_files(folder, sound.files, SOUND_ENDINGS, **keys)
    if not paths:
        raise ValueError(f"{folder}: contains no sound that {sound.files!r} finds")
    pieces = [read_sound(path, sample_rate_hz=rate_hz, channel=sound.channel) for path in paths]
    lengths = np.array([len(piece) for piece in pieces])
    n_training = np.floor(lengths * (1 - sound.validation_fraction)).astype(int)
    for path, n_samples, n_first in zip(paths, lengths, n_training, strict=True):
        check_length(path, n_samples, n_first, parameters)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    arrays = {
        "samples": np.concatenate(pieces).astype(np.float32),
        "starts": starts,
        "ends_of_training": starts[:-1] + n_training,
        "names": np.array([nfc(path.name) for path in paths]),
    }
    return arrays, paths


def check_length(path: Path, n_samples: int, n_training: int, parameters: Parameters) -> None:
    """Raise a ValueError if one of a file's two parts is shorter than two windows."""
    shortest = MIN_WINDOWS * parameters.model.window_samples
    if min(n_training, n_samples - n_training) < shortest:
        raise ValueError(
            f"{path}: {n_training} samples to learn from and {n_samples - n_training} held out "
            f"(sound.validation_fraction={parameters.sound.validation_fraction:g}): both must be at least {shortest}, "
            f"{MIN_WINDOWS} windows"
        )
