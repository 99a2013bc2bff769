"""All steps of `signal` on a few seconds of sound; what is stale, up to date, or bad input."""

import numpy as np
import pytest
import soundfile

from evaluate import step7_measure_signal
from pipeline import results
from pipeline.parameters import load
from save_dataset import step1_save_signal
from tests.done_steps import (
    assert_complete,
    assert_drawn_again_with_the_same_bytes,
    assert_figures,
    assert_left_but_for_one_run,
    assert_refused,
    do_all_steps,
)
from train_model import step2_train_complex

RATE_HZ, WINDOW_SAMPLES = 8000, 64
SMALL = """
study = "signal"

[sound]
folder = "takes"
sample_rate_hz = 8000

[model]
n_bases = 8
window_samples = 64

[training]
shift_samples = 8
pairs_per_epoch = 2000
batch_pairs = 50
learning_rate = 1e-2
epochs = 4
validation_pairs = 100
plot_every_epochs = 2

[evaluation]
n_windows = 40
shifts_samples = [1, 8]

[runs.LEARNED]

[runs.MORE]
model.n_bases = 12
"""
FEATURES = ["learned", "random", "Fourier", "samples"]
FIGURES_OF_RUNS = ("snapshots", "bases", "shifts", "frequencies")
TABLES_OF_RUNS = ("bases",)


def of_runs(names):
    return {f"{name}_{run}" for name in names for run in ("LEARNED", "MORE")}


