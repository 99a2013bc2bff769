"""Each step once, on a few seconds of sound; what all steps have in common; what happens to bad input."""

import csv
import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
import soundfile

import run_steps
from embed import step3_embed_song
from forecast import step5_train_forecasters_song
from pipeline import quiet, results
from pipeline.command_line import are_up_to_date
from pipeline.parameters import ROOT, load, studies, study_parameters
from save_dataset import step0_make_song, step1_save_song
from tests.done_steps import (
    assert_drawn_again_with_the_same_bytes,
    assert_figures,
    assert_refused,
    do_all_steps,
    names_in,
)
from tests.stored_results import write_tones
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

[var]
points = 4

[mlp]
epochs = 1
batch_points = 64

[lstm]
points = 4
epochs = 1
batch_points = 64

[analog]
delay_points = 3

[forecast]
methods = ["knn", "knn_paper", "var", "mlp", "lstm", "joint", "persistence"]
horizon_steps = 8
first_point = 4
every_points = 3
long_steps = 20

[evaluation]
n_surrogates = 3
exclusion_points = [0, 10]

[play]
video = ["PCA"]
frame_rate_hz = 1.0
keep_frames = true

[music]
sections = [[0.0, "A"], [1.5, "B"]]

[runs.RF_5d]
model.latent_dim = 5

[runs.PCA]
model.method = "pca"

[figures]
compare = [["PCA", "RF_5d"]]
"""


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
    return source[source.index("import sys") : source.index("answer(__file__)")]


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
    for words in ([step], ["-P", "-W", "error", step], ["-P", ROOT / "run_steps.py"]):  # -P is PYTHONSAFEPATH
        refused = python(*words, "no_such_song", cwd=tmp_path)
        assert refused.returncode == 1
        told = "error: parameters/no_such_song.toml: no such file; parameter files there are: "
        assert refused.stderr.startswith(told)
        assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (
            "save_dataset/step1_save_song.py",
            "another study than step1_save_song; run: python -m save_dataset.step1_save_drums",
        ),
        (
            "forecast/step6_forecast_song.py",
            "another study than step6_forecast_song; run: python -m forecast.step6_gener",
        ),
    ],
)
def test_a_step_refuses_the_file_of_another_study(step, line):
    refused = python(ROOT / step, "demo_drums", cwd=ROOT)
    assert refused.returncode == 1
    assert f"error: parameters/demo_drums.toml: is of {line}" in refused.stderr


WITHOUT_TENSORFLOW = (
    *("run_steps", "save_dataset.step1_save_song", "train_model.song.draw_losses", "embed.song.draw_embeddings"),
    *("embed.step4_play_song", "forecast.song.knn", "forecast.song.linear", "forecast.song.methods"),
    *("forecast.song.forecasts", "forecast.song.draw_forecasts", "evaluate.step7_measure_song"),
    *("evaluate.step8_draw_song", "save_dataset.step0_make_pieces", "save_dataset.step1_save_drums"),
    *("save_dataset.step1_save_piano", "embed.step4_hear_dictionary", "forecast.dictionary.generate"),
    *("evaluate.dictionary.baselines", "evaluate.dictionary.comparison", "evaluate.dictionary.style"),
    *("evaluate.step8_draw_dictionary", "save_dataset.step0_make_themes", "save_dataset.step1_save_themes"),
    *("embed.step3_embed_themes", "embed.step4_hear_themes", "forecast.step6_find_themes"),
    *("evaluate.themes.results", "evaluate.step7_measure_themes", "evaluate.step8_draw_themes"),
    *("save_dataset.step1_save_signal", "evaluate.signal.measures", "evaluate.step8_draw_signal"),
    *("save_dataset.step1_save_digits", "evaluate.digits.measures", "evaluate.step8_draw_digits"),
    *("train_model.complex.draw_bases", "train_model.complex.draw_training"),
)


ANSWER_EACH = """
import runpy, sys
given, *steps = sys.argv[1:]
for step in steps:
    sys.argv = [step, *given.split()]
    try:
        runpy.run_path(step, run_name="__main__")
    except SystemExit as answer:
        print(repr(answer.code))
    if heavy := {"tensorflow", "keras", "matplotlib.figure", "librosa.core", "scipy", "sklearn"} & {*sys.modules}:
        sys.exit(f"{step} imported {heavy}")
