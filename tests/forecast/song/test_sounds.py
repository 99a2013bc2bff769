import keras
import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from embed.song.embedding import embed_song
from forecast.song.sounds import PEAK, frames_of, overlay, write_sounds
from models.conditioned_autoencoder import build_decoder, build_encoder
from pipeline import results
from pipeline.parameters import load
from save_dataset.sound.spectrogram import compute_spectrogram

SIZES = st.tuples(st.integers(1, 20), st.integers(1, 12), st.integers(1, 4))


@given(sizes=SIZES, seed=st.integers(0, 2**32 - 1))
def test_frame_is_the_mean_over_all_windows_that_contain_it(sizes, seed):
    n_windows, window_frames, n_bins = sizes
    windows = np.random.default_rng(seed).uniform(size=(n_windows, window_frames, n_bins))
    frames = overlay(windows)
    assert frames.shape == (n_windows + window_frames - 1, n_bins)
    for index, frame in enumerate(frames):
        containing = [windows[k, index - k] for k in range(n_windows) if 0 <= index - k < window_frames]
        np.testing.assert_allclose(frame, np.mean(containing, axis=0))


class ConstantDecoder:
    """Decodes a point to a window of its first coordinate."""

    def predict(self, z, verbose):
        assert z.dtype == np.float32
        return np.repeat(z[:, :1, None], 3, axis=1)


def test_trajectory_is_decoded_point_by_point():
    frames = frames_of(ConstantDecoder(), np.array([[0.0, 9.0], [3.0, 9.0], [6.0, 9.0]]))
    np.testing.assert_allclose(frames[:, 0], [0, 1.5, 3, 4.5, 6])


@pytest.fixture
def run_and_root(write_parameters):
    """A run of two seconds of a sine that grows, embedded by an untrained autoencoder, and its root."""
    keras.utils.set_random_seed(0)
    root = write_parameters('study = "song"\nsound.file = "none.wav"\n[runs.R]\nloss.alpha = 0.0\n')
    run = load("song", root).for_run("R")
    time_s = np.arange(2 * 44100) / 44100
    spectrogram = compute_spectrogram(time_s * np.sin(2 * np.pi * 1000 * time_s))
    results.save(run, "spectrogram", spectrogram, root)
    encoder, decoder = build_encoder(22, 94, 3), build_decoder(22, 94, 3)
    window = keras.Input((22, 94))
    autoencoder = keras.Model(window, decoder(encoder(window)))
    results.save_model(run, "autoencoder", autoencoder, root)
    results.save(run, "embedding", embed_song(autoencoder, spectrogram), root)
    return run, root


@pytest.mark.slow
def test_sounds_are_called_by_their_method_and_as_long_and_loud_as_each_other(run_and_root):
    run, root = run_and_root
    z = results.load(run, "embedding", root)["z"]
    forecasts = {name: {"long_start": np.array(30), "long_forecast": z[30:46] + 0.01} for name in ("knn", "var")}
    paths = write_sounds(run, forecasts, root)
    folder = root / "output" / "song" / "R" / "sound"
    assert paths == [folder / f"{name}.wav" for name in ("truth", "decoded", "knn", "var")]
    sounds = {path.stem: soundfile.read(path) for path in paths}
    assert {rate_hz for _, rate_hz in sounds.values()} == {44100}
    (n_samples,) = {len(sound) for sound, _ in sounds.values()}
    assert n_samples == pytest.approx((16 + 22 - 2) * 1024, abs=256)
    assert max(np.abs(sound).max() for sound, _ in sounds.values()) == pytest.approx(PEAK, abs=1e-3)
    # the truth is the song from the long start on
    loudness = []
    for start in (5, 45):
        forecast = {"long_start": np.array(start), "long_forecast": np.zeros((6, 3))}
        truth, decoded, *_ = (soundfile.read(path)[0] for path in write_sounds(run, {"climatology": forecast}, root))
        loudness.append(np.std(truth) / np.std(decoded))
        assert np.argmax(np.abs(np.fft.rfft(truth))) * 44100 / len(truth) == pytest.approx(1000, abs=44)
    assert loudness[1] > 1.5 * loudness[0]  # the sine grows


def test_no_forecast_no_sound(tmp_path):
    assert write_sounds(None, {}, tmp_path) == list(tmp_path.iterdir()) == []
