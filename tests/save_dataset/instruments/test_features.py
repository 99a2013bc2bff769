import librosa
import numpy as np
import pytest

from save_dataset.instruments import features
from save_dataset.instruments.features import bag_of_features, check_octaves, log_cqt, mfcc_statistics

RATE_HZ, N_SAMPLES = 22050, 16384
CQT = {"sample_rate_hz": RATE_HZ, "hop_samples": 512, "min_frequency_hz": 55.0, "n_bins": 84}


def sine(frequency_hz, n_samples=N_SAMPLES, amplitude=0.5):
    return (amplitude * np.sin(2 * np.pi * frequency_hz * np.arange(n_samples) / RATE_HZ)).astype(np.float32)


def test_a_sine_peaks_in_its_bin_at_all_frames():
    frames = log_cqt(np.stack([sine(440.0), sine(55.0 * 2 ** (50 / 12))]), **CQT)
    assert frames.shape == (2, N_SAMPLES // 512, 84)
    assert frames.dtype == np.float16
    assert set(frames[0].argmax(axis=1)) == {36}
    assert set(frames[1].argmax(axis=1)) == {50}


def test_magnitudes_are_weighted_as_the_ear_does_by_power_and_compressed():
    """At 1 kHz the weight is 0 dB; ten times the magnitude is ten times 1000 x."""
    frequencies_hz = librosa.cqt_frequencies(84, fmin=55.0)
    plain = np.abs(librosa.cqt(sine(440.0), sr=RATE_HZ, hop_length=512, fmin=55.0, n_bins=84))[:, 16]
    decibels = librosa.A_weighting(frequencies_hz, min_db=None)
    expected = np.log1p(1000 * plain * 10 ** (np.maximum(decibels, -80) / 10))
    np.testing.assert_allclose(log_cqt(sine(440.0)[None], **CQT)[0, 16], expected, atol=5e-3)
    loud, quiet = (np.expm1(log_cqt(sine(1000.0, amplitude=a)[None], **CQT).astype(float).max()) for a in (0.5, 0.05))
    assert loud / quiet == pytest.approx(10, rel=0.03)


def test_clips_are_transformed_a_few_at_once_where_filters_are_long(rng, monkeypatch):
    """An odd hop cannot be halved, so that the filters of low bins are made for the full sample rate."""
    clips = rng.normal(size=(5, 17 * 511)).astype(np.float32)
    how = CQT | {"hop_samples": 511}
    together = log_cqt(clips, **how)
    numbers, transform = [], librosa.cqt
    monkeypatch.setattr(librosa, "cqt", lambda part, **more: numbers.append(len(part)) or transform(part, **more))
    monkeypatch.setattr(features, "BYTES_AT_ONCE", 2.5 * 4 * 8192 * 18)  # a filter of 55 Hz has 6742 samples
    np.testing.assert_array_equal(log_cqt(clips, **how), together)
    assert numbers == [2, 2, 1]


def test_transposition_by_a_semitone_moves_by_a_bin():
    low, high = (log_cqt(sine(440.0 * 2 ** (n / 12))[None], **CQT)[0, 5:25].astype(float) for n in (0, 1))
    np.testing.assert_allclose(np.expm1(high[:, 31:42]).argmax(axis=1), np.expm1(low[:, 30:41]).argmax(axis=1))


@pytest.mark.parametrize(
    ("rate_hz", "octaves", "highest"), [(22050, 7, 7), (22050, 8, 7), (44100, 8, 8), (8000, 7, 6), (44100, 10, 8)]
)
def test_a_rate_too_low_for_the_octaves_says_how_many_there_can_be(rate_hz, octaves, highest):
    """The filters of librosa are what fits or not."""
    how = {"sr": rate_hz, "hop_length": 512, "fmin": 55.0}
    librosa.cqt(sine(440.0), n_bins=12 * highest, **how)
    if octaves == highest:
        check_octaves(rate_hz, 55.0, octaves)
        return
    with pytest.raises(librosa.ParameterError):
        librosa.cqt(sine(440.0), n_bins=12 * (highest + 1), **how)
    message = rf"^cqt.octaves={octaves}: from cqt.min_frequency_hz=55 on must be at most {highest} with sounds.sample_r"
    with pytest.raises(ValueError, match=message):
        check_octaves(rate_hz, 55.0, octaves)


@pytest.mark.parametrize(("feature", "n_features"), [(mfcc_statistics, 40), (bag_of_features, 70)])
def test_statistics_do_not_depend_on_level_and_bear_short_and_silent_sounds(feature, n_features, rng):
    sound = rng.normal(size=N_SAMPLES).astype(np.float32)
    values = feature(sound, RATE_HZ)
    assert values.shape == (n_features,)
    np.testing.assert_allclose(feature(0.01 * sound, RATE_HZ), values, rtol=1e-3, atol=1e-3)
    for odd in (sound[:1], sound[:100], np.zeros(N_SAMPLES, np.float32)):
        assert np.isfinite(feature(odd, RATE_HZ)).all()
    assert np.isfinite(feature(sound, 8000)).all()  # where fewer bands of contrast fit


def test_mfcc_are_those_of_librosa(rng):
    sound = rng.normal(size=N_SAMPLES).astype(np.float32)
    sound /= np.abs(sound).max()
    coefficients = librosa.feature.mfcc(y=sound, sr=RATE_HZ, n_mfcc=20)
    expected = np.concatenate([coefficients.mean(axis=1), coefficients.std(axis=1)])
    np.testing.assert_allclose(mfcc_statistics(sound, RATE_HZ), expected, rtol=1e-4, atol=1e-4)


def test_the_bag_has_means_of_mfcc_and_slopes_then_shapes_of_the_spectrum():
    bag = bag_of_features(sine(1000.0), RATE_HZ)
    np.testing.assert_allclose(bag[:20], mfcc_statistics(sine(1000.0), RATE_HZ)[:20], rtol=1e-3, atol=1e-3)
    assert bag[62] == pytest.approx(1000, rel=0.05)  # centroid
    assert bag[66] == pytest.approx(1000, rel=0.05)  # roll-off
    assert bag[68] == pytest.approx(2 * 1000 / RATE_HZ, rel=0.05)  # crossings of a sample


def test_backwards_first_slopes_are_the_opposite_and_second_ones_the_same(rng):
    sound = (rng.normal(size=N_SAMPLES) * np.linspace(0.01, 1, N_SAMPLES) ** 2).astype(np.float32)
    forwards, backwards = bag_of_features(sound, RATE_HZ), bag_of_features(sound[::-1], RATE_HZ)
    assert np.abs(forwards[20]) > 1
    np.testing.assert_allclose(backwards[20:40], -forwards[20:40], atol=0.3)
    np.testing.assert_allclose(backwards[40:60], forwards[40:60], atol=0.3)
