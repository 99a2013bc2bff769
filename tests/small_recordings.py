"""Recordings made by hand: three pieces whose theme comes twice, one that nothing is known of, one to learn from."""

import numpy as np

from save_dataset.themes.recordings import Recordings

TEXT = """
study = "themes"

[pieces]
folder = "small"

[runs.RAW]
model.features = "cqt"
model.patch_frames = 4
"""
HOP_S, FRAMES_PER_BEAT, BPM = 0.1, 5, 120.0
LEAD_IN_FRAMES, PATCH_FRAMES, N_BINS = 5, 4, 24
THEME_BEATS, OTHER_BEATS = 12, 8
THEME_STARTS = (0, 20)  # beats since the beginning
N_BEATS = 2 * (THEME_BEATS + OTHER_BEATS)
NAMES = ("A", "B", "C", "D", "E")  # A, B, C are known, nothing of D; E is a training piece
FIRST_BEATS = {"A": 0.0, "B": 1.0, "C": 0.0}


def small_recordings(with_truth=True):
    """Each beat has a sound of its own, but those of the theme come again; the theme of C is one of its two voices."""
    rng = np.random.default_rng(3)
    pieces = [small_frames(rng) for _ in NAMES]
    truth = [small_truth(piece, NAMES[piece]) for piece in range(3)] if with_truth else [np.zeros((0, 5))]
    return Recordings(
        frames=np.concatenate(pieces),
        starts=np.cumsum([0, *map(len, pieces)]),
        names=np.array(NAMES),
        paths=np.array([f"music/small/{name}.wav" for name in NAMES]),
        splits=np.array(["train", "train", "train", "validation", "none"]),
        is_searched=np.arange(len(NAMES)) < 4,
        lead_ins_s=np.full(len(NAMES), LEAD_IN_FRAMES * HOP_S),
        durations_s=np.array([len(piece) * HOP_S for piece in pieces]),
        bpm=np.array([BPM, BPM, BPM, np.nan, np.nan]),
        notes=np.concatenate([small_notes(piece, NAMES[piece]) for piece in range(3)]),
        truth=np.concatenate(truth),
        hop_s=HOP_S,
    )


def small_frames(rng):
    """Silence, then a spectrum of its own for each frame, silence again, ``(n_frames, N_BINS)``."""
    lengths = [beats * FRAMES_PER_BEAT for beats in (THEME_BEATS, OTHER_BEATS, OTHER_BEATS)]
    theme, *others = (rng.normal(size=(n_frames, N_BINS)) for n_frames in lengths)
    frames = np.concatenate([theme, others[0], theme, others[1]])
    frames = (frames - frames.mean(axis=1, keepdims=True)) / frames.std(axis=1, keepdims=True)
    return np.pad(frames, ((LEAD_IN_FRAMES, LEAD_IN_FRAMES), (0, 0))).astype(np.float32)


def small_notes(piece, name):
    """A note on each beat, and in C one below it."""
    beats = np.arange(N_BEATS, dtype=float)
    onsets_s = LEAD_IN_FRAMES * HOP_S + beats * 60 / BPM
    voices = (60, 40) if name == "C" else (60,)
    rows = [np.column_stack([np.full(N_BEATS, piece), onsets_s, FIRST_BEATS[name] + beats, pitch + beats % 7])
            for pitch in voices]  # fmt: skip
    notes = np.concatenate(rows)
    return notes[np.lexsort((notes[:, 3], notes[:, 2]))]


def small_truth(piece, name):
    """The upper voice of the theme, twice."""
    rows = [
        (piece, 0, number, FIRST_BEATS[name] + beat, 60 + beat % 7)
        for number, start in enumerate(THEME_STARTS)
        for beat in range(start, start + THEME_BEATS)
    ]
    return np.array(rows, float)


def small_matrices(recordings):
    """The similarity of all patches of the pieces that are searched, as step 3 stores it."""
    return {f"ours_{piece}": alike(recordings.piece(piece)) for piece in range(recordings.n_searched)}


def alike(frames):
    """Cosine of patches, ``(n_moments, n_moments)``."""
    patches = np.lib.stride_tricks.sliding_window_view(frames, PATCH_FRAMES, axis=0).reshape(-1, N_BINS * PATCH_FRAMES)
    lengths = np.linalg.norm(patches, axis=1, keepdims=True)
    patches = patches / np.maximum(lengths, 1e-6)
    return (patches @ patches.T).astype(np.float16)
