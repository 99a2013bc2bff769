import librosa
import numpy as np
import pytest
import soundfile

from evaluate import step7_measure_inversion
from evaluate.switches.draw_inversion import draw_inversion, window_rows
from evaluate.switches.inversion import (
    ERRORS,
    FORMS,
    MEL,
    Trial,
    compare_with_librosa,
    measure_inversion,
    read_recording,
)
from pipeline.parameters import load
from tests.small_switches import TEXT

STUDY = """
[inversion_study]
duration_s = 2.0
windows_samples = [64, 512]
n_iterations = [1, 4, 32]
n_mels = 32
reference_samples = [512]
"""
RATE_HZ = 8000


@pytest.fixture
def root(write_parameters, rng):
    """A root with two recordings of 1.5 s, a chirp and noise."""
    root = write_parameters(TEXT + STUDY, "small")
    (root / "music").mkdir()
    chirp = 0.5 * librosa.chirp(fmin=200, fmax=2000, sr=RATE_HZ, duration=1.5)
    for name, samples in {"a": chirp, "b": 0.1 * rng.normal(size=12_000)}.items():
        soundfile.write(root / "music" / f"{name}.wav", samples, RATE_HZ)
    return root


def test_recordings_follow_each_other_as_long_as_is_asked_for(root):
    samples, paths = read_recording(load("small", root), root)
    assert [path.name for path in paths] == ["a.wav", "b.wav"]
    assert len(samples) == 2 * RATE_HZ
    np.testing.assert_allclose(samples[12_000:], soundfile.read(paths[1])[0][:4000], atol=1e-6)


def test_no_more_recordings_are_read_than_needed(root):
    (root / "music" / "b.wav").write_text("no sound")
    parameters = load("small", root)
    with pytest.raises(ValueError, match=r"b\.wav: "):
        read_recording(parameters, root)
    section = parameters.inversion_study.model_copy(update={"duration_s": 1.5})
    samples, paths = read_recording(parameters.model_copy(update={"inversion_study": section}), root)
    assert (len(samples), len(paths)) == (12_000, 1)


def test_the_recording_itself_has_no_error(root, rng):
    samples = rng.normal(size=RATE_HZ).astype(np.float32)
    trial = Trial(samples, 512, load("small", root))
    convergence_db, log_mel_db, waveform = trial.errors(trial.framing.inverse(trial.framing.transform(samples)))
    assert convergence_db < -100
    assert log_mel_db < 1e-3
    assert waveform < 1e-6


def test_known_errors(root, rng):
    samples = rng.normal(size=RATE_HZ).astype(np.float32)
    trial = Trial(samples, 512, load("small", root))
    halved = trial.errors(samples / 2)
    np.testing.assert_allclose(halved, (20 * np.log10(0.5), 20 * np.log10(2), 0.25), rtol=1e-3)
    assert trial.errors(-0.999 * samples)[2] == pytest.approx(4, abs=0.01)
    assert trial.errors(rng.normal(size=RATE_HZ))[2] == pytest.approx(
        2, abs=0.1
    )  # unrelated, though its power is right


@pytest.mark.slow
def test_what_is_measured_of_a_recording(root):
    parameters = load("small", root)
    samples, _ = read_recording(parameters, root)
    arrays = measure_inversion(samples, parameters)
    assert arrays["iterations"].tolist() == [0, 1, 4, 32]
    assert np.shape(arrays["errors"]) == (len(ERRORS), 2, len(FORMS), 2, 4)
    np.testing.assert_allclose(arrays["n_numbers"], [[1001 * 33, 126 * 257], [1001 * 32, 126 * 32]])
    assert (np.diff(arrays["griffin_lim_s"]) > 0).all()
    convergence_db = arrays["errors"][0]
    linear_db, plain, fast, pghi = convergence_db[0, :, 1], *range(3)
    assert (np.diff(linear_db[plain]) < 0).all()
    assert linear_db[fast, -1] < linear_db[plain, -1]
    assert linear_db[pghi, 0] < linear_db[fast, 0] - 4
    assert convergence_db[MEL, fast, 1, -1] > linear_db[fast, -1]  # bands have lost detail
    assert convergence_db[MEL, fast, 1, -1] < arrays["librosa_errors"][0, 0]
    assert arrays["librosa_s"].shape == (1, 2)


def made_up():
    """A study in which the fast form is as near as librosa after 4 iterations, but never in log-mel distance."""
    errors = np.zeros((3, 2, 3, 2, 3)) + np.array([-5.0, -10.0, -15.0])
    errors[1] = 1.0
    return {
        "duration_s": np.array(10.0), "windows_samples": np.array([512, 1024]), "iterations": np.array([0, 4, 32]),
        "n_frames": np.array([800, 400]), "n_numbers": np.array([[800 * 257, 400 * 513], [800 * 64, 400 * 64]]),
        "mel_inverse_s": np.array([0.1, 0.1]), "griffin_lim_s": np.zeros((2, 3, 2, 3)) + np.array([0.0, 0.4, 3.2]),
        "errors": errors, "librosa_samples": np.array([1024]), "librosa_s": np.array([[3.5, 1.5]]),
        "librosa_errors": np.array([[-9.0, 0.5, 2.0]]),
    }  # fmt: skip


def test_librosa_is_compared_at_equal_error():
    fast, pghi, by_log_mel, _ = compare_with_librosa(made_up())
    assert fast == {
        "window (samples)": "1024",
        "error": "spectral convergence (dB) of -9.00",
        "librosa (s)": "3.50 + 1.50",
        "form": "fast",
        "iterations": "4",
        "mel inverse + Griffin-Lim (s)": "0.10 + 0.40",
        "times less": "10.0",
    }
    assert pghi["form"] == "pghi"
    assert (by_log_mel["iterations"], by_log_mel["mel inverse + Griffin-Lim (s)"]) == ("", "not reached")


def test_rows_of_windows():
    first, *_, last = window_rows(made_up(), 2)
    assert (first["spectrogram"], first["numbers per s"], first["mel inverse (s)"]) == ("linear", "20560", "0.00")
    assert (last["spectrogram"], last["numbers per s"], last["mel inverse (s)"]) == ("mel", "2560", "0.10")
    assert (last["iterations"], last["Griffin-Lim (s)"], last["spectral convergence (dB)"]) == ("32", "3.20", "-15.00")


@pytest.mark.slow
def test_the_step_measures_once_and_its_figures_are_drawn(root, capsys):
    path = step7_measure_inversion.run("small", root)
    first = capsys.readouterr().out
    assert "2.0 s of a.wav, b.wav" in first
    assert "times less: " in first
    before = path.read_bytes()
    step7_measure_inversion.run("small", root)
    assert path.read_bytes() == before
    assert "of a.wav" not in capsys.readouterr().out
    names = {path.name for path in draw_inversion(load("small", root), root)}
    assert names >= {"inversion.png", "inversion_convergence.pdf", "inversion_log_mel.png", "inversion_librosa.csv"}


def test_nothing_is_drawn_if_nothing_is_measured(root):
    assert draw_inversion(load("small", root), root) == []
