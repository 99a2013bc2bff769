import re

import numpy as np
import pytest

from evaluate import step7_measure_instruments
from evaluate.instruments.listing import CLASSIFIERS, FOREST_100
from evaluate.instruments.results import save_listing, save_recall
from pipeline import results
from pipeline.parameters import load
from tests.scattered_clips import TESTED, TEXT, predictions_of, scattered_clips, store_predictions
from tests.stored_results import store

WITH_LISTING = TEXT.replace("features = []", 'features = ["mfcc"]\nn_forests = 1').replace(
    "per_class = 2", "per_class = 0"
)


@pytest.fixture
def small(write_parameters):
    root = write_parameters(TEXT, "small")
    return load("small", root), root


def test_recall_is_stored_and_printed(small, capsys):
    parameters, root = small
    clips = scattered_clips()
    store_predictions(parameters, root, clips, net=6)
    (path,) = save_recall(parameters.for_run("net"), clips, root)
    assert path == root / "output/small/net/recall.npz"
    stored = results.load(parameters.for_run("net"), "recall", root)
    assert stored["recall"] == pytest.approx(2 / 3)
    np.testing.assert_array_equal(stored["clips"], TESTED)
    assert re.fullmatch(
        r"net: macro recall 66\.7 % \([\d.]+ to [\d.]+\) of 54 clips, 66\.7 % of 18 tracks\n", capsys.readouterr().out
    )


def test_all_runs_share_the_draws_of_their_test_set(small):
    parameters, root = small
    clips = scattered_clips()
    store_predictions(parameters, root, clips, net=6, wide=6)
    first, second = (
        results.load(parameters.for_run(run), "recall", root)["samples"]
        for run in ("net", "wide")
        if save_recall(parameters.for_run(run), clips, root)
    )
    assert first.std() > 0
    np.testing.assert_array_equal(first, second)


def test_instruments_that_no_clip_tests_are_printed(small, capsys):
    parameters, root = small
    clips = scattered_clips(classes_of_test=("clarinet", "violin"))
    results.save(parameters, "clips", clips.to_arrays(), root)
    tested = np.arange(54, 90)
    store(parameters.for_run("net"), "predictions", root, **predictions_of(clips, 0, tested=tested))
    save_recall(parameters.for_run("net"), clips, root)
    assert capsys.readouterr().out.endswith("; no clip tests piano, which the mean leaves out\n")


def test_nothing_predicted_names_the_step_to_run_before_anything_is_written(write_parameters):
    root = write_parameters(WITH_LISTING, "small")
    store_predictions(load("small", root), root, net=0)
    before = {*(root / "output").rglob("*")}
    with pytest.raises(
        FileNotFoundError, match=r"wide/predictions.npz: .*run: python -m embed.step3_embed_instruments"
    ):
        step7_measure_instruments.run("small", root)
    assert {*(root / "output").rglob("*")} == before


@pytest.mark.slow
def test_listing_is_measured_once_and_again_when_splits_change(write_parameters, capsys, monkeypatch):
    monkeypatch.delitem(CLASSIFIERS, FOREST_100)  # it takes most of the time
    root = write_parameters(WITH_LISTING, "small")
    parameters, clips = load("small", root), scattered_clips(distance=30)
    results.save(parameters, "clips", clips.to_arrays(), root)
    assert len(save_listing(parameters, clips, root)) == 1
    assert capsys.readouterr().out == "listing: best macro recall A to B 100.0 % (mfcc, logistic regression)\n"
    assert save_listing(parameters, clips, root) == []
    write_parameters(WITH_LISTING + '\n[runs.back]\nsplit = {train = ["B"], test = ["A"]}\n', "small")
    parameters = load("small", root)
    assert len(save_listing(parameters, clips, root)) == 1
    assert results.load(parameters, "listing", root)["splits"].tolist() == [["A", "B"], ["B", "A"]]