"""


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ("--help", "0"),
        ("", "2"),
        ("demo --nothing", "2"),
        ("no_such_song", "'error: parameters/no_such_song.toml: no such file; "),
        ("demo_nothing --traceback", None),
    ],
)
def test_every_step_answers_before_anything_heavy_is_imported(given, answer):
    finished = python("-c", ANSWER_EACH, given, *STEP_FILES, ROOT / "run_steps.py", cwd=ROOT)
    if answer is None:
        assert "FileNotFoundError: parameters/demo_nothing.toml" in finished.stderr
        return
    assert finished.returncode == 0, finished.stderr
    answers = [line for line in finished.stdout.splitlines() if line.startswith(answer)]
    assert len(answers) == len(STEP_FILES) + 1


@pytest.mark.slow
def test_what_is_up_to_date_is_said_without_the_step(done, write_parameters, capsys, monkeypatch):
    runs = load("small", done).for_runs()
    assert are_up_to_date(runs, "train_model.step2_train_song", done)
    assert capsys.readouterr().out.splitlines()[0] == "RF_5d: autoencoder.keras, history.npz up to date"
    assert are_up_to_date(runs, "forecast.step5_train_forecasters_song", done)
    assert capsys.readouterr().out.splitlines()[0] == "RF_5d: mlp.keras, lstm.keras up to date"
    monkeypatch.setattr(results, "UNFINISHED", "history*")  # as a training that was killed when all was saved leaves
    assert not are_up_to_date(runs, "train_model.step2_train_song", done)
    monkeypatch.undo()
    changed = load("small", write_parameters(SMALL.replace("latent_dim = 5", "latent_dim = 4"), "small"))
    assert not are_up_to_date(changed.for_runs(), "train_model.step2_train_song", done)
    assert are_up_to_date(changed.for_runs(["PCA"]), "train_model.step2_train_song", done)
    assert "RF_5d" not in capsys.readouterr().out


IMPORT_QUIETLY = """
import os, sys
from pipeline import command_line, quiet
quiet.hold_back_lines_of_tensorflow()
import keras
import tensorflow as tf
assert tf.__spec__.name == "tensorflow" and tf.add(1, 2) == 3
print(keras.config.backend(), keras.config.floatx(), keras.config.image_data_format(), keras.config.epsilon())
print(keras.config.max_epochs())
os.write(2, b"stderr is open again")
"""


@pytest.mark.slow
def test_tensorflow_says_nothing_of_the_machine_and_keras_has_no_settings_of_the_user(tmp_path):
    settings = {"floatx": "float16", "image_data_format": "channels_first", "epsilon": 0.1, "backend": "jax"}
    (tmp_path / "keras.json").write_text(json.dumps(settings))
    environment = {name: value for name, value in os.environ.items() if name not in (quiet.LEVEL, "KERAS_BACKEND")}
    environment |= {"KERAS_HOME": str(tmp_path), "KERAS_MAX_EPOCHS": "1"}
    words = [sys.executable, "-c", IMPORT_QUIETLY]
    finished = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    other = f"{tmp_path / 'keras.json'}: backend 'jax' is not used, the models need tensorflow\n"
    assert finished.stderr == f"{other}stderr is open again"
    assert finished.stdout.split() == ["tensorflow", "float32", "channels_last", "1e-07", "None"]


IMPORT_EACH = """
import importlib, sys
for module in sys.argv[1:]:
    importlib.import_module(module)
    if "tensorflow" in sys.modules or "keras" in sys.modules:
        sys.exit(module)
"""


@pytest.mark.slow
def test_what_needs_no_tensorflow_does_not_import_it():
    finished = python("-c", IMPORT_EACH, *WITHOUT_TENSORFLOW, cwd=ROOT)
    assert (finished.returncode, finished.stderr) == (0, "")


def test_step0_composes_the_demo_and_leaves_what_is_found(small, write_parameters):
    write_parameters('base = "demo"\n[composition]\nform = "A"\nbpm = 240', "short_demo")
    write_parameters((ROOT / "parameters" / "demo.toml").read_text(), "demo")
    first = step0_make_song.run("short_demo", root=small).read_bytes()
    assert (small / "music" / "demo.mid").is_file()
    assert step0_make_song.run("short_demo", root=small).read_bytes() == first
    found = small / "music" / "tones.wav"
    before = found.read_bytes()
    assert step0_make_song.run("small", root=small) is None
    assert found.read_bytes() == before


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A root where all steps are done for `small`; only for looking."""
    root = tmp_path_factory.mktemp("done")
    write_tones(root / "music" / "tones.wav")
    return do_all_steps(root, SMALL)


