import librosa
import numpy as np
import pytest

from save_dataset.sound.griffin_lim import Framing, griffin_lim, iterate

LINE = Framing(40, 512, 128, length=5003)
CIRCLE = Framing(40, 512, 128, loop=True)
HAMMING = Framing(40, 512, 128, "hamming")
CLOSE = Framing(40, 512, 32, "hamming", loop=True)  # sixteen frames overlap
FRAMINGS = pytest.mark.parametrize(
    "framing", [LINE, CIRCLE, HAMMING, CLOSE], ids=["line", "circle", "hamming", "close"]
)


def noise_for(framing, rng, *leading):
    return rng.normal(size=(*leading, framing.n_samples)).astype(np.float32)


def phases_for(magnitudes, rng):
    return rng.uniform(0, 2 * np.pi, magnitudes.shape)


def convergence_db(magnitudes, samples, framing):
    missed = magnitudes - np.abs(framing.transform(samples))
    return 20 * np.log10(np.linalg.norm(missed) / np.linalg.norm(magnitudes))


@FRAMINGS
def test_a_sound_comes_back_from_its_frames(framing, rng):
    samples = noise_for(framing, rng, 2)
    frames = framing.transform(samples)
    assert frames.shape == (2, 40, 257)
    assert frames.dtype == np.complex64
    np.testing.assert_allclose(framing.inverse(frames), samples, atol=1e-5)


@pytest.mark.parametrize("window", ["hann", "hamming"])
def test_frames_are_those_of_librosa(window, rng):
    framing = Framing(41, 512, 128, window, length=40 * 128)
    samples = noise_for(framing, rng)
    expected = librosa.stft(samples, n_fft=512, hop_length=128, window=window).T
    np.testing.assert_allclose(framing.transform(samples), expected, atol=1e-4)


def test_frames_of_a_circle_turn_with_the_sound(rng):
    samples = noise_for(CIRCLE, rng)
    turned = CIRCLE.transform(np.roll(samples, 3 * CIRCLE.hop_samples))
    np.testing.assert_allclose(turned, np.roll(CIRCLE.transform(samples), 3, axis=0), atol=1e-4)


def test_a_long_sound_is_cut_in_pieces_that_fit(rng):
    framing = Framing(5000, 64, 16)
    assert len(framing.pieces) > 1
    samples = noise_for(framing, rng)
    np.testing.assert_allclose(framing.inverse(framing.transform(samples)), samples, atol=1e-5)


@FRAMINGS
def test_from_its_own_phases_griffin_lim_gives_the_sound(framing, rng):
    samples = noise_for(framing, rng)
    frames = framing.transform(samples)
    found = griffin_lim(np.abs(frames), np.angle(frames), framing, n_iterations=3)
    np.testing.assert_allclose(found, samples, atol=1e-4)


@FRAMINGS
def test_each_plain_iteration_comes_nearer_to_the_magnitudes(framing, rng):
    magnitudes = np.abs(framing.transform(noise_for(framing, rng)))
    sounds = iterate(magnitudes, phases_for(magnitudes, rng), framing, momentum=0.0)
    errors = [convergence_db(magnitudes, next(sounds), framing) for _ in range(20)]
    assert (np.diff(errors) < 0).all()
    assert errors[-1] < errors[0] - 6


def test_momentum_comes_nearer_than_the_plain_form(rng):
    magnitudes = np.abs(LINE.transform(noise_for(LINE, rng)))
    phases = phases_for(magnitudes, rng)
    plain, fast = (
        convergence_db(magnitudes, griffin_lim(magnitudes, phases, LINE, momentum=momentum), LINE)
        for momentum in (0.0, 0.99)
    )
    assert fast < plain - 1


@pytest.mark.parametrize("momentum", [0.0, 0.99])
@pytest.mark.parametrize("n_iterations", [4, 32])
def test_it_is_as_near_as_librosa_from_the_same_phases_on(momentum, n_iterations, rng):
    chirp = librosa.chirp(fmin=100, fmax=5000, sr=22050, length=200 * 128).astype(np.float32)
    framing = Framing(201, 512, 128, length=len(chirp))
    magnitudes = np.abs(framing.transform(chirp + 0.1 * noise_for(framing, rng)))
    theirs = librosa.griffinlim(magnitudes.T, n_iter=n_iterations, hop_length=128, momentum=momentum, init=None)
    ours = griffin_lim(magnitudes, np.zeros_like(magnitudes), framing, n_iterations=n_iterations, momentum=momentum)
    errors_db = [convergence_db(magnitudes, sound, framing) for sound in (ours, theirs)]
    assert errors_db[0] == pytest.approx(errors_db[1], abs=0.1)


def test_sounds_of_a_batch_are_those_of_each(rng):
    magnitudes = np.abs(CIRCLE.transform(noise_for(CIRCLE, rng, 3)))
    phases = phases_for(magnitudes, rng)
    together = griffin_lim(magnitudes, phases, CIRCLE, n_iterations=3)
    for sound, one, start in zip(together, magnitudes, phases, strict=True):
        np.testing.assert_allclose(sound, griffin_lim(one, start, CIRCLE, n_iterations=3), atol=1e-5)


def test_silence_stays_silence():
    silence = np.zeros((40, 257), np.float32)
    np.testing.assert_array_equal(griffin_lim(silence, silence, LINE, n_iterations=3), 0)
