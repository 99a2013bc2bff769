"""Sounds for the transfers of the study `timbre`, a fraction of a second each, in two targets and two sources."""

import numpy as np

from save_dataset.timbre.sounds import Sources, Targets

RATE_HZ = 8000
TEXT = """
study = "timbre"

[targets]
folder = "by hand"
files = { reed = "*", bell = "*" }

[sources]
folder = "by hand"

[stft]
sample_rate_hz = 8000
window_samples = 512
hop_samples = 128

[runs.same]
method.kind = "identity"

[runs.hybrid]
method.kind = "envelope"

[runs.opposite]
method.kind = "envelope"
method.flattened = "target"

[runs.pieces]
method.kind = "mosaic"
method.n_mfcc = 12

[runs.runs]
method.kind = "mosaic"
method.n_mfcc = 12
method.continuity = 0.2
"""
NETWORK = '[runs.net]\nmethod.kind = "network"\n'


def tone(pitch_hz, duration_s, *, decay=1.0, level=0.3, seed=440):
    """Partials that get weaker, a slow vibrato of the level, a little noise."""
    times_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    partials = np.arange(1, 1 + int(RATE_HZ / 2 / pitch_hz))[:, None]
    samples = (np.sin(2 * np.pi * pitch_hz * partials * times_s) / partials**decay).sum(axis=0)
    samples *= 1 + 0.5 * np.sin(2 * np.pi * 3 * times_s)
    noise = np.random.default_rng(seed).normal(size=len(samples))
    return (level * samples / np.abs(samples).max() + 1e-3 * noise).astype(np.float32)


def small_targets():
    pieces = [tone(200, 1.5), tone(200, 0.5), tone(320, 1.2, decay=0.5), tone(320, 0.4, decay=0.5)]
    return Targets(
        names=np.array(["reed", "bell"]),
        lowest_hz=np.array([200.0, 320.0]),
        highest_hz=np.array([200.0, 320.0]),
        levels=np.array([3.0, 2.0]),
        samples=np.concatenate(pieces),
        piece_ends=np.cumsum([len(piece) for piece in pieces]),
        piece_targets=np.array([0, 0, 1, 1]),
        piece_held_out=np.array([False, True, False, True]),
        piece_files=np.array(["a.wav", "a.wav", "b.wav", "b.wav"]),
    )


def small_sources():
    """A tone with a rest, and another that is longer than what is learned of a target."""
    rest = np.zeros(RATE_HZ // 5, np.float32)
    sounds = [np.concatenate([tone(250, 0.4, decay=2), rest, tone(300, 0.3, level=0.1)]), tone(260, 1.6, decay=0.2)]
    return Sources(
        names=np.array(["voice", "reed"]),
        lowest_hz=np.array([250.0, 260.0]),
        highest_hz=np.array([300.0, 260.0]),
        samples=np.concatenate(sounds),
        ends=np.cumsum([len(sound) for sound in sounds]),
        note_sources=np.zeros(0, int),
        note_starts_s=np.zeros(0),
        note_ends_s=np.zeros(0),
        note_pitches=np.zeros(0, int),
    )
