"""The samples of all recordings of the study `signal`, one after the other; the last part of each is held out.

File f is ``samples[starts[f]:starts[f + 1]]``; from ``ends_of_training[f]`` on it is held out.
"""

from pathlib import Path

import numpy as np

from pipeline.parameters import ROOT
from pipeline.studies.signal import Parameters, Sounds
from save_dataset.sound.files import read_sound

SOUND_ENDINGS = (".wav", ".flac", ".ogg", ".mp3")
MIN_WINDOWS = 2  # that each of the two parts of a file must be long


def read_samples(parameters: Parameters, root: Path = ROOT) -> tuple[dict[str, np.ndarray], list[Path]]:
    """The samples of the recordings that the parameters name, and their files.

    Returns
    -------
    dict of str to np.ndarray
        ``samples (n,)`` float32; ``starts (n_files + 1,)``; ``ends_of_training (n_files,)``; ``names (n_files,)``.
    list of Path
        The files.

    Raises
    ------
    FileNotFoundError
        If the folder or files of the list are not there; the message names all of them.
    ValueError
        If a file is no sound, silent, or one of its parts is shorter than two windows.
    """
    sound = parameters.sound
    paths = _find_sounds(sound, root)
    rate_hz = sound.sample_rate_hz
    pieces = [read_sound(path, sample_rate_hz=rate_hz) for path in paths]
    lengths = np.array([len(piece) for piece in pieces])
    n_training = np.floor(lengths * (1 - sound.validation_fraction)).astype(int)
    for path, n_samples, n_first in zip(paths, lengths, n_training, strict=True):
        check_length(path, n_samples, n_first, parameters)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    arrays = {
        "samples": np.concatenate(pieces).astype(np.float32),
        "starts": starts,
        "ends_of_training": starts[:-1] + n_training,
        "names": np.array([path.name for path in paths]),
    }
    return arrays, paths


def folder_of(sound: Sounds, root: Path = ROOT) -> Path:
    """The folder of the recordings: in ``music/``, or where its full path says."""
    return root / "music" / Path(sound.folder).expanduser()


def _find_sounds(sound: Sounds, root: Path = ROOT) -> list[Path]:
    """The files of the list, or those that the pattern finds and that end as sound does, by name."""
    folder = folder_of(sound, root)
    if not folder.is_dir():
        raise FileNotFoundError(f"sound.folder={sound.folder!r}: there is no folder {folder}")
    if not isinstance(sound.files, str):
        paths = [folder / name for name in dict.fromkeys(sound.files)]
        if missing := [path.name for path in paths if not path.is_file()]:
            raise FileNotFoundError(f"sound.files: {folder} has no {', '.join(missing)}")
    else:
        try:
            found = sorted(path for path in folder.glob(sound.files) if path.is_file())
        except (ValueError, NotImplementedError) as error:
            raise ValueError(f"sound.files={sound.files!r}: must be a pattern below the folder") from error
        paths = [path for path in found if path.suffix.lower() in SOUND_ENDINGS]
    if not paths:
        raise ValueError(f"{folder}: contains no sound ({', '.join(SOUND_ENDINGS)}) that {sound.files!r} finds")
    return paths


def check_length(path: Path, n_samples: int, n_training: int, parameters: Parameters) -> None:
    """ValueError if one of a file's two parts is shorter than two windows."""
    shortest = MIN_WINDOWS * parameters.model.window_samples
    if min(n_training, n_samples - n_training) < shortest:
        raise ValueError(
            f"{path}: {n_training} samples to learn from and {n_samples - n_training} held out "
            f"(sound.validation_fraction={parameters.sound.validation_fraction:g}): both must be at least {shortest}, "
            f"{MIN_WINDOWS} windows"
        )
