"""A page of short tones, one of whose sources has a hostile name: the frequency says which sound it is."""

import numpy as np
import pytest

from forecast.timbre.outputs import Outputs
from forecast.timbre.page.write import write_page
from pipeline import results
from pipeline.parameters import load
from save_dataset.timbre.sounds import Sources, Targets
from tests.stored_results import store

RATE_HZ = 8000
HOSTILE = "<img src=x onerror=alert(1)>"
SOURCES = {"voice": 2.0, HOSTILE: 3.0}  # seconds
TEXT = """
study = "timbre"
targets = { folder = "x", files = { reed = "*", bell = "*" } }
sources = { folder = "x" }
stft.sample_rate_hz = 8000
[runs.plain]
[runs.again]
training.seed = 1
[runs.mosaic]
method.kind = "mosaic"
[runs.blend]
transfer.blend = { reed = 1.0, bell = 1.0 }
"""
HZ = {"voice": 200, HOSTILE: 300, "reed": 500, "bell": 700, "plain": 1000, "again": 1200, "mosaic": 1500, "blend": 2000}


def tone(name, seconds, level=0.5):
    return (level * np.sin(2 * np.pi * HZ[name] * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)).astype(np.float32)


def store_sounds(parameters, root):
    """Two targets, of each a second that is learned and half a second that is held out; the sources."""
    pieces = [tone(name, seconds) for name in ("reed", "bell") for seconds in (1.0, 0.5)]
    files = {"piece_targets": [0, 0, 1, 1], "piece_held_out": [False, True] * 2, "piece_files": ["a"] * 4}
    targets = joined(Targets, pieces, "piece_ends", names=["reed", "bell"], levels=[1, 1], **files, **ranges(2))
    notes = {f"note_{name}": [] for name in ("sources", "starts_s", "ends_s", "pitches")}
    sounds = [tone(*source) for source in SOURCES.items()]
    sources = joined(Sources, sounds, "ends", names=[*SOURCES], **notes, **ranges(len(sounds)))
    results.save(parameters, "targets", targets.to_arrays(), root)
    results.save(parameters, "sources", sources.to_arrays(), root)


def store_outputs(run, root):
    """What a run made: its tone, softer the later."""
    is_blend = run.run == "blend"
    rows = [(source, t, False) for source in SOURCES for t in (["reed_bell"] if is_blend else ["reed", "bell"])]
    rows += [] if is_blend else [("reed", "reed", True), ("bell", "bell", True)]
    sounds = [tone(run.run, SOURCES.get(source, 0.5), 0.8 / (1 + i)) for i, (source, *_) in enumerate(rows)]
    names = dict(zip(("source_names", "target_names", "held_out"), zip(*rows, strict=True), strict=True))
    store(run, "transfers", root, **joined(Outputs, sounds, "ends", gains=[1.0] * len(rows), **names).to_arrays())


def joined(kind, sounds, ends, **arrays):
    arrays[ends] = np.cumsum([len(sound) for sound in sounds])
    return kind(samples=np.concatenate(sounds), **{name: np.array(value) for name, value in arrays.items()})


def ranges(n_sounds):
    return {"lowest_hz": [100.0] * n_sounds, "highest_hz": [900.0] * n_sounds}


@pytest.fixture(scope="session")
def store_tones(tmp_path_factory):
    """Stores the sounds and outputs of a parameter file, of all runs or those named; returns parameters and root."""

    def store_all(text=TEXT, runs=None):
        root = tmp_path_factory.mktemp("listen")
        (root / "parameters").mkdir()
        (root / "parameters" / "tones.toml").write_text(text, encoding="utf-8")
        parameters = load("tones", root)
        store_sounds(parameters, root)
        for run in runs or parameters.runs:
            store_outputs(parameters.for_run(run), root)
        return parameters, root

    return store_all


@pytest.fixture(scope="session")
def tones(store_tones):
    return store_tones()


@pytest.fixture(scope="session")
def listen_page(tones):
    return write_page(*tones)
