"""Steps 3 and 6 of the study `switches`, and their figures, with a table of clips of noise."""

import json

import numpy as np
import pytest
import soundfile

from embed import step3_embed_switches
from embed.switches.codes import as_array, load_codes
from evaluate.switches.draw_components import draw_components
from evaluate.switches.draw_generated import draw_generated
from forecast import step6_generate_switches
from forecast.switches.generated import load_generated
from models.generators import build_generator, fill_table
from pipeline import results
from pipeline.parameters import load
from tests.done_steps import assert_refused, names_in, versions_of
from tests.small_switches import TEXT, small_clips

pytestmark = pytest.mark.slow
SOUNDS = {"switches_both.wav", *(f"switch_{n}.wav" for n in range(1, 5)), "path_way.wav", "own_1_hiss.wav"}
RUN = "output/small/table"


@pytest.fixture(scope="module")
def done(write_session_parameters):
    root = write_session_parameters(TEXT, "small")
    (root / "music" / "own").mkdir(parents=True)
    hiss = np.random.default_rng(1).normal(scale=0.1, size=16000)
    for path in (root / "music" / "a.wav", root / "music" / "own" / "hiss.wav"):
        soundfile.write(path, hiss, 8000)
    parameters, clips = load("small", root), small_clips()
    results.save(parameters, "clips", clips.to_arrays(), root, raw=[root / "music" / "a.wav"])
    table = build_generator("table", 4, 32, 16)
    fill_table(table, clips.mels)
    results.save_model(parameters.for_run("table"), "generator", table, root)
    step3_embed_switches.run("small", root)
    step6_generate_switches.run("small", root)
    return root


def test_the_table_has_its_codes_and_sounds_and_an_autoencoder_has_none(done):
    parameters = load("small", done).for_run("table")
    codes, made = load_codes(parameters, done), load_generated(parameters, done)
    assert {"clips.npz", "table"} <= names_in(done / "output" / "small")
    assert names_in(done / RUN / "sounds") == SOUNDS
    peaks = [np.abs(soundfile.read(done / RUN / "sounds" / name)[0]).max() for name in SOUNDS]
    assert max(peaks) == pytest.approx(0.9, abs=1e-3)
    assert len(set(peaks)) > 1  # levels of sounds are not made alike
    sliders = as_array(json.loads(str(made.settings[-1]))["sliders"], 3)
    assert codes.code_of(np.zeros(4), sliders) == pytest.approx(made.codes[-1])


def test_what_is_up_to_date_is_left_but_for_sounds_that_are_missing(done_again, capsys):
    (done_again / RUN / "sounds" / "path_way.wav").unlink()
    before = versions_of(done_again, f"{RUN}/*.*")
    sound = (done_again / RUN / "sounds" / "switch_2.wav").read_bytes()
    step3_embed_switches.run("small", done_again)
    step6_generate_switches.run("small", done_again)
    assert versions_of(done_again, f"{RUN}/*.*") == before
    assert names_in(done_again / RUN / "sounds") == SOUNDS
    assert (done_again / RUN / "sounds" / "switch_2.wav").read_bytes() == sound
    assert capsys.readouterr().out.count("is up to date\n") == 2


def test_a_setting_from_the_command_line_is_written_next_to_what_is_there(done_again):
    before = versions_of(done_again)
    (path,) = step6_generate_switches.run("small", done_again, switches="3=0.5, 1=1")
    after = versions_of(done_again)
    added = {f"{RUN}/sounds/switches_1_1_3_0.5{ending}" for ending in (".wav", ".png", ".pdf")}
    assert after.keys() - before.keys() == added
    assert path == done_again / RUN / "sounds" / "switches_1_1_3_0.5.wav"
    assert all(after[name] == before[name] for name in before)


def test_what_cannot_be_generated_is_refused_in_one_line_and_nothing_changes(done_again, write_parameters):
    step, broken = step6_generate_switches, done_again / "music" / "own" / "short.wav"
    assert_refused(done_again, "^switches='x': must be switches, each once", step, switches="x")
    assert_refused(done_again, "^switches='9=1': .* 4", step, switches="9=1")
    broken.write_bytes(b"no sound")
    assert_refused(done_again, "^.*short.wav: ", step, force=True)
    broken.unlink()
    write_parameters(TEXT.replace('"own/*.wav"', f'["{done_again / RUN}/sounds/switch_1.wav"]'), "small")
    assert_refused(done_again, "switch_1.wav: lies where generated sounds are written, .*move it$", step)
    write_parameters(TEXT.replace("way = [1, 4]", "way = [1, 5]"), "small")
    assert_refused(done_again, "^generate.paths.way: there is no switch 5", step)


def test_clips_and_models_of_other_parameters_are_refused(done_again, write_parameters):
    steps = step3_embed_switches, step6_generate_switches
    write_parameters(TEXT.replace("n_mels = 16", "n_mels = 32"), "small")
    assert_refused(done_again, r"clips.npz: was made with mel.n_mels=16, .* now says 32; run: .*step1_save", *steps)
    write_parameters(TEXT + "[training]\nepochs = 3\n", "small")
    assert_refused(
        done_again, r"generator.keras: was made with training.epochs=[0-9]+, .* now says 3; run: .*step2", *steps
    )


def test_figures_and_tables_are_drawn_of_what_there_is(done_again):
    parameters = load("small", done_again)
    paths = [*draw_components(parameters, done_again), *draw_generated(parameters, done_again)]
    assert {path.name for path in paths if path.suffix in (".png", ".csv")} == {
        *("components.png", "sliders.csv", "own.csv", "generated.png", "paths.png")
    }
    own = (done_again / "output" / "small" / "figures" / "own.csv").read_text()
    assert own.startswith("run,sound,nearest,nearest clip (dB),least squares (dB),search (dB)\ntable,1_hiss,clip ")