@pytest.mark.slow
def test_steps_in_order(done):
    parameters, output = load("small", done), done / "output" / "small"
    for run in parameters.for_runs():
        folder, embedding = output / run.run, results.load(run, "embedding", done)
        n_points, latent_dim = embedding["z"].shape
        assert latent_dim == run.model.latent_dim
        assert n_points == len(embedding["times_s"]) == len(embedding["z_scaled"])
        for what in ("forecast", "divergence"):
            assert names_in(folder, f"{what}_*") == {f"{what}_{method}.npz" for method in run.methods_of_run()}
        assert names_in(folder / "sound") == {"truth.wav", "decoded.wav", "knn.wav"}
        rows = list(csv.DictReader((folder / "trajectory.csv").open(newline="")))
        np.testing.assert_allclose([float(row["centre_s"]) for row in rows], embedding["times_s"], atol=1e-6)
    assert {path.parent.name for path in output.glob("*/joint_*.keras")} == {"RF_5d"}
    assert {path.parent.name for path in output.glob("*/*_joint.npz")} == {"RF_5d"}
    assert {path.parent.name for path in output.glob("*/trajectory.mp4")} == {"PCA"}
    assert names_in(output / "PCA" / "frames") == {"frame_0.png", "frame_1.png", "frame_2.png"}
    assert (output / "sections.vtt").is_file()
    assert not [*output.rglob("unfinished*"), *output.rglob(".*")]


@pytest.mark.slow
def test_every_figure_and_table_of_the_study_is_drawn(done):
    of_runs = {f"{what}_{run}" for what in ("trajectory", "forecasts", "fans") for run in ("RF_5d", "PCA")}
    of_song = {"spectrogram", "losses", "compare_PCA_RF_5d", "errors", "skill", "valid_times", "divergence"}
    of_protocol = {"controls", "exclusion", "recurrence"}
    tables = {"embedding", "divergence", "divergence_paper", "one_step", "controls", "recurrence", "consistency"}
    assert_figures(done, of_runs | of_song | of_protocol, tables)
    (page,) = (done / "output" / "small").glob("*.html")
    assert '"forecasts":{"knn":{' in page.read_text()


@pytest.mark.slow
def test_all_is_drawn_again_without_tensorflow_and_with_the_same_bytes(done, done_again):
    assert_drawn_again_with_the_same_bytes("evaluate.step8_draw_song", done, done_again, ["player.html"])


@pytest.mark.slow
def test_what_is_up_to_date_is_not_trained_again_and_what_is_stale_is_refused(done_again, write_parameters, capsys):
    step2_train_song.run("small", root=done_again, runs=["RF_5d"])
    assert capsys.readouterr().out.count("is up to date") == 1
    step5_train_forecasters_song.run("small", root=done_again)
    assert capsys.readouterr().out.count("is up to date") == 2 * 2

    write_parameters(SMALL.replace("latent_dim = 5", "latent_dim = 4"), "small")
    step3_embed_song.run("small", root=done_again, runs=["PCA"])
    stale = r"latent_dim=5, parameters/small.toml now says 4; run: python -m train_model"
    assert_refused(done_again, stale, step3_embed_song, runs=["RF_5d"])

    write_tones(done_again / "music" / "tones.wav", seconds=3.5)
    stale = r"spectrogram.npz: was made from another music/tones.wav; run: .*step1_save"
    assert_refused(done_again, stale, step3_embed_song, runs=["PCA"])
    step1_save_song.run("small", root=done_again)
    stale = r"PCA/autoencoder.keras: was made from another output/small/spectrogram.npz"
    assert_refused(done_again, stale, step3_embed_song, runs=["PCA"])


