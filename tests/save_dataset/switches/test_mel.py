import librosa
import numpy as np
import pytest

from pipeline.sections.switches import Inversion, Mel
from save_dataset.switches.mel import blend_ends, measure_power, render, scale, to_db, to_power

SMALL = {"sample_rate_hz": 8000, "window_samples": 256, "n_mels": 32, "n_frames": 64}
DB, POWER = Mel(**SMALL), Mel(scale="power", **SMALL)
HAMMING = Mel(window="hamming", **SMALL)
LOUDEST_DB = 20.0


def music(rng, mel=DB):
    """A tone that rises, and some noise."""
    chirp = librosa.chirp(fmin=300, fmax=1200, sr=mel.sample_rate_hz, length=mel.clip_samples)
    return (0.5 * chirp + 0.01 * rng.normal(size=mel.clip_samples)).astype(np.float32)


def stored_of(samples, mel):
    power = measure_power(samples, mel)
    loudest_db = 10 * np.log10(power.max())
    return scale(power, mel, loudest_db), loudest_db


@pytest.mark.parametrize("mel", [DB, HAMMING])
def test_power_is_that_of_librosa(mel, rng):
    samples = music(rng)
    expected = librosa.feature.melspectrogram(
        y=samples, sr=8000, n_fft=256, hop_length=64, window=mel.window, n_mels=32
    )  # fmt: skip
    power = measure_power(samples, mel)
    assert power.shape == (64, 32)
    np.testing.assert_allclose(power[:-2], expected.T[:62], rtol=1e-3)  # the last also hold what is beyond the clip


@pytest.mark.parametrize(
    ("db", "stored"), [(20.0, 1.0), (-20.0, 0.5), (-60.0, 0.0), (-90.0, 0.0), (25.0, 1.0)]
)  # fmt: skip
def test_decibels_are_scaled_from_the_floor_to_the_loudest(db, stored):
    assert scale(np.array(10 ** (db / 10)), DB, LOUDEST_DB) == pytest.approx(stored, abs=1e-6)


def test_no_power_is_the_floor():
    assert scale(np.array(0.0), DB, LOUDEST_DB) == 0
    assert to_power(np.array(0.0), DB, LOUDEST_DB) == 0
    assert to_db(np.array(0.0), DB, LOUDEST_DB) == to_db(np.array(0.0), POWER, LOUDEST_DB) == -60


@pytest.mark.parametrize("mel", [DB, POWER])
def test_what_is_stored_says_its_power_and_its_decibels(mel, rng):
    power = 10 ** rng.uniform(-5.5, 2, (5, 32))
    stored = scale(power, mel, LOUDEST_DB)
    assert stored.dtype == np.float32
    np.testing.assert_allclose(to_power(stored, mel, LOUDEST_DB), power, rtol=1e-4)
    np.testing.assert_allclose(to_db(stored, mel, LOUDEST_DB), 10 * np.log10(power), atol=1e-3)


@pytest.mark.parametrize(("mel", "value", "expected"), [(DB, -0.5, 0.0), (DB, 1.5, 100.0), (POWER, -0.5, 0.0)])
def test_what_a_network_makes_beyond_the_scale_is_cut(mel, value, expected):
    assert to_power(np.array(value), mel, LOUDEST_DB) == pytest.approx(expected)


@pytest.mark.parametrize("mel", [DB, POWER, HAMMING])
@pytest.mark.parametrize("start", ["random", "pghi"])
def test_the_sound_has_the_spectrogram_it_is_rendered_from(mel, start, rng):
    stored, loudest_db = stored_of(music(rng), mel)
    sound = render(stored, mel, loudest_db, Inversion(start=start))
    assert sound.shape == (mel.clip_samples,)
    assert sound.dtype == np.float32
    errors_db = to_db(scale(measure_power(sound, mel), mel, loudest_db), mel, loudest_db) - to_db(
        stored, mel, loudest_db
    )
    assert np.abs(errors_db).mean() < 3


def test_a_quick_sound_is_refined(rng):
    stored, loudest_db = stored_of(music(rng), DB)

    def error_db(sound):
        return np.abs(scale(measure_power(sound, DB), DB, loudest_db) - stored).mean() * DB.range_db

    quick = render(stored, DB, loudest_db, Inversion(n_iterations=8))
    refined = render(stored, DB, loudest_db, Inversion(n_iterations=32), before=quick)
    assert error_db(refined) < error_db(quick)
    once = render(stored, DB, loudest_db, Inversion(n_iterations=1), before=quick)
    assert np.abs(once - quick).mean() < 0.3 * np.abs(quick).mean()  # it goes on from there


def test_the_same_seed_gives_the_same_sound(rng):
    stored, loudest_db = stored_of(music(rng), DB)
    first, again, other = (render(stored, DB, loudest_db, Inversion(n_iterations=1, seed=seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


def test_ends_are_blended_into_beginnings():
    frames = np.arange(64.0)[:, None]
    looped = blend_ends(frames)
    assert looped.shape == (56, 1)
    assert looped[0] == 56  # goes on from the last that is kept, 55
    np.testing.assert_allclose(looped[4], (4 + 60) / 2)
    np.testing.assert_array_equal(looped[8:], frames[8:56])


@pytest.mark.parametrize("loop", [True, False])
def test_only_a_loop_goes_on_smoothly_over_its_seam(loop, rng):
    stored, loudest_db = stored_of(music(rng), DB)
    sound = render(stored, DB, loudest_db, Inversion(), loop=loop)
    assert sound.shape == (56 * 64 if loop else DB.clip_samples,)
    twice, seam = np.tile(sound, 2), np.arange(len(sound) - 2, len(sound))
    bends = np.abs(np.diff(twice, 2))
    assert (bends[seam].max() <= np.delete(bends, seam).max()) == loop
    if loop:
        jumps = np.abs(np.diff(twice))
        assert jumps[len(sound) - 1] <= np.delete(jumps, len(sound) - 1).max()
