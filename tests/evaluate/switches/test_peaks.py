"""The distance of peaks: planted ones are found, and that of white noise is the length of the window."""

import numpy as np
import pytest

from evaluate import step8_draw_switches
from evaluate.switches.draw_peaks import draw_peaks
from evaluate.switches.peaks import measure_peaks, peak_distance
from pipeline import results
from pipeline.parameters import load
from save_dataset.sound.files import write_sound
from tests.done_steps import assert_refused, names_in

TEXT = """
study = "switches"
[clips]
files = "*.wav"
[peaks]
n_mels = [64, 144]
[runs.table]
generator.kind = "table"
"""


def spectra(n_mels, frames):
    """Spectra with peaks of one band, given for each frame."""
    mel = np.zeros((len(frames), n_mels))
    for frame, bands in zip(mel, frames, strict=True):
        frame[list(bands)] = 1
    return mel


@pytest.mark.parametrize(
    ("frames", "distance"),
    [
        ([range(5, 128, 20)], 20),
        ([range(5, 128, 12)] * 3, 12),
        ([range(5, 128, 12), range(5, 128, 20)], 16),  # frames count alike, though one has more peaks
        ([(10, 30, 33)], 20),  # a distance of 3 is not counted
        ([(10, 30, 34)], 20),
        ([(10, 30, 35)], 12.5),
        ([(10, 30, 63)], 26.5),
        ([(10, 30, 64)], 20),  # the upper half is not looked at
        ([(10, 30), (), (40,)], 20),  # frames without a distance are left out
    ],
)
def test_planted_distances_are_found(frames, distance):
    assert peak_distance(spectra(128, frames), 3) == pytest.approx(distance)


@pytest.mark.parametrize("n_mels", [127, 128])
def test_without_any_distance_there_is_no_number(n_mels):
    assert np.isnan(peak_distance(spectra(n_mels, [(), (20,), (20, 64)]), 3))


@pytest.mark.parametrize("window_bands", [9, 11, 16, 19, 30])
def test_the_distance_in_white_noise_is_the_length_of_the_window(rng, window_bands):
    noise = rng.exponential(size=(300, 376))
    assert peak_distance(noise, window_bands) == pytest.approx(window_bands, rel=0.12)


@pytest.fixture
def root(write_parameters, rng):
    """A root with two recordings of noise, at two rates, and a file that is none."""
    root = write_parameters(TEXT, "small")
    (root / "music").mkdir()
    for index, rate_hz in enumerate((22050, 44100)):
        write_sound(rng.uniform(-0.5, 0.5, 2 * rate_hz), root / "music" / f"noise{index}.wav", rate_hz)
    (root / "music" / "text.wav").write_text("no sound")
    return root


def test_recordings_and_noise_are_measured_with_both_windows(root, capsys, recwarn):
    parameters = load("small", root)
    arrays = measure_peaks(parameters, root)
    assert "text.wav: cannot be read as sound" in capsys.readouterr().out
    assert not recwarn.list
    assert arrays["names"].tolist() == ["noise0", "noise1"]
    assert arrays["windows_bands"].tolist() == [[8, 9], [12, 9]]
    assert arrays["recordings"].shape == arrays["noise"].shape == (2, 2, 2)
    assert arrays["recordings"] == pytest.approx(arrays["noise"], rel=0.05)  # for these are noise too
    again = measure_peaks(parameters, root)
    assert all((again[name] == array).all() for name, array in arrays.items())


@pytest.mark.slow
def test_the_figure_is_drawn_of_what_is_stored_and_the_step_draws_nothing_of_nothing(root):
    parameters = load("small", root)
    assert draw_peaks(parameters, root) == []
    message = r"clips.npz: does not exist; run: python -m save_dataset.step1_save_switches small$"
    assert_refused(root, message, step8_draw_switches, error=FileNotFoundError)
    results.save(parameters, "peaks", measure_peaks(parameters, root), root)
    draw_peaks(parameters, root)
    assert names_in(root / "output" / "small" / "figures") == {"peaks.png", "peaks.pdf"}
