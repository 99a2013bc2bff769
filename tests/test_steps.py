"""Each step once, on a few seconds of sound; what all steps have in common; what happens to bad input."""

import re
import subprocess
import sys

import numpy as np
import pytest
import soundfile

import run_steps
from embed import step3_embed_song
from pipeline import results
from pipeline.parameters import ROOT, load, studies, study_parameters
from save_dataset import step0_make_song, step1_save_song
from train_model import step2_train_song

STEP_FILES = sorted(ROOT.glob("*/step*_*.py"))
SMALL = """
study = "song"

[sound]
file = "tones.wav"

[window]
length_s = 0.2

[model]
clip_windows = 5

[training]
epochs = 2
jit_compile = false

[runs.R]
loss.alpha = 0.0

[runs.RF]

[runs.RF_5d]
model.latent_dim = 5

[runs.PCA]
model.method = "pca"

[figures]
compare = [["R", "RF"], ["RF_5d", "PCA"]]
"""


def write_tones(path, seconds=3.0, sample_rate_hz=44100):
    """Two notes in turn, twice a second."""
    times_s = np.arange(round(seconds * sample_rate_hz)) / sample_rate_hz
    frequency_hz = np.where(times_s * 4 % 2 < 1, 440.0, 660.0)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * frequency_hz * times_s), sample_rate_hz)


@pytest.fixture
def small(tmp_path, write_parameters):
    """A root with one short song and its parameter file `small`."""
    write_tones(tmp_path / "music" / "tones.wav")
    write_parameters(SMALL, "small")
    return tmp_path


