"""All steps of `drums` and `piano` on a few composed pieces; what is stale, up to date, or bad input."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial

import pretty_midi
import pytest
import soundfile

from embed import step3_embed_dictionary, step4_hear_dictionary
from evaluate import step7_measure_dictionary
from forecast import step6_generate_dictionary
from pipeline import provenance, results
from pipeline.parameters import ROOT, load
from save_dataset import step0_make_pieces, step1_save_drums, step1_save_piano
from save_dataset.midi.corpus import Corpus
from tests.done_steps import (
    assert_complete,
    assert_drawn_again_with_the_same_bytes,
    assert_figures,
    assert_refused,
    do_all_steps,
    names_in,
    versions_of,
)
from tests.faults.tiny import DICTIONARY
from tests.small_dictionary import TEXT, small_codes, small_corpus
from tests.small_midi import write_drums, write_midi
from tests.stored_results import store
from train_model import step2_train_dictionary

SMALL = DICTIONARY.replace(
    "[runs.net]",
    """[runs.WTA]

[runs.MP]
model = {{ k = 2, refine = "pursuit" }}""",
)
STEP1 = {"drums": step1_save_drums, "piano": step1_save_piano}
FIGURES_OF_RUNS = ("atoms", "code", "keep", "interpolation", "decomposition", "operations")
FIGURES = {"music", "losses", "usage", "spaces", "comparison", "shifts", "style", "centroids"}
TABLES = {"reconstruction", "shifts", "denoising", "style"}


def has_chords(study):
    return {"chords"} if study == "piano" else set()


@pytest.fixture(scope="module", params=["drums", "piano"])
def done(request, tmp_path_factory):
    """A study's word, and a root where all its steps are done for `small`; only for looking."""
    root = tmp_path_factory.mktemp(request.param)
    return request.param, do_all_steps(root, SMALL.format(study=request.param))


@pytest.fixture
def done_again(done, tmp_path):
    """A study's word, and a copy of its root to change."""
    shutil.copytree(done[1], tmp_path, dirs_exist_ok=True)
    return done[0], tmp_path


@pytest.fixture
def edit(done_again, write_parameters):
    """Writes the parameter file with replacements; returns the root."""

    def edit_it(*replacements):
        text = SMALL.format(study=done_again[0])
        for before, after in replacements:
            assert before in text
            text = text.replace(before, after)
        return write_parameters(text, "small")

    return edit_it


@pytest.mark.slow
def test_all_results_are_there_and_fresh(done):
    study, root = done
    missing = {"chords"} - has_chords(study)
    assert_complete(root, {"corpus.npz", "baselines.npz", "style_baselines.npz"}, lambda run: missing)


@pytest.mark.slow
def test_every_figure_and_table_is_drawn_and_told(done):
    study, root = done
    of_runs = {f"{what}_{run}" for what in FIGURES_OF_RUNS for run in ("WTA", "MP")}
    assert_figures(root, FIGURES | has_chords(study) | of_runs, TABLES | has_chords(study))


@pytest.mark.slow
def test_atoms_piece_and_what_is_generated_can_be_heard(done):
    _, root = done
    for run in load("small", root).for_runs():
        folder = root / "output" / "small" / run.run
        generated = {f"{name}.mid" for name in results.load(run, "generated", root)["name"]}
        assert names_in(folder / "generated", "*.mid") == generated
        assert names_in(folder / "piece", "*.mid") == {"original.mid", "reconstruction.mid"}
        assert len(names_in(folder / "atoms", "atom_*.mid")) == 3
        for path in folder.glob("*/*.mid"):
            n_notes = sum(len(each.notes) for each in pretty_midi.PrettyMIDI(str(path)).instruments)
            assert path.with_suffix(".wav").is_file() == (n_notes > 0)
        sounds = [*folder.glob("*/*.wav")]
        assert {folder / "piece/original.wav", folder / "generated/original_a.wav"} <= {*sounds}
        assert all(sound.with_suffix(".mid").is_file() and soundfile.info(sound).samplerate == 8000 for sound in sounds)


