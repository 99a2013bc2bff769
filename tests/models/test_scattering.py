"""Scattering: equal to kymatio's with its filters, and the laws of its invariance, stability and gradients."""

import numpy as np
import pytest
import tensorflow as tf

from models import scattering
from models.scattering import JointScattering, SpiralScattering, scattering_features
from models.time_scattering import TimeScattering
from tests.kymatio_scattering import WithFilters, kymatio_scattering, make_analytic, pad_as_they_do

RATE_HZ = 8000
N_SAMPLES = 8192
SETTINGS = {"octaves": 5, "min_frequency_hz": 110.0}
TIMES_S = np.arange(N_SAMPLES) / RATE_HZ
ENVELOPE = np.hanning(N_SAMPLES)


@pytest.fixture(scope="module")
def layers():
    return {layer.__name__: layer(RATE_HZ, **SETTINGS) for layer in (TimeScattering, JointScattering, SpiralScattering)}


def scatter(layer, *sounds):
    return np.asarray(layer(np.stack(sounds).astype(np.float32)))


def tone(frequency_hz):
    return ENVELOPE * np.sin(2 * np.pi * frequency_hz * TIMES_S)


def glide(octaves_per_s, frequency_hz=660.0, partials=1):
    """A sound whose frequency is the given one in the middle; partials lie octaves apart."""
    phase = frequency_hz * 2 ** (octaves_per_s * (TIMES_S - TIMES_S.mean())) / (octaves_per_s * np.log(2))
    return ENVELOPE * sum(np.sin(2 * np.pi * 2.0**k * phase) for k in range(partials))


def energy(layer, values, keep):
    return sum(value**2 for value, path in zip(values, layer.paths, strict=True) if keep(path))