def write_samples(samples, sample_rate_hz=44100):
    return lambda path: soundfile.write(path, samples, sample_rate_hz, subtype="FLOAT")


BAD_SOUNDS = {
    "missing": (lambda path: path.unlink(missing_ok=True), FileNotFoundError, "no such sound file"),
    "a folder": (lambda path: path.mkdir(), FileNotFoundError, "no such sound file"),
    "empty": (lambda path: path.write_bytes(b""), ValueError, "cannot be read as sound"),
    "no sound": (lambda path: path.write_text("la la la"), ValueError, "cannot be read as sound"),
    "no samples": (write_samples(np.zeros(0)), ValueError, "contains no samples"),
    "silent": (write_samples(np.zeros(88200)), ValueError, "is silent"),
    "not finite": (write_samples(np.r_[np.ones(88200), np.nan]), ValueError, "1 of 88201 samples are not finite"),
    "too short": (
        write_samples(np.sin(np.arange(4000))),
        ValueError,
        r"0\.07 s of sound: run RF_5d needs at least 0\.\d",
    ),
    "shorter than a frame": (write_samples(np.sin(np.arange(400))), ValueError, "window_samples=1024: must be at most"),
}


@pytest.mark.parametrize(("spoil", "error", "message"), BAD_SOUNDS.values(), ids=BAD_SOUNDS)
def test_bad_sound_is_told_and_nothing_is_written(small, spoil, error, message):
    sound = small / "music" / "tones.wav"
    sound.unlink()
    spoil(sound)
    assert_refused(small, message, step1_save_song, error=error)


def test_a_missing_result_names_the_step_that_makes_it(small):
    message = r"spectrogram.npz: does not exist; run: python -m save_dataset.step1_"
    assert_refused(small, message, step2_train_song, error=FileNotFoundError)


@pytest.fixture(scope="module")
def demo_root(tmp_path_factory):
    """The demo song embedded by PCA and by a conditioned autoencoder that was trained for a short time."""
    root = tmp_path_factory.mktemp("demo")
    (root / "parameters").mkdir()
    (root / "parameters" / "demo.toml").write_text((ROOT / "parameters" / "demo.toml").read_text())
    (root / "parameters" / "quick.toml").write_text('base = "demo"\n[training]\nepochs = 3')
    for step in (step0_make_song, step1_save_song):
        step.run("quick", root=root)
    for step in (step2_train_song, step3_embed_song):
        step.run("quick", root=root, runs=["RPVW", "PCA"])
    return root


@pytest.mark.slow
@pytest.mark.parametrize("run", ["RPVW", "PCA"])
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


DEMO_OF_A_SECOND = 'base = "demo"\nmusic.sections = []\n[composition]\nform = "A"\nbpm = 240'


def test_step0_does_not_write_over_a_recording(small, write_parameters):
    write_parameters((ROOT / "parameters" / "demo.toml").read_text(), "demo")
    write_parameters(DEMO_OF_A_SECOND + '\nfile = "tones.wav"\n[sound]\nfile = "tones.wav"', "clumsy")
    message = "tones.wav: is a recording, not a composition: name another file"
    assert_refused(small, message, step0_make_song, name="clumsy")


@pytest.mark.slow
def test_a_sound_made_from_another_composition_is_refused(small, write_parameters):
    write_parameters((ROOT / "parameters" / "demo.toml").read_text(), "demo")
    write_parameters(DEMO_OF_A_SECOND, "short_demo")
    step0_make_song.run("short_demo", root=small)
    step1_save_song.run("short_demo", root=small)
    write_parameters(DEMO_OF_A_SECOND.replace("240", "200"), "short_demo")
    assert not results.is_fresh(load("short_demo", small), "spectrogram", small)
    message = r"demo.wav: is not what \[composition\] says; run: .*step0_make_song short_demo"
    assert_refused(small, message, step1_save_song, name="short_demo")
    step0_make_song.run("short_demo", root=small)
    step1_save_song.run("short_demo", root=small)
    assert results.is_fresh(load("short_demo", small), "spectrogram", small)


def test_numbers_that_no_step_has_are_refused(small):
    with pytest.raises(ValueError, match="no step has a number from 9 to 9; steps: 0, 1, 2, 3"):
        run_steps.run("small", first=9, root=small)