@pytest.mark.slow
def test_the_page_of_each_run_is_there_and_asks_nothing_of_the_network(done):
    _, root = done
    for run in ("WTA", "MP"):
        page = (root / "output" / "small" / run / "atoms.html").read_text()
        assert f"<title>small, {run}" in page
        assert '"n_atoms":8' in page.replace(" ", "")
        assert 'src="http' not in page
        assert 'href="http' not in page


@pytest.mark.slow
def test_all_is_drawn_again_without_tensorflow_and_with_the_same_bytes(done, done_again):
    if done[0] == "drums":
        pytest.skip("the same modules draw both studies, and the piano has more to draw")
    assert_drawn_again_with_the_same_bytes("evaluate.step8_draw_dictionary", done[1], done_again[1])


@pytest.mark.slow
def test_what_is_up_to_date_is_left_and_again_does_it_anew(done_again, capsys):
    _, root = done_again
    before = versions_of(root, "output/small/*/dictionary.keras") | versions_of(root, "output/small/*.npz")
    step2_train_dictionary.run("small", root=root)
    assert capsys.readouterr().out.count("dictionary.keras is up to date\n") == 2
    step7_measure_dictionary.run("small", root=root, runs=["WTA"])
    assert versions_of(root, "output/small/*/dictionary.keras") | versions_of(root, "output/small/*.npz") == before
    step7_measure_dictionary.run("small", root=root, runs=["WTA"], force=True)
    after = versions_of(root, "output/small/*.npz")
    assert {name for name, time_ns in after.items() if time_ns != before[name]} == {
        "output/small/baselines.npz",
        "output/small/style_baselines.npz",
    }


@pytest.mark.slow
def test_one_run_can_be_done_alone(done_again, capsys):
    _, root = done_again
    before = versions_of(root, "output/small/MP/**/*")
    assert before
    for step in (step3_embed_dictionary, step7_measure_dictionary):
        step.run("small", root=root, runs=["WTA"])
    assert versions_of(root, "output/small/MP/**/*") == before
    assert "MP: " not in capsys.readouterr().out
    for step in (step2_train_dictionary, step3_embed_dictionary, step4_hear_dictionary):
        with pytest.raises(ValueError, match="run='PM': parameters/small.toml has the runs WTA, MP"):
            step.run("small", root=root, runs=["PM"])


@pytest.mark.slow
def test_what_is_stale_is_refused_by_name_with_the_way_out(done_again, edit, capsys):
    study, root = done_again
    edit(("k = 2, refine", "k = 3, refine"))
    step3_embed_dictionary.run("small", root=root, runs=["WTA"])
    stale = r"MP/dictionary.keras: was made with model.k=2, parameters/small.toml now says 3; run: .*step2_train_dict"
    steps = (step3_embed_dictionary, step4_hear_dictionary, step6_generate_dictionary, step7_measure_dictionary)
    assert_refused(root, stale, *steps, runs=["MP"])

    section = {"drums": "grid]\nsteps_per_bar = 32", "piano": "roll]\nsteps_per_beat = 8"}[study]
    edit(("[model]", f"[{section}\n\n[model]"))
    key = section.split("\n")[1].split(" ")[0]
    stale = rf"corpus.npz: was made with \w+.{key}=\d+, .* now says .*step1_save_{study}"
    assert_refused(root, stale, step2_train_dictionary)


@pytest.mark.slow
def test_pieces_made_anew_make_the_corpus_stale(done_again, edit, write_parameters):
    study, root = done_again
    other = SMALL.format(study=study).replace("bars = 4", "bars = 4\nseed = 1", 1)
    write_parameters(other, "other")
    step0_make_pieces.run("other", root)
    stale = rf"small/corpus.npz: was made from another music/made/.*step1_save_{study} sm"
    assert_refused(root, stale, step2_train_dictionary)
    assert_refused(root, r"music/made: is not what \[composition\] says; run: .*step0_make_pieces sm", STEP1[study])
    write_parameters(other, "small")
    stale = r"was made with composition.seed=0, parameters/small.toml now says 1"
    assert_refused(root, stale, step2_train_dictionary)
    STEP1[study].run("small", root=root)
    stale = r"WTA/dictionary.keras: was made with composition.seed=0, .*; run: .*step2_train"
    assert_refused(root, stale, step3_embed_dictionary)


