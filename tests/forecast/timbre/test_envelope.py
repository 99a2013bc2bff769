import numpy as np
import pytest
from scipy.signal import freqz, lfilter

from forecast.timbre.envelope import hybridise, log_envelope
from save_dataset.sound.stft import stft

RATE_HZ, N_SAMPLES = 22050, 22050
FORMANTS_HZ = np.array([500.0, 1500.0, 2500.0])
BANDWIDTHS_HZ = np.array([250.0, 300.0, 350.0])
BINS = slice(10, 400)  # 100 Hz to 4.3 kHz


def formant_filter(formants_hz=FORMANTS_HZ):
    """The denominator of a filter with these resonances."""
    poles = np.exp((-np.pi * BANDWIDTHS_HZ + 2j * np.pi * formants_hz) / RATE_HZ)
    return np.poly(np.concatenate([poles, poles.conj()])).real


def excitation(kind, rng):
    if kind == "noise":
        return rng.normal(size=N_SAMPLES)
    pulses = np.zeros(N_SAMPLES)
    pulses[:: round(RATE_HZ / 150)] = 1  # partials of 150 Hz
    return pulses


def voice(kind, rng, formants_hz=FORMANTS_HZ):
    return stft(lfilter([1], formant_filter(formants_hz), excitation(kind, rng)).astype(np.float32))


def expected_log_envelope(formants_hz=FORMANTS_HZ):
    _, response = freqz([1], formant_filter(formants_hz), worN=1025, include_nyquist=True)
    return np.log(np.abs(response))


def centred(log_magnitudes):
    return log_magnitudes[..., BINS] - log_magnitudes[..., BINS].mean(axis=-1, keepdims=True)


@pytest.mark.parametrize(("kind", "tolerance"), [("noise", 0.1), ("partials", 0.7)])  # of 7.4 from peak to valley
def test_the_envelope_of_a_known_filter_is_recovered(rng, kind, tolerance):
    envelopes = log_envelope(np.abs(voice(kind, rng)), sample_rate_hz=RATE_HZ, lifter_ms=2.0)[4:-4]
    found, expected = centred(envelopes.mean(axis=0)), centred(expected_log_envelope())
    assert np.sqrt(np.mean((found - expected) ** 2)) < tolerance
    for low, high in ((10, 80), (90, 170), (190, 260)):  # bins around each formant
        apart = found[low:high].argmax() - expected[low:high].argmax()
        assert abs(apart) * RATE_HZ / 2048 <= 150


@pytest.mark.parametrize("flattened", ["source", "target"])
def test_a_hybrid_of_a_sound_with_itself_is_itself(rng, flattened):
    frames = voice("partials", rng)
    np.testing.assert_allclose(hybridise(frames, frames, sample_rate_hz=RATE_HZ, flattened=flattened), frames)


@pytest.mark.parametrize(("flattened", "kept"), [("source", 0), ("target", 1)])
def test_the_flattened_sound_keeps_phases_and_gets_the_envelope_of_the_other(rng, flattened, kept):
    sounds = [voice("noise", rng, formants_hz) for formants_hz in (FORMANTS_HZ, FORMANTS_HZ + 400)]
    noise = stft(rng.normal(size=N_SAMPLES).astype(np.float32))
    sounds = [frames + noise for frames in sounds]  # no frame has a range of more than 100 dB
    hybrid = hybridise(*sounds, sample_rate_hz=RATE_HZ, flattened=flattened)
    np.testing.assert_allclose(np.angle(hybrid * sounds[kept].conj()), 0, atol=1e-5)
    settings = {"sample_rate_hz": RATE_HZ, "lifter_ms": 1.0}
    of_hybrid, of_other, of_kept = (
        log_envelope(np.abs(frames), **settings) for frames in (hybrid, sounds[1 - kept], sounds[kept])
    )
    np.testing.assert_allclose(of_hybrid, of_other, atol=0.05)
    assert (np.abs(of_hybrid - of_kept).max(axis=1) > 1).all()


def test_silence_has_no_infinite_envelope(rng):
    assert np.isfinite(hybridise(np.zeros((3, 1025)), voice("noise", rng)[:3], sample_rate_hz=RATE_HZ)).all()
    assert not hybridise(np.zeros((3, 1025)), voice("noise", rng)[:3], sample_rate_hz=RATE_HZ).any()
