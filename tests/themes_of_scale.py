"""Recordings of a scale, with a score and a reference pattern, and of noise, without either; themes by hand."""

import numpy as np

from save_dataset.themes.recordings import Recordings

HOP_S = 0.1
LEAD_IN_S = 1.0
PATTERN = [[(0.0, 60.0), (1.0, 62.0), (2.0, 64.0)], [(8.0, 60.0), (9.0, 62.0), (10.0, 64.0)]]
PIECES = """
study = "themes"
[pieces]
folder = "small"
[runs.CQT]
model.features = "cqt"
model.patch_frames = 4
[runs.CQT_8]
model.features = "cqt"
model.patch_frames = 8
"""


def scale_recordings():
    """Two pieces of 12 s: of the first a scale of 20 quarters at 120 beats a minute after one second of silence."""
    beats = np.arange(20.0)
    pitches = np.tile([60, 62, 64, 65, 67, 69, 71, 72], 3)[:20]
    truth = [(0, 0, number, *note) for number, occurrence in enumerate(PATTERN) for note in occurrence]
    return Recordings(
        frames=np.zeros((240, 3), np.float32),
        starts=np.array([0, 120, 240]),
        names=np.array(["scale", "noise"]),
        paths=np.array(["music/small/scale.wav", "music/small/noise.wav"]),
        splits=np.array(["train", "validation"]),
        is_searched=np.array([True, True]),
        lead_ins_s=np.array([LEAD_IN_S, 0.0]),
        durations_s=np.array([12.0, 12.0]),
        bpm=np.array([120.0, np.nan]),
        notes=np.stack([np.zeros(20), LEAD_IN_S + beats / 2, beats, pitches], axis=1),
        truth=np.array(truth, float),
        hop_s=HOP_S,
    )


def scale_themes():
    """As step 6 stores them: the reference pattern and another of the scale by `lag`, one of the noise by both."""
    of_lag = [
        (0, 0, 1.0, 2.5),
        (0, 0, 5.0, 6.5),
        (0, 1, 3.0, 4.0),
        (0, 1, 8.0, 9.0),
        (1, 0, 1.0, 3.0),
        (1, 0, 6.0, 8.0),
    ]
    arrays = {}
    for extractor, rows in {"lag": of_lag, "nieto_farbood": of_lag[4:]}.items():
        piece, theme, starts_s, ends_s = np.array(rows).T
        arrays |= {f"{extractor}_piece": piece.astype(int), f"{extractor}_theme": theme.astype(int)}
        arrays |= {f"{extractor}_starts_s": starts_s, f"{extractor}_ends_s": ends_s}
        arrays[f"{extractor}_strength"] = np.ones(len(rows))
    return arrays


def noise_matrices(rng, n_moments=117):
    """As step 3 stores them, of noise."""
    matrices = {}
    for piece in (0, 1):
        half = rng.uniform(-1, 1, (n_moments, n_moments))
        matrices[f"ours_{piece}"] = ((half + half.T) / 2).astype(np.float16)
        matrices[f"nieto_farbood_{piece}"] = rng.uniform(0, 1, (n_moments + 9, n_moments + 9)).astype(np.float16)
    return matrices