def test_time_scattering_is_kymatios(rng):
    theirs = kymatio_scattering(J=6, shape=2048, Q=8, max_order=2, oversampling=10)
    make_analytic(theirs)
    sounds = rng.standard_normal((2, 2048)).astype(np.float32)
    layer = WithFilters(theirs, oversampling=4)
    ours = np.moveaxis(scatter(layer, *pad_as_they_do(theirs, sounds)), 1, 2)
    frames = np.arange(layer.n_frames) * (4096 // layer.n_frames) - theirs.pad_left
    inside = (frames >= 0) & (frames < 2048)
    expected = theirs(sounds)[..., frames[inside]]
    orders = np.array([len(path) for path in layer.indices])
    assert (orders == 2).sum() > 80
    for order in (0, 1, 2):
        difference = np.linalg.norm((ours[..., inside] - expected)[:, orders == order])
        assert difference < 1e-4 * np.linalg.norm(expected[:, orders == order])


@pytest.mark.parametrize("name", ["TimeScattering", "JointScattering", "SpiralScattering"])
def test_shifts_in_time_change_nothing_and_louder_is_proportional(name, layers, rng):
    sound = tone(700) * (1 + 0.5 * np.sin(2 * np.pi * 7 * TIMES_S)) + 0.1 * rng.standard_normal(N_SAMPLES)
    first, shifted, louder, silent = scatter(layers[name], sound, np.roll(sound, 1234), 3 * sound, 0 * sound)
    assert np.linalg.norm(shifted - first) < 5e-3 * np.linalg.norm(first)
    np.testing.assert_allclose(louder, 3 * first, rtol=1e-3, atol=1e-6)
    assert np.abs(silent).max() < 1e-12
    assert first[1:].min() >= 0


def test_no_distance_grows(layers, rng):
    x, y = rng.standard_normal((2, N_SAMPLES))
    y = x + 0.3 * y
    for layer in layers.values():
        one, other = scatter(layer, x, y)
        assert 0 < np.linalg.norm(one - other) <= np.sqrt(np.mean((x - y) ** 2))


@pytest.mark.parametrize("average_s", [0.1, 0.2, 0.4])
def test_the_error_of_a_shift_is_inverse_to_the_average(average_s):
    impulse = np.zeros(N_SAMPLES)
    impulse[N_SAMPLES // 2] = 1
    settings = {"octaves": 2, "min_frequency_hz": 880.0, "max_order": 1, "average_s": average_s}
    first, shifted = scatter(TimeScattering(RATE_HZ, **settings), impulse, np.roll(impulse, 40))
    error = np.linalg.norm(shifted - first) / np.linalg.norm(first)
    assert error == pytest.approx(np.sqrt(2) * 40 / RATE_HZ / average_s, rel=0.1)  # of a Gaussian


@pytest.mark.parametrize("semitones", [1, 7])
def test_a_transposition_shifts_the_first_order(semitones, layers):
    low, high = scatter(layers["TimeScattering"], tone(440), tone(440 * 2 ** (semitones / 12)))[:, 1:61]
    assert np.argmax(low) == 24  # two octaves above the first filter
    np.testing.assert_allclose(
        high[24 + semitones - 5 : 24 + semitones + 6], low[19:30], rtol=0.01, atol=0.001 * low[24]
    )


def test_a_dilation_changes_scattering_little_though_it_changes_fourier_magnitudes(layers):
    one, dilated = scatter(layers["TimeScattering"], tone(2000), tone(2000 * 1.005))
    assert np.linalg.norm(one - dilated) < 0.25 * np.linalg.norm(one)
    spectra = np.abs(np.fft.rfft([tone(2000), tone(2000 * 1.005)]))
    assert np.linalg.norm(spectra[0] - spectra[1]) > 1.2 * np.linalg.norm(spectra[0])


def test_paths_that_are_left_out_carry_little(rng):
    class All(TimeScattering):
        def may_follow(self, previous, psi):
            return True

    layer, every = TimeScattering(RATE_HZ, **SETTINGS), All(RATE_HZ, **SETTINGS)
    sound = rng.standard_normal(N_SAMPLES)
    kept, complete = scatter(layer, sound)[0], scatter(every, sound)[0]
    assert len(complete) > 1.2 * len(kept)
    second = [
        energy(some, values, lambda path: path.modulations_hz) for some, values in ((layer, kept), (every, complete))
    ]
    assert second[0] > 0.98 * second[1]


def test_spins_tell_rising_from_falling(layers):
    layer = layers["JointScattering"]
    for values, sign in zip(scatter(layer, glide(2.0), glide(-2.0)), (-1, 1), strict=True):
        right, wrong = (
            energy(layer, values, lambda path, s=s: path.quefrency and path.quefrency * s > 0) for s in (sign, -sign)
        )
        assert right > 3 * wrong


def test_octaves_in_unison_excite_the_average_across_octaves(layers):
    layer = layers["SpiralScattering"]
    shares = []
    for partials in (1, 4):
        values = scatter(layer, glide(1.0, 240.0, partials))[0]
        average = energy(layer, values, lambda path: path.octave_quefrency == 0)
        bands = energy(layer, values, lambda path: path.octave_quefrency)
        shares.append(average / (average + bands))
    assert shares[1] > 1.5 * shares[0]


@pytest.mark.parametrize("layer_class", [TimeScattering, SpiralScattering])
def test_gradients_are_those_of_finite_differences(layer_class, rng):
    layer = layer_class(2000, octaves=3, min_frequency_hz=100.0, filters_per_octave=4, max_modulation_hz=50.0)
    sound, direction = (rng.standard_normal((2, 1, 512))).astype(np.float32)
    weights = rng.standard_normal(layer(sound).shape[-1]).astype(np.float32)

    def weigh(values):
        return tf.reduce_sum(layer(values) * weights)

    with tf.GradientTape() as tape:
        variable = tf.Variable(sound)
        value = weigh(variable)
    slope = np.sum(tape.gradient(value, variable) * direction)
    step = 1e-2
    expected = (weigh(sound + step * direction) - weigh(sound - step * direction)) / (2 * step)
    assert slope == pytest.approx(float(expected), rel=0.02)
    with tf.GradientTape() as tape:
        silence = tf.Variable(0 * sound)
        value = weigh(silence)
    assert np.isfinite(tape.gradient(value, silence)).all()


def test_features_of_clips_in_batches(rng, monkeypatch):
    clips = rng.standard_normal((3, 8192)).astype(np.float32)
    monkeypatch.setattr(scattering, "BATCH_CLIPS", 2)
    features = scattering_features(clips, sample_rate_hz=22050, kinds=("time", "joint", "spiral"))
    joint = scattering_features(clips[2:], sample_rate_hz=22050, kinds=("joint",))["joint"]
    np.testing.assert_allclose(features["joint"][2:], joint, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(features["spiral"][:, : joint.shape[1]], features["joint"])
    np.testing.assert_allclose(features["time"][:, :84], features["joint"][:, :84], rtol=1e-4, atol=1e-7)
    assert all(values.dtype == np.float32 and values.min() >= 0 for values in features.values())
    assert scattering_features(clips[:0], sample_rate_hz=22050, kinds=("time",))["time"].shape[0] == 0


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match=r"octaves=7: 8000 samples a second allow 6 above 55 Hz"):
        TimeScattering(8000)
    with pytest.raises(ValueError, match="kinds='cqt': must be of time, joint, spiral"):
        scattering_features(np.zeros((1, 64)), sample_rate_hz=22050, kinds=("cqt",))