BAD_WISHES = (
    (("stems", "swap = [[0, 8]]\nstems"), r"swap=\(0, 8\): the dictionary has 8 atoms, 0 to 7"),
    (("stems", 'piece = "nobody"\nstems'), r"generate.piece='nobody': is in no name .*; near are \w+/\w+.mid, "),
    (("stems", 'other = "nobody"\nstems'), r"generate.other='nobody': is in no name .*; near are \w+/\w+.mid, "),
    (("bars = 1", "bars = 5"), "generate.bars=5: must be at most the length of two pieces; 0 are as long"),
)


@pytest.mark.slow
def test_bad_wishes_for_generated_music_are_told_and_nothing_is_written(done_again, edit):
    _, root = done_again
    for wish, message in BAD_WISHES:
        edit(wish)
        assert_refused(root, message, step6_generate_dictionary)


@pytest.mark.slow
def test_a_sound_font_that_is_missing_is_told_and_nothing_is_written(done_again, edit):
    _, root = done_again
    edit(("[rendering]", '[rendering]\nsound_font = "grand.sf2"'))
    message = "rendering.sound_font=grand.sf2: no such file in music/"
    assert_refused(root, message, step4_hear_dictionary, step6_generate_dictionary, error=FileNotFoundError)


@pytest.mark.slow
def test_styles_that_cannot_be_told_apart_are_left_out_in_one_line(done_again, edit, capsys):
    _, root = done_again
    edit(("folds = 2", "folds = 4"))
    step7_measure_dictionary.run("small", root=root)
    told = capsys.readouterr().out
    assert "style is not measured: style.folds=4: there are only 3 pieces of " in told
    assert "WTA: MSE " in told
    assert ", style " not in told
    assert results.is_fresh(load("small", root).for_run("MP"), "measures", root)


def test_a_corpus_of_which_nothing_is_held_out_is_told_by_what_judges_it(write_parameters):
    root = write_parameters(TEXT, "beats")
    parameters, codes = load("beats", root), small_codes()
    arrays = small_corpus(codes).to_arrays()
    store(parameters, "corpus", root, **arrays | {"splits": ["train"] * 3})
    store(parameters.for_run("A"), "codes", root, **vars(codes))
    message = "evaluation.split='test': there is no piece in it; raise collection.test_fraction"
    assert_refused(root, message, step7_measure_dictionary, name="beats")


DRUMS = 'study = "drums"\n[collection]\nfolder = "songs"\n{more}\n[runs.A]\n'
PIANO = DRUMS.replace("drums", "piano")


def write_broken(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"MThd")


def write_text(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".txt").write_text("la la la")


def write_keys(path, is_drum=False):
    write_midi(path, [(beat, 1, 60) for beat in range(8)], is_drum=is_drum)


