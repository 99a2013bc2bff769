"""The lead-in: silence before the first sound."""

import numpy as np
import pytest

from save_dataset.themes.transforms import LEAD_IN_FRAME_S, find_lead_in


@pytest.mark.parametrize("lead_in_s", [0.0, 0.3, 1.25])
@pytest.mark.parametrize("rate_hz", [8000, 22050])
def test_silence_before_a_tone_is_found(lead_in_s, rate_hz, rng):
    tone = np.sin(2 * np.pi * 440 * np.arange(rate_hz) / rate_hz)
    samples = np.concatenate([np.zeros(round(lead_in_s * rate_hz)), tone])
    samples += 0.001 * rng.standard_normal(len(samples))
    assert find_lead_in(samples, rate_hz) == pytest.approx(lead_in_s, abs=LEAD_IN_FRAME_S)


def test_a_quiet_beginning_is_no_silence():
    samples = np.concatenate([np.zeros(4000), np.full(4000, 0.1), np.full(4000, 1.0)])
    assert find_lead_in(samples, 8000) == pytest.approx(0.5, abs=LEAD_IN_FRAME_S)


def test_silence_has_no_lead_in():
    assert find_lead_in(np.zeros(1000), 8000) == 0
