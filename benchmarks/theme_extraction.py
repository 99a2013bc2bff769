"""Similarity and themes of a folder of recordings: processor seconds, beside the straightforward forms.

Takes a folder with recordings, as in `python -m benchmarks.theme_extraction music/jku`. Prints for each piece the
processor seconds of our similarity (correlation of patches, the largest of 25 transpositions), of the search by lag,
of the published similarity and of the published extractor; then what the published extractor costs cell by cell on
the first moments of each piece, the ratio to the fast form on the same part, and whether both find the same.
"""

import argparse
import time
from pathlib import Path

import librosa
import numpy as np

from embed.self_similarity import patch_similarity, published
from forecast.lag_themes import find_by_lag
from forecast.published_themes import find_published
from tests import straightforward_themes as straightforward

SAMPLE_RATE_HZ, HOP_SAMPLES, LOWEST_HZ, N_BINS, BINS_PER_OCTAVE = 22050, 1984, 65.4, 120, 24
OUR_PATCH_FRAMES, PUBLISHED_PATCH_FRAMES = 16, 32
SEMITONES = 12
FRAMES_PER_BEAT = 0.5 * SAMPLE_RATE_HZ / HOP_SAMPLES  # of 120 beats a minute
PART_MOMENTS = 400
SOUNDS = {".flac", ".mp3", ".ogg", ".wav"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="of recordings")
    folder = parser.parse_args().folder
    paths = sorted(path for path in folder.glob("*") if path.suffix in SOUNDS)
    if not paths:
        parser.error(f"{folder}: holds no recordings ({', '.join(sorted(SOUNDS))})")
    seconds = np.array([measure(path) for path in paths])
    similarity, by_lag, published_similarity, published_themes, part, straightforward_part = seconds.sum(axis=0)
    print(f"\nall {len(paths)}: ours {similarity + by_lag:.1f} s, ", end="")
    print(f"published {published_similarity + published_themes:.1f} s; ", end="")
    print(f"part: {straightforward_part:.1f} s cell by cell, {straightforward_part / part:.0f}x")


def measure(path):
    """Seconds of each stage for a recording, printed and returned."""
    frames = read_frames(path)
    ours, similarity_s = timed(lambda: patch_similarity(frames, OUR_PATCH_FRAMES, SEMITONES))
    themes, by_lag_s = timed(lambda: find_by_lag(ours, frames_per_beat=FRAMES_PER_BEAT))
    theirs, published_s = timed(lambda: published(patch_similarity(frames, PUBLISHED_PATCH_FRAMES)))
    patterns, patterns_s = timed(lambda: find_published(theirs, frames_per_beat=FRAMES_PER_BEAT))
    print(
        f"{path.stem:20s} {len(frames):5d} frames: similarity {similarity_s:.2f} s, {len(themes)} themes {by_lag_s:.2f}"
    )
    print(f"{'':20s} published: similarity {published_s:.2f} s, {len(patterns)} themes {patterns_s:.2f}")
    part = theirs[:PART_MOMENTS, :PART_MOMENTS]
    fast, fast_s = timed(lambda: find_published(part, frames_per_beat=FRAMES_PER_BEAT))
    slow, slow_s = timed(lambda: straightforward.find_published(part, FRAMES_PER_BEAT))
    same = [theme.occurrences.tolist() for theme in fast] == [[list(span) for span in theme] for theme in slow]
    print(f"{'':20s} part: {fast_s:.3f} s, cell by cell {slow_s:.2f}: {slow_s / fast_s:.0f}x, ", end="")
    print("the same" if same else "OTHERS")
    return similarity_s, by_lag_s, published_s, patterns_s, fast_s, slow_s


def read_frames(path):
    """Standardised frames of the constant-Q transform of a recording."""
    samples, _ = librosa.load(path, sr=SAMPLE_RATE_HZ, mono=True)
    grid = {"hop_length": HOP_SAMPLES, "fmin": LOWEST_HZ, "n_bins": N_BINS, "bins_per_octave": BINS_PER_OCTAVE}
    frames = np.abs(librosa.cqt(samples, sr=SAMPLE_RATE_HZ, **grid)).T
    frames = frames - frames.mean(axis=1, keepdims=True)
    return frames / (frames.std(axis=1, keepdims=True) + 1e-8)


def timed(call):
    """What a call gives, and its processor seconds."""
    began = time.process_time()
    return call(), time.process_time() - began


if __name__ == "__main__":
    main()
