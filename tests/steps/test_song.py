"""Steps 4 to 8 of the study `song` on embeddings made by hand: what is stale after an edit, refused, or left out."""

import numpy as np
import pytest

from embed import step4_play_song
from evaluate import step7_measure_song, step8_draw_song
from forecast import step5_train_forecasters_song, step6_forecast_song
from pipeline import results
from pipeline.lock import lock
from pipeline.parameters import load
from pipeline.sections.forecasting import METHODS
from tests.done_steps import assert_refused
from tests.stored_results import SONG, store, store_embedding, store_spectrogram, write_tones

STEP6, STEP7 = "forecast.step6_forecast_song", "evaluate.step7_measure_song"
ALL_METHODS = SONG.replace('methods = ["knn", "knn_paper", "persistence"]', "")
RF = "[runs.RF]\n"


@pytest.fixture
def edit(write_parameters):
    """The parameters of the song after an edit of their file."""

    def edit_it(*replacements, text=SONG, more=""):
        for before, after in replacements:
            assert before in text
            text = text.replace(before, after)
        return load("song", write_parameters(text + more))

    return edit_it


@pytest.fixture
def embed(edit, tmp_path):
    """Writes a parameter file and stores embeddings of all runs of a song of so many seconds; returns the root."""

    def embed_it(*replacements, seconds=3.0, **settings):
        parameters = edit(*replacements, **settings)
        write_tones(tmp_path / "music" / "tones.wav", seconds)
        spectrogram = store_spectrogram(parameters, tmp_path)
        for run in parameters.for_runs():
            store_embedding(run, spectrogram, tmp_path)
        return tmp_path

    return embed_it


@pytest.mark.slow
def test_measures_of_every_run_and_no_other_method(embed):
    root = embed()
    paths = [path for run in load("song", root).for_runs() for path in step6_forecast_song.forecast_run(run, root)]
    methods = ("knn", "knn_paper", "persistence")
    assert [path.stem for path in paths] == [f"forecast_{method}" for method in methods] * 2
    paths = step7_measure_song.run("song", root=root)
    kinds = [*(f"divergence_{method}" for method in methods), "controls", "recurrence"]
    assert [(path.parent.name, path.stem) for path in paths] == [(run, kind) for run in ("R", "PCA") for kind in kinds]


@pytest.mark.slow
def test_every_method_without_a_network_is_forecast_and_measured_from_the_same_points(embed):
    methods = [method for method, (_, models) in METHODS.items() if not models]
    root = embed(('["knn", "knn_paper", "persistence"]', str(methods).replace("'", '"')))
    run = load("song", root).for_run("R")
    step6_forecast_song.forecast_run(run, root)
    step7_measure_song.measure_run(run, root)
    starts = [results.load(run, f"divergence_{method}", root)["starts"] for method in methods]
    assert len(methods) == 7
    assert all(np.array_equal(each, starts[0]) for each in starts)


def test_forecasts_hold_times_starts_and_the_points_they_start_from(embed):
    root = embed()
    run = load("song", root).for_run("R")
    step6_forecast_song.forecast_run(run, root)
    embedding, forecast = (results.load(run, kind, root) for kind in ("embedding", "forecast_knn"))
    starts = forecast["starts"]
    assert starts[-1] + run.forecast.horizon_steps < len(embedding["z"])
    np.testing.assert_array_equal(np.diff(starts), 4)
    np.testing.assert_array_equal(forecast["starts_s"], embedding["times_s"][starts])
    np.testing.assert_allclose(forecast["forecast"][:, 0], embedding["z"][starts])
    np.testing.assert_allclose(forecast["long_forecast"][0], embedding["z"][forecast["long_start"]])
    assert forecast["forecast"].shape == (len(starts), 9, 3)


