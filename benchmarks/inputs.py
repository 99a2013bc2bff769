"""What benchmarks run on: a file or folder named on the command line, else what the demos compose."""

import argparse
from pathlib import Path

import numpy as np

from pipeline.parameters import ROOT
from save_dataset import step0_make_song
from save_dataset.files import music_path
from save_dataset.sound.files import read_sound
from save_dataset.sound.spectrogram import compute_spectrogram


def read_path(description: str, name: str, what: str) -> Path | None:
    """The path on the command line, if there is one: as it is, or where the steps look for it, in music/."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(name, nargs="?", help=what)
    given = getattr(parser.parse_args(), name)
    if given is None:
        return None
    found = [path for path in (Path(given), music_path(given)) if path.exists()]
    if not found:
        parser.error(f"{given}: no such file, nor in music/")
    return found[0]


def read_clip(description: str) -> dict[str, np.ndarray]:
    """The spectrogram of the sound named on the command line, else of the demo song, as step 1 stores it."""
    path = read_path(description, "sound", "a sound file (default: the demo song)")
    if path is None:
        path = ROOT / "music" / "demo.wav"
        if not path.is_file():
            step0_make_song.run("demo")
    print(f"sound: {path.name}")
    return compute_spectrogram(read_sound(path))


def principal_components(frames: np.ndarray, window_frames: int) -> np.ndarray:
    """The first three of all windows, ``(n_windows, 3)``."""
    windows = np.lib.stride_tricks.sliding_window_view(frames, window_frames, axis=0)
    flat = windows.reshape(len(windows), -1)
    centred = flat - flat.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    return centred @ directions[:, -3:]
