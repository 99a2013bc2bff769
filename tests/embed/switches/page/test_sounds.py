import sys
from types import SimpleNamespace

import numpy as np
import pytest

from embed.switches.page.sounds import load_instruments
from pipeline.parameters import load
from tests.embed.switches.conftest import CODES, MEL
from tests.stored_results import store

TEXT = """
study = "switches"
clips.files = "x"
mel = { sample_rate_hz = 8000, window_samples = 256, n_frames = 128, n_mels = 32 }
runs = { net = {}, later = { training.seed = 1 }, auto = { generator.kind = "autoencoder" } }
"""


def test_embedded_runs_are_played_and_others_refused(monkeypatch, write_parameters):
    decoder = SimpleNamespace(decode=lambda codes: np.full((1, 128, 32), codes[0, 2] / 14))
    monkeypatch.setitem(sys.modules, "embed.switches.synthesis", SimpleNamespace(load_decoder=lambda *_: decoder))
    parameters = load("small", root := write_parameters(TEXT, "small"))
    with pytest.raises(FileNotFoundError, match=r"net/embedding.npz: does not exist; run: python -m embed.step3_embed"):
        load_instruments(parameters, 0.0, None, root)
    store(parameters.for_run("net"), "embedding", root, **CODES.to_arrays())
    played = load_instruments(parameters, 0.0, None, root)
    assert [*played] == ["net"]
    samples, picture = played["net"].synthesise(CODES.mean, True, True)
    assert len(samples) == 112 * MEL.hop_samples  # a loop is shorter
    np.testing.assert_allclose(picture, np.full((112, 32), 0.5), atol=1e-6)
    for runs, line in ((["net", "later"], "later/embedding.npz: does not exist"), (["auto"], "an autoencoder has no")):
        with pytest.raises((FileNotFoundError, ValueError), match=line):
            load_instruments(parameters, 0.0, runs, root)