def test_only_the_runs_named_are_done(embed):
    root = embed()
    paths = step6_forecast_song.run("song", root=root, runs=["R"])
    paths += step7_measure_song.run("song", root=root, runs=["R"])
    assert {path.parent.name for path in paths} == {"R"}
    assert sorted(path.name for path in (root / "output" / "song" / "PCA").iterdir()) == [
        "autoencoder.keras",
        "embedding.npz",
    ]
    for step in (step4_play_song, step5_train_forecasters_song, step6_forecast_song, step7_measure_song):
        with pytest.raises(ValueError, match="run='RF': parameters/song.toml has the runs R, PCA"):
            step.run("song", root=root, runs=["RF"])


@pytest.mark.parametrize("run", ["R", "PCA", "RF"])
def test_joint_is_a_method_of_those_runs_alone_that_train_one(edit, run):
    parameters = edit(text=ALL_METHODS, more=RF).for_run(run)
    assert set(METHODS) - set(parameters.methods_of_run()) == (set() if run == "RF" else {"joint"})


def test_networks_of_a_run_are_not_fitted_by_two_at_once(embed):
    root = embed(('"persistence"]', '"persistence", "mlp"]'))
    with lock(root / "output" / "song" / "R"):
        assert_refused(root, "song/R: another process is at work here", step5_train_forecasters_song, name="song")


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A root with a stored result of every kind, of every method."""
    root = tmp_path_factory.mktemp("measured")
    (root / "parameters").mkdir()
    (root / "parameters" / "song.toml").write_text(ALL_METHODS + RF)
    run = load("song", root).for_run("RF")
    for kind in run.RESULTS:
        store(run, kind, root)
    return root


def of_methods(*methods, networks=()):
    return {*networks, *(f"{what}_{method}" for what in ("forecast", "divergence") for method in methods)}


FORECASTS, MEASURES = of_methods(*METHODS), {*(f"divergence_{method}" for method in METHODS), "controls", "recurrence"}
EDITS = {
    "sections of the music": (("[window]", '[music]\nbpm = 90.0\nsections = [[0.0, "A"]]\n[window]'), set()),
    "figures": (("[window]", '[figures]\ncompare = [["R", "PCA"]]\n[window]'), set()),
    "play": (('video = ["R"]', 'video = ["PCA"]\nforecasts = []'), set()),
    "threshold": (("n_surrogates = 3", "n_surrogates = 3\nthreshold = 0.25"), MEASURES),
    "horizon": (("horizon_steps = 8", "horizon_steps = 9"), FORECASTS | {"controls"}),
    "knn": (("[window]", "[knn]\nn_neighbours = 7\n[window]"), of_methods("knn", "knn_paper") | {"controls"}),
    "analog": (("delay_points = 3", "delay_points = 2"), of_methods("analog") | {"controls"}),
    "mlp": (("[window]", "[mlp]\nepochs = 3\n[window]"), of_methods("mlp", networks=("mlp",))),
    "scale": (("[window]", '[fit]\nscale = "axes"\n[window]'), FORECASTS | {"mlp", "lstm", "controls"}),
}


@pytest.mark.parametrize(("edit_of_file", "stale"), EDITS.values(), ids=EDITS)
def test_an_edit_makes_stale_what_depends_on_it_and_nothing_else(measured, edit, edit_of_file, stale):
    run = edit(edit_of_file, text=ALL_METHODS, more=RF).for_run("RF")
    assert {kind for kind in run.RESULTS if not results.is_fresh(run, kind, measured)} == stale


def test_an_edit_of_a_run_makes_all_of_it_stale_but_the_spectrogram(measured, edit):
    run = edit(text=ALL_METHODS, more=RF + "training.epochs = 3").for_run("RF")
    assert [kind for kind in run.RESULTS if results.is_fresh(run, kind, measured)] == ["spectrogram"]


REFUSALS = {
    "horizon": (("horizon_steps = 8", "horizon_steps = 9"), "forecast.horizon_steps=8", STEP6),
    "knn": (("[window]", "[knn]\nn_neighbours = 7\n[window]"), "knn.n_neighbours=5", STEP6),
    "window": (("length_s = 0.2", "length_s = 0.25"), "window.length_s=0.2", "train_model.step2_train_song"),
}


@pytest.mark.parametrize(("edit_of_file", "before", "step"), REFUSALS.values(), ids=REFUSALS)
def test_stale_forecasts_are_not_measured_and_the_step_to_run_is_named(embed, edit, edit_of_file, before, step):
    root = embed()
    step6_forecast_song.forecast_run(load("song", root).for_run("R"), root)
    edit(edit_of_file)
    message = rf"was made with {before}, parameters/song.toml now says .*; run: .*{step}"
    assert_refused(root, message, step7_measure_song, name="song")


def test_what_does_not_exist_is_named_with_the_step_that_makes_it(edit, embed, tmp_path):
    edit(('"persistence"]', '"mlp"]'))
    missing = {"error": FileNotFoundError, "name": "song"}
    message = r"R/embedding.npz: does not exist; run: python -m embed.step3_embed_song song"
    steps = (step5_train_forecasters_song, step6_forecast_song, step7_measure_song)
    assert_refused(tmp_path, message, *steps, **missing)
    message = r"spectrogram.npz: does not exist; run: python -m save_dataset.step1_save_song song"
    assert_refused(tmp_path, message, step4_play_song, step8_draw_song, **missing)
    message = r"R/mlp.keras: does not exist; run: python -m forecast.step5_train_fo"
    assert_refused(embed(('"persistence"]', '"mlp"]')), message, step6_forecast_song, **missing)


TOO_SHORT = {
    "split": (
        {"seconds": 0.9},
        [('"persistence"]', '"mlp"]')],
        step5_train_forecasters_song,
        r"fit.fraction=0.5: of \d+ points \d+ are to fit on .* another fraction, or a shorter forecast",
    ),
    "horizon beside a split": (
        {},
        [("horizon_steps = 8", "horizon_steps = 80"), ('"persistence"]', '"mlp"]')],
        step5_train_forecasters_song,
        r"fit.fraction=0.5: of 120 points .*, over 80 steps: ",
    ),
    "horizon": (
        {},
        [("horizon_steps = 8", "horizon_steps = 800\nlong_start_s = 1.0")],
        step6_forecast_song,
        r"forecast.horizon_steps=800: must be less than the \d+ points from forecast.first_point=4 to the end",
    ),
    "long start before the song": (
        {},
        [("horizon_steps = 8", "horizon_steps = 8\nlong_start_s = 0.0")],
        step6_forecast_song,
        r"forecast.long_start_s=0.0: must be from \d\.\d\d to 2\.\d\d",
    ),
    "long start after the song": (
        {},
        [("horizon_steps = 8", "horizon_steps = 8\nlong_start_s = 100.0")],
        step6_forecast_song,
        r"forecast.long_start_s=100.0: must be from \d\.\d\d to 2\.\d\d",
    ),
    "first point": (
        {},
        [("first_point = 4", "first_point = 1"), ('"persistence"]', '"var"]')],
        step6_forecast_song,
        r"must have 4 of the 120 points up to them",
    ),
}


@pytest.mark.parametrize(("song", "edits", "step", "message"), TOO_SHORT.values(), ids=TOO_SHORT)
def test_what_the_song_is_too_short_for_is_told_and_nothing_is_written(embed, song, edits, step, message):
    root = embed(*edits, **song)
    assert_refused(root, message, step, name="song")


def test_a_long_forecast_begins_where_it_is_told_to_and_ends_with_the_song(embed):
    root = embed(("horizon_steps = 8", "horizon_steps = 8\nlong_start_s = 2.6"))
    run = load("song", root).for_run("R")
    step6_forecast_song.forecast_run(run, root)
    times_s = results.load(run, "embedding", root)["times_s"]
    forecast = results.load(run, "forecast_persistence", root)
    assert times_s[forecast["long_start"]] == pytest.approx(2.6, abs=0.012)
    assert forecast["long_start"] + len(forecast["long_forecast"]) == len(times_s)