BAD_MUSIC = {
    "no folder": (DRUMS, None, FileNotFoundError, r"folder='songs': there is no folder .*music/songs"),
    "no MIDI": (DRUMS, write_text, ValueError, r"songs: contains no MIDI that \*\*/\* finds"),
    "all broken": (DRUMS, write_broken, ValueError, r"nothing can be used; left out: 1 of 1 files: broken \(a/1.mid\)"),
    "no drums": (
        DRUMS,
        write_keys,
        ValueError,
        r"nothing can be used; left out: 1 of 1 files: no drum track \(a/1.mid",
    ),
    "no notes": (DRUMS, lambda path: write_drums(path, ()), ValueError, r"1 of 1 files: without notes \(a/1.mid\)"),
    "3/4": (DRUMS, lambda path: write_drums(path, metre=(3, 4)), ValueError, r"1 of 1 files: not in 4/4 \(a/1.mid\)"),
    "bells": (DRUMS, lambda path: write_drums(path, pitch=80), ValueError, r"1 of 1 files: no pitch of grid.drums"),
    "piano: no folder": (PIANO, None, FileNotFoundError, r"folder='songs': there is no folder .*music/songs"),
    "piano: no MIDI": (PIANO, write_text, ValueError, r"songs: contains no MIDI that \*\*/\* finds"),
    "piano: all broken": (PIANO, write_broken, ValueError, r"nothing can be used; .* of 1 files: broken \(a/1.mid\)"),
    "piano: no notes": (PIANO, lambda path: write_midi(path, []), ValueError, r"1 of 1 files: without notes \(a/1.m"),
    "piano: drums": (PIANO, lambda path: write_keys(path, is_drum=True), ValueError, "1 of 1 files: with drums only"),
}


@pytest.mark.parametrize(("text", "write", "error", "message"), BAD_MUSIC.values(), ids=BAD_MUSIC)
def test_music_that_cannot_be_used_is_told_and_no_result_is_written(write_parameters, text, write, error, message):
    root = write_parameters(text.format(more=""), "bad")
    if write:
        write(root / "music" / "songs" / "a" / "1.mid")
    with pytest.raises(error, match=message):
        STEP1[load("bad", root).study].run("bad", root=root)
    assert not (root / "output" / "bad").exists()  # the cache of what was parsed may be


BAD_PARAMETERS = {
    "winners": ("[model]\nn_atoms = 8\nk = 9", "bad.toml: model: k=9: must be at most n_atoms=8"),
    "baseline winners": ("[baselines]\nn_atoms = 3", "bad.toml: baselines: k=4: must be at most n_atoms=3"),
    "strides": ("[training]\nwindow_steps = 30", "training.window_steps=30: must be a multiple of stride_steps=4"),
    "short windows": ("[model]\natom_steps = 128", "training.window_steps=64: must be at least atom_steps=128"),
    "blocks": ("[model]\nstride_steps = 3", "bad.toml: model: stride_steps=3: must divide atom_steps=4"),
    "a key": ("[training]\nepoch = 3", "bad.toml: training.epoch: unknown key; did you mean epochs?"),
    "a section": ("[colection]", "bad.toml: colection: unknown key; did you mean collection?"),
    "a word": ('[model]\nscope = "windows"', "model.scope='windows': must be 'column', 'window', 'map' or 'lifetime'"),
}


@pytest.mark.parametrize(("more", "message"), BAD_PARAMETERS.values(), ids=BAD_PARAMETERS)
def test_parameters_that_do_not_go_together_are_told(write_parameters, more, message):
    root = write_parameters(DRUMS.format(more=more), "bad")
    with pytest.raises(ValueError, match=r"^parameters/bad\.toml: ") as told:
        load("bad", root)
    assert message.removeprefix("bad.toml: ") in str(told.value)
    assert "\n" not in str(told.value)


def test_good_files_among_bad_ones_are_used_and_the_bad_ones_named(write_parameters, capsys):
    root = write_parameters(DRUMS.format(more=""), "mixed")
    songs = root / "music" / "songs"
    write_drums(songs / "a" / "good.mid", (0, 1, 2))
    write_drums(songs / "a" / "bells_too.mid", (0,))
    bells = pretty_midi.PrettyMIDI(str(songs / "a" / "bells_too.mid"))
    bells.instruments[0].notes.append(pretty_midi.Note(90, 80, 0.6, 0.7))
    bells.write(str(songs / "a" / "bells_too.mid"))
    write_broken(songs / "a" / "broken.mid")
    write_drums(songs / "a" / "waltz.mid", metre=(3, 4))
    step1_save_drums.run("mixed", root=root)
    told = capsys.readouterr().out.splitlines()
    assert "left out: 1 of 4 files: broken (a/broken.mid)" in told
    assert "left out: 1 of 4 files: not in 4/4 (a/waltz.mid)" in told
    assert "left out: 1 notes of pitches that grid.drums has not (80)" in told
    assert any(line.startswith("a/broken.mid: cannot be read as MIDI") for line in told)
    corpus = Corpus.from_arrays(results.load(load("mixed", root), "corpus", root))
    assert corpus.names.tolist() == ["a/bells_too.mid", "a/good.mid"]
    assert corpus.steps[:, corpus.kinds()["hit"]].sum() == 4


