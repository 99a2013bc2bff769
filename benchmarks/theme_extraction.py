"""From recordings to themes: processor seconds of every stage, and of the straightforward form of Nieto and Farbood's.

Takes a folder with recordings, as in `python -m benchmarks.theme_extraction music/jku`, else the pieces of the demo.
Prints for each piece the processor seconds of its constant-Q transform, of the features of all its patches in 256
complex bases, of its similarity by these and by patches in 25 transpositions, of the search by lag and of Nieto and
Farbood's extractor; then what the latter costs cell by cell on the first frames, and whether both find the same.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.clock import timed
from benchmarks.inputs import read_path
from embed.themes.features import encode_piece
from embed.themes.self_similarity import cosine_similarity, patch_similarity, prepare_nieto_farbood
from forecast.themes.lag import find_by_lag
from forecast.themes.nieto_farbood import find_by_nieto_farbood
from models.complex_autoencoder import ComplexAutoencoder, build_encoder
from pipeline.notes import SOUND_ENDINGS
from pipeline.sections.recordings import CQT, ComposedThemes
from save_dataset.demo.themes import compose_themes
from save_dataset.files import find_by_pattern
from save_dataset.midi.files import to_bytes
from save_dataset.sound.cqt import constant_q
from save_dataset.themes.transforms import read_samples
from tests import straightforward_themes as straightforward

PATCH_FRAMES, N_BASES, SEMITONES = 16, 256, 12
BEAT_S = 0.5
PART_FRAMES = 400


def main():
    folder = read_path(__doc__, "folder", "of recordings (default: pieces are composed)")
    with tempfile.TemporaryDirectory() as scratch:
        paths = write_pieces(Path(scratch)) if folder is None else find_by_pattern(folder, "*", SOUND_ENDINGS)
        if not paths:
            sys.exit(f"{folder}: contains no recordings ({', '.join(SOUND_ENDINGS)})")
        measure_all(paths)


def write_pieces(folder):
    """The pieces of the demo as MIDI, which is rendered when it is read; returns their paths."""
    for name, (midi, _) in compose_themes(ComposedThemes(folder="demo_themes")).items():
        (folder / f"{name}.mid").write_bytes(to_bytes(midi))
    return sorted(folder.glob("*.mid"))


def measure_all(paths):
    """Print the seconds of each stage for each recording and for all."""
    grid = CQT()
    autoencoder = ComplexAutoencoder(PATCH_FRAMES * grid.n_bins, N_BASES)
    autoencoder.build()
    encode = build_encoder(autoencoder).predict_on_batch
    encode(np.zeros((1, PATCH_FRAMES * grid.n_bins), np.float32))  # traced before it is timed
    stages = [measure(path, grid, encode) for path in paths]
    total = {name: sum(of_piece[name] for of_piece in stages) for name in stages[0]}
    print(f"\nall {len(paths)}: {describe(total)}")
    print(f"part: {total['cell by cell'] / total['part']:.0f}x the time cell by cell")


def measure(path, grid, encode):
    """Seconds of each stage for a recording, printed and returned."""
    seconds = {}

    def keep(name, call):
        seconds[name], result = timed(call)
        return result

    frames_per_beat = BEAT_S * grid.sample_rate_hz / grid.hop_samples
    frames = keep("transform", lambda: constant_q(read_samples(path, grid.sample_rate_hz), **grid.model_dump()))
    magnitudes = keep("features", lambda: encode_piece(frames, PATCH_FRAMES, encode)["magnitudes"])
    keep("similarity", lambda: cosine_similarity(magnitudes))
    matrix = keep("transposed", lambda: patch_similarity(frames, PATCH_FRAMES, SEMITONES, grid.bins_per_semitone))
    keep("lag", lambda: find_by_lag(matrix, frames_per_beat=frames_per_beat))
    theirs = keep(
        "similarity of Nieto and Farbood", lambda: prepare_nieto_farbood(cosine_similarity(magnitudes, centre=False))
    )
    keep("nieto_farbood", lambda: find_by_nieto_farbood(theirs, frames_per_beat=frames_per_beat))
    part = theirs[:PART_FRAMES, :PART_FRAMES]
    fast = keep("part", lambda: find_by_nieto_farbood(part, frames_per_beat=frames_per_beat))
    slow = keep("cell by cell", lambda: straightforward.find_by_nieto_farbood(part, frames_per_beat))
    same = [theme.occurrences.tolist() for theme in fast] == [[list(span) for span in theme] for theme in slow]
    print(f"{path.stem}, {len(frames)} frames: {describe(seconds)}; both find {'the same' if same else 'OTHERS'}")
    return seconds


def describe(seconds):
    """Stages and their seconds in a line."""
    return ", ".join(f"{name} {value:.2f}" for name, value in seconds.items())


if __name__ == "__main__":
    main()