def write_take(path, pitches_hz, seconds=2.0):
    """Notes of four harmonics, four a second."""
    times_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    pitch_hz = np.resize(pitches_hz, 4 * len(times_s))[(4 * times_s).astype(int)]
    phases = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sum(0.2 / k * np.sin(k * phases) for k in range(1, 5)), RATE_HZ)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A root where all steps are done for `small`; only for looking."""
    root = tmp_path_factory.mktemp("signal")
    write_take(root / "music" / "takes" / "a.wav", [220, 330, 440, 550, 260])
    write_take(root / "music" / "takes" / "b.flac", [300, 400, 500])
    return do_all_steps(root, SMALL)


@pytest.mark.slow
def test_all_results_are_there_and_fresh(done):
    assert_complete(done, {"samples.npz"})


@pytest.mark.slow
def test_the_bases_learn(done):
    for run, n_bases in (("LEARNED", 8), ("MORE", 12)):
        history = results.load(load("small", done).for_run(run), "history", done)
        assert history["bases"].shape == (2 * n_bases, WINDOW_SAMPLES)
        assert history["snapshot_epochs"].tolist() == [0, 2, 4]
        assert history["validation"][-1] < 0.5 * history["validation"][0]


@pytest.mark.slow
def test_magnitudes_in_learned_bases_change_less_than_samples_and_random_ones(done):
    for run, n_bases in (("LEARNED", 8), ("MORE", 12)):
        measures = results.load(load("small", done).for_run(run), "measures", done)
        assert measures["features"].tolist() == FEATURES
        assert measures["shifts_samples"].tolist() == [1, 8]
        assert all(measures[name].shape == (4, 2) for name in ("cosine", "change", "found"))
        learned, random, _, samples = measures["cosine"][:, 1]
        assert learned > max(random, samples) + 0.1
        assert measures["peaks_hz"].shape == measures["concentration"].shape == (n_bases, 2)
        assert measures["quadrature_deg"].shape == measures["norms"].shape == (n_bases,)
        assert 220 <= np.median(measures["peaks_hz"]) <= 2000


@pytest.mark.slow
def test_every_figure_and_table_is_drawn_and_told(done):
    tables = {"shifts", "bases"} | of_runs(TABLES_OF_RUNS)
    assert_figures(done, {"losses"} | of_runs(FIGURES_OF_RUNS), tables)
    figures = done / "output" / "small" / "figures"
    assert len((figures / "shifts.csv").read_text().splitlines()) == 1 + 2 * 3 * len(FEATURES)
    assert len((figures / "bases_MORE.csv").read_text().splitlines()) == 1 + 12


@pytest.mark.slow
def test_all_is_drawn_again_without_tensorflow_and_with_the_same_bytes(done, done_again):
    assert_drawn_again_with_the_same_bytes("evaluate.step8_draw_signal", done, done_again)


@pytest.mark.slow
def test_what_is_up_to_date_is_left_and_one_run_can_be_done_alone(done_again, capsys):
    assert_left_but_for_one_run(done_again, step7_measure_signal, capsys)


@pytest.mark.slow
def test_what_is_stale_is_refused_by_name_with_the_way_out(done_again, write_parameters):
    write_parameters(SMALL.replace("model.n_bases = 12", "model.n_bases = 10"), "small")
    stale = "MORE/complex_autoencoder.keras: was made with model.n_bases=12, .* now says 10; run: .*step2_train_complex"
    assert_refused(done_again, stale, step7_measure_signal, runs=["MORE"])
    write_parameters(SMALL.replace("sample_rate_hz = 8000", "sample_rate_hz = 4000"), "small")
    stale = r"samples.npz: was made with sound.sample_rate_hz=8000, .* now says 4000; run: .*step1_save_signal small"
    assert_refused(done_again, stale, step2_train_complex, step7_measure_signal)


@pytest.mark.slow
def test_sound_that_was_changed_makes_the_samples_stale(done_again):
    write_take(done_again / "music" / "takes" / "a.wav", [100, 900])
    stale = r"samples.npz: was made from another .*a\.wav; run: .*step1_save_signal small"
    assert_refused(done_again, stale, step2_train_complex)


def test_a_step_before_its_time_says_which_comes_first(write_parameters):
    root = write_parameters(SMALL, "small")
    message = r"samples\.npz.*run: .*step1_save_signal small"
    assert_refused(root, message, step2_train_complex, step7_measure_signal, error=FileNotFoundError)


SHORTEST = 2 * WINDOW_SAMPLES
BAD_SOUND = {
    "no folder": (None, "", FileNotFoundError, r"^sound.folder='takes': there is no folder .*takes$"),
    "missing": (1000, 'files = ["a.wav", "c.wav", "d.mp3"]', FileNotFoundError, r"not in .*takes: c\.wav, d\.mp3$"),
    "none found": (1000, 'files = "*.ogg"', ValueError, r"takes: contains no sound that '\*\.ogg' finds$"),
    "silence": (0, "", ValueError, r"a\.wav: is silent"),
    "too short": (SHORTEST - 1, "", ValueError, r"a\.wav: 101 samples to learn from and 26 held out .*at least 128"),
    "held out too short": (
        4 * SHORTEST,
        "",
        ValueError,
        r"a\.wav: 409 samples .* and 103 held out .*at least 128, 2 w",
    ),
}


@pytest.mark.parametrize(("n_samples", "more", "error", "message"), BAD_SOUND.values(), ids=BAD_SOUND)
def test_sound_that_cannot_be_used_is_refused(write_parameters, n_samples, more, error, message):
    root = write_parameters(SMALL.replace("[sound]", f"[sound]\n{more}"), "bad")
    if n_samples is not None:
        folder = root / "music" / "takes"
        folder.mkdir(parents=True)
        soundfile.write(folder / "a.wav", 0.5 * np.sin(np.arange(n_samples)) if n_samples else np.zeros(8000), RATE_HZ)
    assert_refused(root, message, step1_save_signal, error=error, name="bad")


def test_a_recording_just_long_enough_can_be_used(write_parameters):
    root = write_parameters(SMALL, "short")
    write_take(root / "music" / "takes" / "a.wav", [440], seconds=5 * SHORTEST / RATE_HZ)
    step1_save_signal.run("short", root=root)
    assert results.load(load("short", root), "samples", root)["ends_of_training"].tolist() == [4 * SHORTEST]