def test_endings_in_upper_case_are_midi_too(write_parameters):
    root = write_parameters(DRUMS.format(more=""), "loud")
    write_drums(root / "music" / "songs" / "a" / "ONE.MID")
    write_drums(root / "music" / "songs" / "a" / "Two.Midi")
    step1_save_drums.run("loud", root=root)
    assert results.load(load("loud", root), "corpus", root)["names"].tolist() == ["a/ONE.MID", "a/Two.Midi"]


@pytest.fixture
def checkout(tmp_path, write_parameters):
    """A copy of what step 1 needs, as a user has it, with a parameter file `mine`; returns its root."""
    for folder in ("pipeline", "save_dataset"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "run_steps.py", tmp_path)
    return write_parameters(DRUMS.format(more=""), "mine")


def command(root, *arguments):
    """What a command line says: exit status and the lines of its error."""
    words = [sys.executable, *arguments]
    finished = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
    return finished.returncode, finished.stderr.splitlines()


@pytest.mark.slow
def test_a_user_is_told_in_one_line(checkout):
    step1 = ("-m", "save_dataset.step1_save_drums", "mine")
    assert command(checkout, *step1) == (1, ["error: collection.folder='songs': there is no folder music/songs"])
    write_broken(checkout / "music" / "songs" / "1.mid")
    status, told = command(checkout, *step1)
    assert (status, len(told)) == (1, 1)
    assert told[0].endswith("nothing can be used; left out: 1 of 1 files: broken (1.mid)")
    status, told = command(checkout, "run_steps.py", "mine", "--from", "9")
    assert (status, told) == (1, ["error: no step has a number from 9 to 9; steps: 0, 1, 2, 3, 4, 6, 7, 8"])
    assert not (checkout / "output").exists()


def many_files(folder, n_files):
    """Files that take a while to parse, no two alike: what stands after the last track is not read."""
    path = write_drums(folder / "0000.mid", [beat / 4 for beat in range(800)])
    content = path.read_bytes()
    for number in range(1, n_files):
        (folder / f"{number:04d}.mid").write_bytes(content + f"{number}".encode())


LET_CTRL_C_IN = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # ignored where tests run in the background


def interrupt(working):
    """Send Ctrl-C as a terminal does; again, as a user does, if it is lost while files are handed to the processes."""
    for _ in range(6):
        os.killpg(working.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return working.communicate(timeout=10)[1]
    raise AssertionError("it does not stop")


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends the interrupt as a terminal does, to a group of processes")
def test_ctrl_c_while_files_are_parsed_leaves_nothing_half_done(checkout):
    n_files = 150
    many_files(checkout / "music" / "songs", n_files)
    words = [sys.executable, "-m", "save_dataset.step1_save_drums", "mine"]
    working = subprocess.Popen(
        words,
        cwd=checkout,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=LET_CTRL_C_IN,
    )
    cache = checkout / "output" / "parsed_midi"
    while working.poll() is None and not [*cache.glob("*/*.npz")]:
        time.sleep(0.01)
    told = interrupt(working)
    assert (working.returncode, told.strip().splitlines()) == (
        130,
        ["stopped; what is done is kept, the same command resumes from there"],
    )
    kept = versions_of(checkout, "output/**/*")
    assert 0 < len(kept) < n_files
    assert all(provenance.read_arrays(checkout / name) for name in kept)
    assert command(checkout, *words[1:]) == (0, [])
    after = versions_of(checkout, "output/**/*")
    assert {name: after[name] for name in kept} == kept
    assert len(names_in(cache, "*/*.npz")) == n_files
