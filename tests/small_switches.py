"""Clips of the study `switches`, and generators of them that are known: tables, and levels."""

import numpy as np

from embed.switches.codes import Codes
from embed.switches.sliders import WORDS
from pipeline.sections.switches import Mel
from save_dataset.switches.clips import Clips

MEL = Mel(sample_rate_hz=8000, window_samples=256, n_mels=16, n_frames=32)
TEXT = """
study = "switches"

[clips]
files = ["a.wav", "b.wav"]
clips_per_file = 2

[mel]
sample_rate_hz = 8000
window_samples = 256
n_mels = 16
n_frames = 32

[inversion]
n_iterations = 2

[generate]
settings = { both = { "1" = 0.5, "3" = 0.5 } }
paths = { way = [1, 4] }
path_steps = 3
own = "own/*.wav"
search_steps = 20

[runs.table]
generator.kind = "table"

[runs.mirror]
generator.kind = "autoencoder"
"""


def make_codes(codes, components, deviations):
    """Codes with components that are given."""
    ones, names = np.ones(len(components)), np.array([*WORDS])
    given = np.array(codes, float), np.mean(codes, axis=0), np.array(components, float), np.array(deviations, float)
    return Codes(*given, ones, names, np.zeros((len(components), len(names))), ones)


def small_clips(n_clips=4):
    """Noise in the grid of `MEL`, between 0.2 and 0.8."""
    mels = np.random.default_rng(440).uniform(0.2, 0.8, (n_clips, MEL.n_frames, MEL.n_mels)).astype(np.float32)
    names, zeros = np.array([f"clip {number}" for number in range(1, n_clips + 1)]), np.zeros(n_clips)
    return Clips(names, names, zeros, zeros, mels, loudest_db=np.array(20.0))
