"""The sound that benchmarks run on: the file named on the command line, else the demo song."""

import argparse
from pathlib import Path

import numpy as np

from pipeline.parameters import ROOT
from save_dataset import step0_make_song
from save_dataset.sound.files import read_sound
from save_dataset.sound.spectrogram import compute_spectrogram


def read_clip(description: str) -> dict[str, np.ndarray]:
    """The spectrogram of the clip to measure on, as step 1 stores it."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sound", nargs="?", type=Path, help="a sound file (default: the demo song)")
    path = parser.parse_args().sound or demo_song()
    print(f"sound: {path.name}")
    return compute_spectrogram(read_sound(path))


def demo_song() -> Path:
    """The demo song, made if it does not exist."""
    path = ROOT / "music" / "demo.wav"
    return path if path.is_file() else step0_make_song.run("demo")
