"""All steps of `themes` on three short pieces made here; what is stale, up to date, stopped half-way, or bad input."""

import csv
import shutil
import subprocess
import sys

import keras
import mir_eval
import numpy as np
import pytest

from embed import step3_embed_themes, step4_hear_themes
from embed.themes.theme import spans_of
from evaluate import step7_measure_themes, step8_draw_themes
from evaluate.themes.pattern_scores import METRICS, score_patterns
from forecast import step6_find_themes
from pipeline import results
from pipeline.parameters import ROOT, load
from save_dataset import step0_make_themes, step1_save_themes
from save_dataset.sound.files import write_sound
from save_dataset.themes.recordings import Recordings
from tests.done_steps import (
    assert_complete,
    assert_drawn_again_with_the_same_bytes,
    assert_figures,
    assert_refused,
    do_all_steps,
    names_in,
    versions_of,
)
from tests.small_songs import MOVES, RATE_HZ, TEXT, true_spans_s, write_songs
from train_model import step2_train_complex

PIECES = ("one", "three", "two")  # in the order of their names
KNOWN = ("one", "two")
RUNS = ("LEARNED", "RANDOM", "CQT", "TRANSPOSED", "FOURIER")
TRAINED = ("LEARNED", "RANDOM")
N_BINS, N_BASES, PATCH_FRAMES, N_EPOCHS = 48, 8, 6, 3
FIGURES = {"recordings", "losses", "snapshots_LEARNED", "similarity", "scores", "invariance", "phases"}
FIGURES |= {f"bases_{run}" for run in TRAINED} | {f"{what}_{run}" for what in ("matrix", "themes") for run in RUNS}
TABLES = {"scores", "scores_pieces", "choice", "repeats", "phases"}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A root where all steps are done for `small`; only for looking."""
    root = tmp_path_factory.mktemp("themes")
    write_songs(root / "music" / "songs")
    return do_all_steps(root, TEXT)


@pytest.fixture
def edit(done_again, write_parameters):
    """Writes the parameter file with replacements."""

    def edit_it(*replacements):
        text = TEXT
        for before, after in replacements:
            assert before in text
            text = text.replace(before, after)
        write_parameters(text, "small")

    return edit_it


def stored(root, run, kind):
    return results.load(load("small", root).for_run(run), kind, root)


def shapes(arrays):
    return {name: array.shape for name, array in arrays.items()}


@pytest.mark.slow
def test_all_results_are_there_and_fresh_and_nothing_is_left_over(done):
    def missing(run):
        untrained = set() if run.run in TRAINED else {"complex_autoencoder", "history"}
        return untrained | ({"invariance"} if run.run == "TRANSPOSED" else set())

    assert_complete(done, {"recordings.npz", "upper_bound.npz"}, missing)


@pytest.mark.slow
def test_recordings_hold_what_was_written(done):
    recordings = Recordings.from_arrays(results.load(load("small", done), "recordings", done))
    assert recordings.names.tolist() == list(PIECES)
    assert recordings.splits.tolist() == ["train", "train", "validation"]
    assert recordings.frames.shape == (recordings.starts[-1], N_BINS)
    assert shapes({"notes": recordings.notes, "truth": recordings.truth}) == {"notes": (288, 4), "truth": (192, 5)}
    np.testing.assert_allclose(recordings.lead_ins_s, [0.5, 0.0, 0.2], atol=0.02)
    np.testing.assert_array_equal(np.diff(recordings.starts), 1 + (recordings.durations_s * 10 + 1e-6).astype(int))
    for number, name in enumerate(PIECES):
        spans_s = [[each[0, 0], each[-1, 0]] for each in known_onsets(recordings, number)]
        expected = true_spans_s(name) - [0, 0.25] if name in KNOWN else np.zeros((0, 2))  # the last chord is short
        np.testing.assert_allclose(np.reshape(spans_s, (-1, 2)), expected, atol=0.02)


def known_onsets(recordings, piece):
    """For each occurrence of the pattern known, its rows of the score."""
    score = recordings.score(piece)
    for pattern in recordings.patterns(piece):
        for occurrence in pattern:
            yield score[np.isin(score[:, 1], [onset for onset, _ in occurrence])]


@pytest.mark.slow
@pytest.mark.parametrize("run", RUNS)
def test_features_and_matrices_have_a_row_for_each_moment(done, run):
    recordings = Recordings.from_arrays(results.load(load("small", done), "recordings", done))
    n_moments = np.diff(recordings.starts) - PATCH_FRAMES + 1
    features, matrices = stored(done, run, "features"), stored(done, run, "matrices")
    np.testing.assert_array_equal(features["starts"], [0, *np.cumsum(n_moments)])
    n_features = {"LEARNED": N_BASES, "RANDOM": N_BASES, "FOURIER": PATCH_FRAMES * (N_BINS // 2 + 1)}.get(run, 0)
    n_rows = n_moments.sum() if n_features else 0
    assert features["magnitudes"].shape == (n_rows, n_features)
    assert features["phases"].shape == ((n_rows, n_features) if run in TRAINED else (0, 0))
    for piece, n in enumerate(n_moments):
        ours, theirs = (matrices[f"{what}_{piece}"].astype(float) for what in ("ours", "nieto_farbood"))
        assert (ours.shape, theirs.shape) == ((n, n), (n + 9, n + 9))
        np.testing.assert_allclose(ours, ours.T, atol=2e-3)
        np.testing.assert_allclose(np.diag(ours), 1, atol=1e-3)
        assert -1.001 <= ours.min() < 0.5
        assert (theirs.min(), theirs.max()) == pytest.approx((0, 1), abs=1e-3)


@pytest.mark.slow
def test_only_what_is_to_be_learned_is_learned(done):
    learned, random = (stored(done, run, "history") for run in TRAINED)
    assert learned["loss"].shape == learned["cpu_s"].shape == (N_EPOCHS,)
    assert learned["snapshot_epochs"].tolist() == [0, 2, 3]
    assert learned["bases"].shape == random["bases"].shape == (2 * N_BASES, PATCH_FRAMES * N_BINS)
    assert learned["validation"][-1] < random["validation"][-1]
    np.testing.assert_array_equal(learned["snapshot_bases"][0].reshape(-1), random["bases"].reshape(-1))
    printed = (done / "printed.txt").read_text()
    assert all(f"{run}: nothing to train" in printed for run in ("CQT", "FOURIER"))


@pytest.mark.slow
def test_transposed_themes_are_found_at_their_place_where_transpositions_are_looked_for(done):
    for piece, name in enumerate(PIECES):
        best = {run: spans_of(stored(done, run, "themes"), "lag", piece)[0] for run in RUNS}
        np.testing.assert_allclose(best["TRANSPOSED"], true_spans_s(name), atol=0.5)
        np.testing.assert_allclose(best["FOURIER"], true_spans_s(name), atol=0.5)
        as_it_is = best["CQT"].shape == (2, 2) and np.allclose(best["CQT"], true_spans_s(name), atol=0.5)
        assert as_it_is == (MOVES[name] == 0)


@pytest.mark.slow
@pytest.mark.parametrize("run", RUNS)
def test_scores_are_shares_below_the_upper_bound_and_those_of_the_files(done, run):
    scores = stored(done, run, "scores")
    upper_bound = results.load(load("small", done), "upper_bound", done)
    n_metrics, n_known = len(METRICS), len(KNOWN)
    assert scores["names"].tolist() == upper_bound["names"].tolist() == list(KNOWN)
    assert {name: array.shape for name, array in scores.items() if name not in ("names", "metrics")} == {
        "lag": (n_known, n_metrics),
        "nieto_farbood": (n_known, n_metrics),
        "grid": (2, 3),
        "grid_scores": (2, n_known, n_metrics),
        "chosen": (n_known,),
        "n_pairs": (3,),
        "lag_repeats": (3,),
        "nieto_farbood_repeats": (3,),
    }
    np.testing.assert_allclose(upper_bound["scores"], 1)  # all voices are the theme
    for extractor in ("lag", "nieto_farbood"):
        assert scores[extractor].min() >= 0
        assert (scores[extractor] <= upper_bound["scores"]).all()
        for name, row in zip(KNOWN, scores[extractor], strict=True):
            path = done / "output" / "small" / run / "themes" / f"{name}_{extractor}.txt"
            reference = done / "music" / "songs" / "groundtruth" / f"{name}.txt"
            patterns = [mir_eval.io.load_patterns(str(each)) for each in (reference, path)]
            np.testing.assert_allclose(row, list(score_patterns(*patterns).values()), atol=1e-9)
            if patterns[1]:
                assert row[0] == pytest.approx(mir_eval.pattern.establishment_FPR(*patterns)[0])
    np.testing.assert_array_equal(scores["grid_scores"][0], scores["lag"])  # the first of the grid is as it is
    if run in ("TRANSPOSED", "CQT"):
        assert scores["n_pairs"][1] > 0
        assert scores["lag_repeats"][1] == (run == "TRANSPOSED")
    if run == "TRANSPOSED":
        assert (scores["lag"][:, METRICS.index("occ75_f")] > 0.8).all()


@pytest.mark.slow
def test_transposition_is_what_tells_features_apart(done):
    found = {run: stored(done, run, "invariance") for run in RUNS if run != "TRANSPOSED"}
    for run, arrays in found.items():
        assert {arrays[name].shape for name in ("pitch_found", "pitch_cosine")} == {(10,)}
        assert arrays["time_found"].shape == (7,)
        assert min(arrays["pitch_found"][0], arrays["time_found"][0]) > 0.9  # what comes again may be taken for itself
        assert ("shift_r2" in arrays) == (run in TRAINED)
    at_12_bins = {run: arrays["pitch_found"][6] for run, arrays in found.items()}
    assert at_12_bins["FOURIER"] > 0.8 > 0.3 > at_12_bins["CQT"]


@pytest.mark.slow
def test_every_figure_and_table_is_drawn_and_told(done):
    assert_figures(done, FIGURES, TABLES)


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_tables_have_a_row_for_each_run_extractor_and_piece(done):
    figures = done / "output" / "small" / "figures"
    scores, pieces = rows_of(figures / "scores.csv"), rows_of(figures / "scores_pieces.csv")
    ways = [(row["features"], row["extractor"]) for row in scores]
    by_run = [(run, how) for run in RUNS for how in ("nieto_farbood", "lag", "lag, chosen leave-one-out")]
    assert ways == [*by_run, ("all runs", "lag, chosen leave-one-out"), ("upper bound", "true spans, all notes")]
    assert [(row["features"], row["extractor"], row["piece"]) for row in pieces] == [
        (*way, name) for way in ways for name in KNOWN
    ]
    assert all(0 <= float(row["three-layer F"]) <= 100 for row in scores)
    assert float(scores[-1]["establishment F"]) == 100
    assert len(rows_of(figures / "choice.csv")) == (len(RUNS) + 1) * len(KNOWN)
    assert [row["features"] for row in rows_of(figures / "phases.csv")] == list(TRAINED)


@pytest.mark.slow
def test_themes_are_written_for_the_eye_too(done):
    folder = done / "output" / "small" / "TRANSPOSED" / "themes"
    assert names_in(folder) == {"lag.csv", "nieto_farbood.csv"} | {
        f"{name}_{extractor}.txt" for name in KNOWN for extractor in ("lag", "nieto_farbood")
    }
    rows = rows_of(folder / "lag.csv")
    themes = stored(done, "TRANSPOSED", "themes")
    assert len(rows) == len(themes["lag_starts_s"])
    np.testing.assert_allclose([float(row["start_s"]) for row in rows], themes["lag_starts_s"], atol=0.005)
    assert all((row["n_notes"] == "") == (row["piece"] == "three") for row in rows)
    first = rows[0]
    assert abs(int(first["start_beats"]) - 3) <= 1  # the first beat of the table
    assert abs(int(first["n_notes"]) - 48) <= 6  # a beat more or less


@pytest.mark.slow
@pytest.mark.parametrize("run", ["LEARNED", "TRANSPOSED"])
def test_pages_show_the_themes_and_ask_nothing_of_the_network(done, run):
    folder = done / "output" / "small" / run
    assert names_in(folder / "pages") == {f"{name}.html" for name in PIECES}
    for path in (*folder.glob("pages/*.html"), folder / "themes.html"):
        page = path.read_text()
        assert "http://" not in page.replace("http://www.w3.org", "")
        assert "https://" not in page
    assert "step6_find_themes" not in (folder / "themes.html").read_text()


@pytest.mark.slow
def test_all_is_drawn_again_without_tensorflow_and_with_the_same_bytes(done, done_again):
    assert_drawn_again_with_the_same_bytes("evaluate.step8_draw_themes", done, done_again)


@pytest.mark.slow
def test_what_is_up_to_date_is_left_as_it_is(done_again, capsys):
    before = versions_of(done_again, "output/small/*/*.keras") | versions_of(done_again, "output/small/*/history.npz")
    step2_train_complex.run("small", root=done_again)
    assert capsys.readouterr().out.count("complex_autoencoder.keras is up to date\n") == len(TRAINED)
    after = versions_of(done_again, "output/small/*/*.keras") | versions_of(done_again, "output/small/*/history.npz")
    assert len(before) == 2 * len(TRAINED)
    assert after == before


@pytest.mark.slow
def test_a_training_stopped_by_ctrl_c_ends_as_if_it_was_not(done, done_again, interrupted):
    folder = done_again / "output" / "small" / "LEARNED"
    shutil.rmtree(folder)
    with pytest.raises(KeyboardInterrupt):
        step2_train_complex.run("small", root=done_again, runs=["LEARNED"])
    assert interrupted
    assert not names_in(folder, "*.keras") | names_in(folder, "*.npz")
    step2_train_complex.run("small", root=done_again, runs=["LEARNED"])
    assert names_in(folder) == {"complex_autoencoder.keras", "history.npz"}
    expected, resumed = (stored(root, "LEARNED", "history") for root in (done, done_again))
    assert set(resumed) == set(expected)
    for name in set(expected) - {"cpu_s"}:
        np.testing.assert_array_equal(resumed[name], expected[name], err_msg=name)
    models = [
        keras.saving.load_model(root / "output" / "small" / "LEARNED" / "complex_autoencoder.keras")
        for root in (done, done_again)
    ]
    np.testing.assert_array_equal(*(model.get_weights()[0] for model in models))


@pytest.mark.slow
def test_one_run_can_be_done_alone(done_again, capsys):
    before = versions_of(done_again, "output/small/CQT/**/*")
    assert before
    for step in (step3_embed_themes, step4_hear_themes):
        step.run("small", root=done_again, runs=["FOURIER"])
        assert "CQT: " not in capsys.readouterr().out
    for step in (step3_embed_themes, step4_hear_themes, step6_find_themes, step7_measure_themes):
        with pytest.raises(ValueError, match="^run='CQ': parameters/small.toml has the runs LEARNED, RANDOM, CQT, T"):
            step.run("small", root=done_again, runs=["CQ"])
    assert versions_of(done_again, "output/small/CQT/**/*") == before


@pytest.mark.slow
def test_a_model_that_is_not_that_of_the_parameters_is_refused_with_the_way_out(done_again, edit):
    edit(("n_bases = 8", "n_bases = 9"))
    message = (
        r"^output/small/LEARNED/complex_autoencoder.keras: was made with model.n_bases=8, parameters/small.toml now "
        r"says 9; run: python -m train_model.step2_train_complex small$"
    )
    steps = (step3_embed_themes, step4_hear_themes, step6_find_themes)
    assert_refused(done_again, message, *steps, runs=["LEARNED"])
    with pytest.raises(ValueError, match=message):  # the upper bound, which knows no model, is measured before
        step7_measure_themes.run("small", root=done_again, runs=["LEARNED"])


@pytest.mark.slow
def test_a_transform_that_is_not_that_of_the_parameters_is_refused_with_the_way_out(done_again, edit):
    edit(("n_bins = 48", "n_bins = 36"))
    message = (
        r"^output/small/recordings.npz: was made with cqt.n_bins=48, parameters/small.toml now says 36; "
        r"run: python -m save_dataset.step1_save_themes small$"
    )
    steps = (step3_embed_themes, step4_hear_themes, step6_find_themes, step7_measure_themes, step2_train_complex)
    assert_refused(done_again, message, *steps)
    step1_save_themes.run("small", root=done_again)
    for step in (step3_embed_themes, step7_measure_themes):
        with pytest.raises(ValueError, match=r"LEARNED/complex_autoencoder.keras: was made with cqt.n_bins=48, "):
            step.run("small", root=done_again)
    step3_embed_themes.run("small", root=done_again, runs=["CQT"])


@pytest.mark.slow
def test_a_recording_that_changed_makes_all_stale(done_again, rng):
    write_sound(0.1 * rng.normal(size=12 * RATE_HZ), done_again / "music" / "songs" / "three.wav", RATE_HZ)
    message = r"^output/small/recordings.npz: was made from another music/songs/three.wav; run: .*step1_save_themes "
    assert_refused(done_again, message, step2_train_complex, step3_embed_themes, step6_find_themes)


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    """The folder of the three pieces; only for looking."""
    folder = tmp_path_factory.mktemp("music") / "songs"
    write_songs(folder)
    return folder


@pytest.fixture
def small(songs, tmp_path, write_parameters):
    """A root with the pieces and their parameter file, at which no step was run."""
    shutil.copytree(songs, tmp_path / "music" / "songs")
    return write_parameters(TEXT, "small")


def silence(folder):
    write_sound(np.zeros(12 * RATE_HZ), folder / "three.wav", RATE_HZ)


def shorten(folder):
    write_sound(np.sin(np.arange(3 * RATE_HZ // 10)), folder / "three.wav", RATE_HZ)


def cut_to_nothing(folder):
    write_sound(np.sin(np.arange(300)), folder / "three.wav", RATE_HZ)


def break_file(folder):
    (folder / "three.wav").write_text("la la la")


def break_score(folder):
    (folder / "one.csv").write_text("onset, pitch\n1, 60\n2, C4\n")


def break_patterns(folder):
    (folder / "groundtruth" / "one.txt").write_text("pattern1\noccurrence1\n3.0, 127\n")


BAD_MUSIC = {
    "silence": (silence, r"music/songs/three.wav: is silent: every sample is 0$"),
    "shorter than a patch": (
        shorten,
        r"^model.patch_frames=6: three has 4 frames, 0.4 s: leave it out or take shorter patches$",
    ),
    "shorter than a frame": (cut_to_nothing, r"three.wav: is 0.\d* s long: must be at least cqt.hop_s"),
    "no sound": (break_file, r"music/songs/three.wav: cannot be read as sound"),
    "no score": (break_score, r"one.csv: line 3: 'C4': must be a number: must be a table of onsets in beats"),
    "patterns of another": (break_patterns, r"one.txt: 1 of 1 notes are not in one.csv, the first at"),
}
BAD_PIECES = {
    "missing": (
        '"*.wav"',
        '["one.wav", "for.wav", "two.wav", "/no/five.wav"]',
        FileNotFoundError,
        r"^pieces.files: not in .*music/songs: for.wav, /no/five.wav$",
    ),
    "no folder": ('"songs"', '"song"', FileNotFoundError, r"^pieces.folder='song': there is no folder .*music/song$"),
    "nothing found": (
        '"*.wav"',
        '"*.mp3"',
        ValueError,
        r"^pieces.files='\*.mp3': finds neither sound nor MIDI in .*music/songs$",
    ),
    "another tempo": (
        "bpm.one = 120.0",
        "bpm.one = 60.0",
        ValueError,
        r"music/songs/one.csv: at [0-9.]+ bpm its last note is at 24.0 s, one.wav is 13.0 s long: give its tempo",
    ),
    "no tempo": ("bpm.one = 120.0\n", "", ValueError, r"music/songs/one.csv: has no tempo: give it under pieces.bpm$"),
    "unknown piece": (
        "bpm.one",
        "bpm.tow = 120.0\nbpm.one",
        ValueError,
        r"^pieces.bpm.tow: there is no such piece; there are two",
    ),
    "beyond the sample rate": (
        "n_bins = 48",
        "n_bins = 72",
        ValueError,
        r"^cqt.n_bins=72: the highest bin, at 3951 Hz, must fit below half of cqt.sample_rate_hz=8000$",
    ),
}


def assert_not_read(root, message, error=ValueError):
    """Step 1 stops with a message of one line and leaves the music as it is; only transforms may be kept."""
    before = versions_of(root, "music/**/*")
    with pytest.raises(error, match=message) as refused:
        step1_save_themes.run("small", root=root)
    assert "\n" not in str(refused.value)
    assert not (root / "output" / "small").exists()
    assert versions_of(root, "music/**/*") == before


@pytest.mark.parametrize(("spoil", "message"), BAD_MUSIC.values(), ids=BAD_MUSIC)
def test_music_that_cannot_be_used_is_refused(small, spoil, message):
    spoil(small / "music" / "songs")
    assert_not_read(small, message)


@pytest.mark.parametrize(("before", "after", "error", "message"), BAD_PIECES.values(), ids=BAD_PIECES)
def test_pieces_that_cannot_be_used_are_refused(small, write_parameters, before, after, error, message):
    assert before in TEXT
    write_parameters(TEXT.replace(before, after), "small")
    assert_not_read(small, message, error)


BAD_PARAMETERS = {
    "shift": ("pitch_shift_bins = 6", "pitch_shift_bins = 48", "training.pitch_shift_bins=48: must be less than cqt.n"),
    "ends": ("min_beats = 5.0\n\n[nieto", "low = 0.8\n\n[nieto", "lag: low=0.8: must not be above high=0.75"),
    "transpositions": ("fourier", 'fourier"\nsimilarity.transpositions = "2', "similarity.transpositions='2': "),
    "of features": ('"fourier"', '"fourier"\nsimilarity.transpositions = 2', "similarity.transpositions=2: must be 0 "),
    "a key": ("patch_frames = 6", "patch_frame = 6", "model.patch_frame: unknown key; did you mean patch_frames?"),
    "tempo": ("bpm.one = 120.0", "bpm.one = 0.0", "pieces.bpm.one=0.0: must be greater than or equal to 1"),
    "one patch": ("n_patches = 60", "n_patches = 1", "invariance.n_patches=1: must be greater than or equal to 2"),
    "features": ('"random"', '"randm"', "model.features='randm': must be "),
}


@pytest.mark.parametrize(("before", "after", "message"), BAD_PARAMETERS.values(), ids=BAD_PARAMETERS)
def test_parameters_that_do_not_go_together_are_told(write_parameters, before, after, message):
    assert before in TEXT
    root = write_parameters(TEXT.replace(before, after), "bad")
    with pytest.raises(ValueError, match=r"^parameters/bad\.toml: ") as told:
        load("bad", root)
    assert message in str(told.value)
    assert "\n" not in str(told.value)


def test_transpositions_leave_something_to_compare(write_parameters):
    text = TEXT.replace("n_bins = 48", "n_bins = 12").replace("transpositions = 6", "transpositions = 12")
    with pytest.raises(ValueError, match=r"similarity.transpositions=12: must leave some of cqt.n_bins=12$"):
        load("bad", write_parameters(text, "bad"))


@pytest.mark.slow
def test_one_file_cannot_be_learned_from_and_is_searched_all_the_same(small, write_parameters, capsys):
    write_parameters(TEXT.replace('"*.wav"', '"three.wav"').replace("bpm.one = 120.0\n", ""), "small")
    step1_save_themes.run("small", root=small)
    message = r"^pieces.validation_fraction=0.2: needs at least 2 files, music/songs has 1$"
    for run in TRAINED:
        assert_refused(small, message, step2_train_complex, runs=[run])
    steps = (step3_embed_themes, step4_hear_themes, step6_find_themes, step7_measure_themes)
    for step in steps:
        step.run("small", root=small, runs=["CQT", "TRANSPOSED"])
    step8_draw_themes.run("small", root=small)
    told = capsys.readouterr().out
    assert "themes are not scored: no piece has both a score and reference patterns (pieces.patterns)\n" in told
    assert "TRANSPOSED: nothing to measure\n" in told
    assert names_in(small / "output" / "small" / "CQT" / "themes") == {"lag.csv", "nieto_farbood.csv"}
    assert not (small / "output" / "small" / "CQT" / "themes.html").exists()
    (found,) = [spans_of(stored(small, "CQT", "themes"), "lag", 0)[0]]
    np.testing.assert_allclose(found, true_spans_s("three"), atol=0.5)


def test_what_is_missing_names_the_step_that_makes_it(small):
    message = r"^output/small/recordings.npz: does not exist; run: python -m save_dataset.step1_save_themes small$"
    steps = (step2_train_complex, step3_embed_themes, step4_hear_themes, step6_find_themes, step7_measure_themes)
    assert_refused(small, message, *steps, step8_draw_themes, error=FileNotFoundError)


def test_music_that_is_found_is_not_made(small, capsys):
    before = versions_of(small, "music/**/*")
    step0_make_themes.run("small", root=small)
    assert capsys.readouterr().out == "music/songs is not composed here: nothing to do\n"
    assert versions_of(small, "music/**/*") == before


@pytest.mark.parametrize(
    ("step", "hint"),
    [
        ("save_dataset/step1_save_song.py", "run: python -m save_dataset.step1_save_themes demo_themes"),
        ("train_model/step2_train_dictionary.py", "run: python -m train_model.step2_train_complex demo_themes"),
        ("evaluate/step7_measure_digits.py", "run: python -m evaluate.step7_measure_themes demo_themes"),
        ("forecast/step5_train_forecasters_song.py", "its study has no step5"),
    ],
)
def test_steps_of_other_studies_refuse_the_file(step, hint):
    command = [sys.executable, str(ROOT / step), "demo_themes"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    step = step.split("/")[1].removesuffix(".py")
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1] == (
        f"error: parameters/demo_themes.toml: is of another study than {step}; {hint}"
    )
