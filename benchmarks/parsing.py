"""Parsing a folder of MIDI: one process, several, and what was parsed before.

Takes the files of the folder on the command line, else of 200 that are written for it, 400 notes each. Prints wall
seconds of each way and how many times faster it is than one process.
"""

import os
import tempfile
import time
from pathlib import Path

import numpy as np
import pretty_midi

from benchmarks.inputs import read_path
from save_dataset.midi.files import read_all

N_FILES, N_NOTES = 200, 400


def main():
    folder = read_path(__doc__, "folder", "a folder of MIDI files (default: some are written)")
    with tempfile.TemporaryDirectory() as scratch:
        if folder is None:
            folder = write_files(Path(scratch, "music"))
        paths = sorted(folder.rglob("*.mid*"))
        n_processes = os.cpu_count() or 1
        print(f"{len(paths)} files")
        one_s = measure(paths, Path(scratch, "one"), 1)
        several_s = measure(paths, Path(scratch, "several"), n_processes)
        cached_s = measure(paths, Path(scratch, "several"), n_processes)
    print(f"one process          {one_s:7.2f} s")
    print(f"{n_processes:2d} processes         {several_s:7.2f} s  {one_s / several_s:6.1f}x")
    print(f"parsed before        {cached_s:7.2f} s  {one_s / cached_s:6.1f}x")


def write_files(folder):
    """Files of notes drawn at random; returns their folder."""
    rng = np.random.default_rng(0)
    folder.mkdir()
    for index in range(N_FILES):
        instrument = pretty_midi.Instrument(0, is_drum=True)
        for pitch, onset in zip(rng.integers(35, 60, N_NOTES), rng.uniform(0, 60, N_NOTES), strict=True):
            instrument.notes.append(pretty_midi.Note(int(rng.integers(1, 128)), int(pitch), onset, onset + 0.1))
        midi = pretty_midi.PrettyMIDI()
        midi.instruments.append(instrument)
        midi.write(str(folder / f"{index}.mid"))
    return folder


def measure(paths, cache, n_processes):
    """Wall seconds of reading all files."""
    began = time.perf_counter()
    read_all(paths, cache, n_processes=n_processes)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
