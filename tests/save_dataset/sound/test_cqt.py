import librosa
import numpy as np
import pytest

from pipeline.sections.recordings import CQT
from save_dataset.sound.cqt import constant_q, standardise

RATE_HZ = 22050
CONFIG = CQT().model_dump()


def tone(hz, seconds=2.0):
    return np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ).astype(np.float32)


@pytest.mark.parametrize("n_bin", [0, 24, 61, 119])
def test_a_tone_peaks_in_its_bin(n_bin):
    frames = constant_q(tone(65.4 * 2 ** (n_bin / 24)), **CONFIG)
    assert (frames[5:-5].argmax(axis=1) == n_bin).all()


def test_frames_are_standardised_one_for_each_hop(rng):
    samples = rng.standard_normal(5 * 1984 + 7).astype(np.float32)
    frames = constant_q(samples, **CONFIG)
    assert frames.shape == (6, 120)
    assert frames.dtype == np.float32
    np.testing.assert_allclose(frames.mean(axis=1), 0, atol=1e-5)
    np.testing.assert_allclose(frames.std(axis=1), 1, atol=1e-5)


def test_loudness_does_not_matter(rng):
    samples = rng.standard_normal(RATE_HZ).astype(np.float32)
    for scale in ("linear", "log"):
        config = CONFIG | {"scale": scale}
        quiet, loud = constant_q(samples / 16, **config), constant_q(samples, **config)
        np.testing.assert_allclose(quiet, loud, atol=1e-3)


def test_silent_frames_are_zero_also_where_they_hold_noise(rng):
    noise = 1e-6 * rng.standard_normal(4 * RATE_HZ).astype(np.float32)
    samples = np.concatenate([noise, tone(440)])
    frames = constant_q(samples, **CONFIG)
    onset_frame = 4 * RATE_HZ // 1984
    assert not frames[: onset_frame - 5].any()
    assert frames[onset_frame + 2 :].any(axis=1).all()
    assert not constant_q(np.zeros(RATE_HZ, np.float32), **CONFIG).any()


def test_the_transform_is_librosas(rng):
    samples = rng.standard_normal(2 * RATE_HZ).astype(np.float32)
    theirs = np.abs(librosa.cqt(samples, sr=RATE_HZ, hop_length=1984, fmin=65.4, n_bins=120, bins_per_octave=24)).T
    theirs = (theirs - theirs.mean(axis=1, keepdims=True)) / theirs.std(axis=1, keepdims=True)
    np.testing.assert_allclose(constant_q(samples, **CONFIG), theirs, atol=1e-4)


def test_log_scale_lifts_what_is_quiet():
    magnitudes = np.array([[0, 0, 0, 0, 1, 0, 0, 0.05]])
    linear, log = (standardise(magnitudes, scale)[0] for scale in ("linear", "log"))
    assert (log[7] - log[0]) / (log[4] - log[0]) == pytest.approx(np.log(6) / np.log(101), rel=1e-5)
    assert (linear[7] - linear[0]) / (linear[4] - linear[0]) == pytest.approx(0.05, rel=1e-5)


def test_bins_beyond_the_sample_rate_are_refused():
    with pytest.raises(ValueError, match=r"^cqt.n_bins=200: the highest bin, at 20494 Hz, must fit below half of "):
        constant_q(tone(440), **CONFIG | {"n_bins": 200})
