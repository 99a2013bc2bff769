"""Two short pieces with matrices and themes made by hand: every span and every sound is known."""

import numpy as np
import soundfile

from pipeline import results
from pipeline.parameters import load
from save_dataset.themes.recordings import Recordings
from tests.stored_results import store

TEXT = """
study = "themes"

[pieces]
folder = "hand made"

[runs.CQT]
model.features = "cqt"
model.patch_frames = 4
"""
NAMES = ("a piece", "#2")
DURATION_S = 12.0
HOP_S = 0.1
N_MOMENTS = 117  # of patches of 4 frames in 120
RATE_HZ = 16000
LAG_S = 6.0  # what sounds comes again after it
LOUD_S = [(2.0, 3.0), (8.0, 9.0)]
FOUND = {
    "lag": [(3.5, [(2.0, 3.0), (8.0, 9.0)]), (1.25, [(0.5, 1.5), (4.0, 5.0), (10.0, 11.5)])],
    "nieto_farbood": [(0.5, [(2.0, 4.5), (4.0, 6.5), (8.0, 10.0)])],
}
KNOWN_BEATS = [(4, 5), (16, 17)]  # first and last onset of the one pattern known


def small_recordings(root):
    """Noise, louder where the first theme is; a beat is half a second, and so is the lead-in."""
    rng = np.random.default_rng(440)
    samples = 0.02 * rng.normal(size=round(DURATION_S * RATE_HZ))
    for start_s, end_s in LOUD_S:
        samples[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)] *= 10
    for name in NAMES:
        path = root / "music" / "hand made" / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, samples, RATE_HZ)
    beats = np.arange(23)
    notes = np.stack([np.zeros(23), 0.5 + beats / 2, beats, 60 + beats % 12], axis=1)
    truth = [(0, 0, i, beat, 60 + beat % 12) for i, span in enumerate(KNOWN_BEATS) for beat in span]
    return Recordings(
        frames=rng.normal(size=(240, 120)).astype(np.float32),
        starts=np.array([0, 120, 240]),
        names=np.array(NAMES),
        paths=np.array([f"music/hand made/{name}.wav" for name in NAMES]),
        splits=np.array(["train", "validation"]),
        is_searched=np.array([True, True]),
        lead_ins_s=np.array([0.5, 0.5]),
        durations_s=np.full(2, DURATION_S),
        bpm=np.array([120.0, np.nan]),
        notes=notes,
        truth=np.array(truth, float),
        hop_s=HOP_S,
    )


def small_matrix():
    """1 on the diagonal and `LAG_S` beside it, else 0."""
    lag = round(LAG_S / HOP_S)
    matrix = np.eye(N_MOMENTS) + np.eye(N_MOMENTS, k=lag) + np.eye(N_MOMENTS, k=-lag)
    return matrix.astype(np.float16)


def small_themes(piece=0):
    """The themes found, as arrays: all of one piece."""
    arrays = {}
    for extractor, themes in FOUND.items():
        rows = [(piece, i, *span, strength) for i, (strength, spans) in enumerate(themes) for span in spans]
        names = ("piece", "theme", "starts_s", "ends_s", "strength")
        table = dict(zip(names, np.array(rows, float).T, strict=True))
        table |= {name: table[name].astype(int) for name in ("piece", "theme")}
        arrays |= {f"{extractor}_{name}": column for name, column in table.items()}
    return arrays


def store_small_themes(write_parameters, *, with_themes=True, text=TEXT):
    """Store what the page is made from; returns the parameters of the run and the root."""
    root = write_parameters(text, "small")
    parameters = load("small", root).for_run("CQT")
    results.save(parameters, "recordings", small_recordings(root).to_arrays(), root)
    store(parameters, "matrices", root, ours_0=small_matrix(), ours_1=np.eye(N_MOMENTS, dtype=np.float16))
    if with_themes:
        store(parameters, "themes", root, **small_themes())
    return parameters, root