def python(*arguments, cwd):
    return subprocess.run([sys.executable, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=False)


def guard_of(path):
    source = path.read_text()
    return source[source.index("import sys") : source.index("parents[1])") + len("parents[1])")]


def test_every_step_belongs_to_a_study_and_every_study_has_its_steps():
    listed = {module for study in studies() for module in study_parameters(study).STEPS}
    assert {f"{path.parent.name}.{path.stem}" for path in STEP_FILES} == listed


def test_guard_is_the_same_in_every_step():
    assert len({guard_of(path) for path in STEP_FILES}) == 1


@pytest.mark.parametrize("path", STEP_FILES, ids=lambda path: path.stem)
def test_steps_are_small_and_say_what_they_read_and_write(path):
    source = path.read_text()
    assert len(source.splitlines()) <= 60
    docstring = source.split('"""')[1]
    number = re.match(r"step(\d)_", path.stem)[1]
    assert docstring.startswith(f"Step {number} of the stud")
    assert "\nReads " in docstring
    assert "\nWrites " in docstring


def test_a_step_runs_as_a_file_from_another_folder(tmp_path):
    step = ROOT / "save_dataset" / "step1_save_song.py"
    shown = python(step, "--help", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "Step 1 of the study `song`" in shown.stdout
    refused = python(step, "no_such_song", cwd=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.startswith("error: parameters/no_such_song.toml: no such file; parameter files there are: ")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "module", ["run_steps", "save_dataset.step1_save_song", "train_model.draw_losses", "embed.draw_embeddings"]
)
def test_what_needs_no_tensorflow_does_not_import_it(module):
    code = f"import {module}, sys; sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    assert python("-c", code, cwd=ROOT).returncode == 0


def test_step0_composes_the_demo_and_leaves_what_is_found(small, write_parameters):
    write_parameters('base = "demo"\n[composition]\nform = "A"\nbpm = 240', "short_demo")
    write_parameters((ROOT / "parameters" / "demo.toml").read_text(), "demo")
    first = step0_make_song.run("short_demo", root=small).read_bytes()
    assert (small / "music" / "demo.mid").is_file()
    assert step0_make_song.run("short_demo", root=small).read_bytes() == first
    found = small / "music" / "tones.wav"
    before = found.read_bytes()
    assert step0_make_song.run("small", root=small) == found
    assert found.read_bytes() == before


@pytest.mark.slow
def test_steps_in_order(small, capsys):
    run_steps.run("small", root=small)
    parameters = load("small", small)
    for run_parameters in parameters.for_runs():
        embedding = results.load(run_parameters, "embedding", small)
        n_points, latent_dim = embedding["z"].shape
        assert latent_dim == (5 if run_parameters.run == "RF_5d" else 3)
        assert n_points == len(embedding["times_s"]) == len(embedding["z_scaled"])
    forecasters = sorted(path.parent.name for path in (small / "output" / "small").glob("*/joint_forecaster.keras"))
    assert forecasters == ["RF", "RF_5d"]
    assert not list((small / "output" / "small").rglob("unfinished*"))
    drawn = {path.stem for path in (small / "output" / "small" / "figures").glob("*.png")}
    assert drawn == {
        "spectrogram",
        "losses",
        *(f"trajectory_{run}" for run in parameters.runs),
        "compare_R_RF",
        "compare_RF_5d_PCA",
    }
    printed = capsys.readouterr().out
    assert all(f"output/small/figures/{name}.png" in printed for name in drawn)


@pytest.mark.slow
def test_what_is_up_to_date_is_not_trained_again_and_what_is_stale_is_refused(small, write_parameters, capsys):
    write_parameters(SMALL.replace("epochs = 2", "epochs = 1"), "small")
    run_steps.run("small", last=2, root=small)
    capsys.readouterr()
    step2_train_song.run("small", root=small, runs=["R", "RF"])
    assert capsys.readouterr().out.count("is up to date") == 2

    write_parameters(SMALL.replace("epochs = 2", "epochs = 1").replace("latent_dim = 5", "latent_dim = 4"), "small")
    step3_embed_song.run("small", root=small, runs=["R"])
    with pytest.raises(ValueError, match=r"latent_dim=5, parameters/small.toml now says 4; run: python -m train_model"):
        step3_embed_song.run("small", root=small, runs=["RF_5d"])

    write_tones(small / "music" / "tones.wav", seconds=3.5)
    with pytest.raises(ValueError, match=r"spectrogram.npz: was made from another music/tones.wav; run: .*step1_save"):
        step3_embed_song.run("small", root=small, runs=["R"])
    step1_save_song.run("small", root=small)
    with pytest.raises(ValueError, match=r"R/autoencoder.keras: was made from another output/small/spectrogram.npz"):
        step3_embed_song.run("small", root=small, runs=["R"])


def write_samples(samples, sample_rate_hz=44100):
    return lambda path: soundfile.write(path, samples, sample_rate_hz, subtype="FLOAT")


BAD_SOUNDS = {
    "missing": (lambda path: path.unlink(missing_ok=True), FileNotFoundError, "no such sound file"),
    "a folder": (lambda path: path.mkdir(), FileNotFoundError, "no such sound file"),
    "empty": (lambda path: path.write_bytes(b""), ValueError, "cannot be read as sound"),
    "no sound": (lambda path: path.write_text("la la la"), ValueError, "cannot be read as sound"),
    "no samples": (write_samples(np.zeros(0)), ValueError, "holds no samples"),
    "silent": (write_samples(np.zeros(88200)), ValueError, "is silent"),
    "not finite": (write_samples(np.r_[np.ones(88200), np.nan]), ValueError, "1 of 88201 samples are not finite"),
    "too short": (
        write_samples(np.sin(np.arange(4000))),
        ValueError,
        r"0\.07 s of sound: run R needs at least 0\.\d",
    ),
    "shorter than a frame": (write_samples(np.sin(np.arange(400))), ValueError, "window_samples=1024: must be at most"),
}


@pytest.mark.parametrize(("spoil", "error", "message"), BAD_SOUNDS.values(), ids=BAD_SOUNDS)
def test_bad_sound_is_told_and_nothing_is_written(small, spoil, error, message):
    sound = small / "music" / "tones.wav"
    sound.unlink()
    spoil(sound)
    with pytest.raises(error, match=message):
        step1_save_song.run("small", root=small)
    assert not (small / "output").exists()


def test_a_missing_result_names_the_step_that_makes_it(small):
    with pytest.raises(FileNotFoundError, match=r"spectrogram.npz: is not there; run: python -m save_dataset.step1_"):
        step2_train_song.run("small", root=small)
    assert not (small / "output").exists()


@pytest.fixture(scope="module")
def demo_root(tmp_path_factory):
    """The demo song embedded by PCA and by a conditioned autoencoder that was trained for a short time."""
    root = tmp_path_factory.mktemp("demo")
    (root / "parameters").mkdir()
    (root / "parameters" / "demo.toml").write_text((ROOT / "parameters" / "demo.toml").read_text())
    (root / "parameters" / "quick.toml").write_text('base = "demo"\n[training]\nepochs = 3\njit_compile = false')
    for step in (step0_make_song, step1_save_song):
        step.run("quick", root=root)
    for step in (step2_train_song, step3_embed_song):
        step.run("quick", root=root, runs=["RF", "PCA"])
    return root


@pytest.mark.slow
@pytest.mark.parametrize("run", ["RF", "PCA"])
def test_trajectory_of_the_demo_finds_its_bars_and_its_form(demo_root, run):
    parameters = load("quick", demo_root).for_run(run)
    embedding = results.load(parameters, "embedding", demo_root)
    z, times_s = embedding["z"], embedding["times_s"]
    bar_s, section_s = 2.0, 8.0  # four beats at 120 bpm; four bars

    def mean_distance(begin_s, end_s, later_s):
        """Between the points of a span and those `later_s` after them."""
        points = np.flatnonzero((times_s >= begin_s) & (times_s < end_s))
        return np.mean(np.linalg.norm(z[np.searchsorted(times_s, times_s[points] + later_s)] - z[points], axis=1))

    in_first_a = (0.0, section_s - 1.5 * bar_s)
    assert mean_distance(*in_first_a, bar_s) < 0.8 * mean_distance(*in_first_a, bar_s / 2)
    in_the_form = (0.5, section_s - 0.5)
    to_second_a, to_b, to_last_a = (mean_distance(*in_the_form, n * section_s) for n in (1, 2, 3))
    assert max(to_second_a, to_last_a) < 0.5 * to_b


DEMO_OF_A_SECOND = 'base = "demo"\n[composition]\nform = "A"\nbpm = 240'


def test_step0_does_not_write_over_a_recording(small, write_parameters):
    write_parameters((ROOT / "parameters" / "demo.toml").read_text(), "demo")
    write_parameters(DEMO_OF_A_SECOND + '\nfile = "tones.wav"\n[sound]\nfile = "tones.wav"', "clumsy")
    before = (small / "music" / "tones.wav").read_bytes()
    with pytest.raises(ValueError, match="tones.wav: is a recording, not a composition: name another file"):
        step0_make_song.run("clumsy", root=small)
    assert (small / "music" / "tones.wav").read_bytes() == before


def test_a_sound_made_from_another_composition_is_refused(small, write_parameters):
    write_parameters((ROOT / "parameters" / "demo.toml").read_text(), "demo")
    write_parameters(DEMO_OF_A_SECOND, "short_demo")
    step0_make_song.run("short_demo", root=small)
    step1_save_song.run("short_demo", root=small)
    write_parameters(DEMO_OF_A_SECOND.replace("240", "200"), "short_demo")
    assert not results.is_fresh(load("short_demo", small), "spectrogram", small)
    with pytest.raises(
        ValueError, match=r"demo.wav: is not what \[composition\] says; run: .*step0_make_song short_demo"
    ):
        step1_save_song.run("short_demo", root=small)
    step0_make_song.run("short_demo", root=small)
    step1_save_song.run("short_demo", root=small)
    assert results.is_fresh(load("short_demo", small), "spectrogram", small)


def test_numbers_that_no_step_has_are_refused(small):
    with pytest.raises(ValueError, match="no step has a number from 9 to 9; steps: 0, 1, 2, 3"):
        run_steps.run("small", first=9, root=small)
