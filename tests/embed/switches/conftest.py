"""Runs whose sounds are tones, so that the frequency says what is heard, and the server of their page."""

import threading
import time

import numpy as np
import pytest

from embed.switches.codes import Codes
from embed.switches.page.sounds import Instrument, Sounds
from embed.switches.page.write import build_page
from embed.switches.server import PageServer
from pipeline.sections.switches import Mel

MEL = Mel(sample_rate_hz=8000, window_samples=256, n_frames=128, n_mels=32)  # a second
NAMES = ["rock 0:00", "rock 0:06", "<img src=x onerror=alert(1)>", "jazz 0:00"]
CODES = Codes(  # clip 2 is 1.5 deviations up on slider 1, clip 4 one on slider 2
    codes=np.array([[-1.5, 0, 7], [1.5, 0, 7], [0, -1, 7], [0, 1, 7]]),
    mean=np.array([0, 0, 7.0]),
    components=np.eye(3)[:2],
    deviations=np.ones(2),
    explained=np.array([0.69, 0.31]),
    properties=np.array(["level", "brightness", "onsets", "bass"]),
    correlations=np.array([[0.5, -0.9, 0.1, 0.0], [0.0, 0.0, 0.05, 0.0]]),
    change_db=np.array([3.0, 1.0]),
)


class Tones:
    """A run: a tone, 100 Hz higher for each deviation of slider 1 and 10 Hz for each of slider 2."""

    def __init__(self, hz):
        self.hz, self.calls, self.delay_s = hz, [], 0.0

    def synthesise(self, code, is_quick, is_loop):
        hz = float(self.hz + 100 * code[0] + 10 * code[1])
        self.calls.append((hz, "quick" if is_quick else "full", is_loop))
        time.sleep(self.delay_s)
        n_samples = MEL.clip_samples * 7 // 8 if is_loop else MEL.clip_samples
        return 0.5 * np.sin(2 * np.pi * hz * np.arange(n_samples) / MEL.sample_rate_hz), np.eye(128, 32)


@pytest.fixture
def tones():
    return {"net": Tones(1000.0), "table": Tones(2000.0)}


@pytest.fixture
def server(tones):
    instruments = {run: Instrument(CODES, tone.synthesise) for run, tone in tones.items()}
    page = build_page("tones", NAMES, instruments, MEL, 16)
    with PageServer(0, page, Sounds(instruments, MEL.sample_rate_hz).answer) as opened:
        thread = threading.Thread(target=opened.serve_forever, args=[0.01])
        thread.start()
        yield opened
        opened.shutdown()
        thread.join()
