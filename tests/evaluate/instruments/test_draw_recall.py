import numpy as np
import pytest

from evaluate import step8_draw_instruments
from evaluate.instruments.draw_recall import LISTING_COLOUR, draw_classes, draw_confusion, draw_runs
from evaluate.instruments.recall import measure_recall
from evaluate.instruments.results import save_recall
from pipeline.parameters import load
from tests.drawn import legend_of
from tests.scattered_clips import NAMES, TEXT, predictions_of, scattered_clips, store_predictions


def recall_of(n_wrong, classes_of_test=NAMES):
    clips = scattered_clips(classes_of_test=classes_of_test)
    tested = clips.of_collections(["B"])
    predictions = predictions_of(clips, n_wrong, tested=tested)
    arrays = (predictions["probabilities"], clips.labels[tested], clips.groups[tested])
    return measure_recall(*arrays, n_bootstrap=200, seed=0) | {"class_names": np.array(NAMES)}


RECALLS = {"net": recall_of(6), "wide": recall_of(3), "both": recall_of(0)}


def test_runs_stand_in_the_panel_of_their_split_in_the_order_of_the_file():
    splits = {"net": "A to B", "wide": "A and phrases to B", "both": "A to B"}
    recall = np.array([[[[0.25, 0.35]], [[0.2, 0.2]]]])
    listing = {"splits": np.array([["A", "B"]]), "recall": recall, "phrases_recall": 2 * recall}
    figure = draw_runs(RECALLS, splits, listing)
    first, second = figure.axes
    assert [text.get_text() for text in first.get_yticklabels()] == ["net", "both"]
    assert [text.get_text() for text in second.get_yticklabels()] == ["wide"]
    lines, of_phrases = (
        {line.get_color(): line for line in axes.get_lines() if line.get_linestyle() in ("--", ":")}
        for axes in (first, second)
    )
    np.testing.assert_allclose(lines[LISTING_COLOUR].get_xdata(), 30)
    np.testing.assert_allclose(of_phrases[LISTING_COLOUR].get_xdata(), 60)
    np.testing.assert_allclose(lines["0.5"].get_xdata(), 100 / 3)
    assert legend_of(figure)[0] == "clips, 95 %"


def test_confusion_is_in_percent_of_the_clips_of_an_instrument():
    measures = RECALLS["net"]
    axes = draw_confusion(measures, "net").axes[0]
    shown = np.array([int(text.get_text()) for text in axes.texts]).reshape(3, 3)
    np.testing.assert_array_equal(np.diag(shown), np.round(100 * measures["class_recall"]))
    np.testing.assert_allclose(shown.sum(axis=1), 100, atol=1)
    assert axes.get_yticklabels()[0].get_text() == "clarinet (18)"


def test_instrument_that_no_clip_tests_has_an_empty_row():
    measures = recall_of(0, ("clarinet", "violin"))
    shown = [text.get_text() for text in draw_confusion(measures, "net").axes[0].texts]
    assert shown == ["100", "0", "0", "0", "0", "100"]


def test_classes_have_a_dot_for_each_run():
    axes = draw_classes(RECALLS).axes
    assert [panel.get_title() for panel in axes] == list(NAMES)
    assert [text.get_text() for text in axes[0].get_yticklabels()] == list(RECALLS)
    dots = np.array([panel.get_lines()[0].get_xdata() for panel in axes])
    np.testing.assert_allclose(dots.T, [100 * measures["class_recall"] for measures in RECALLS.values()])


@pytest.mark.slow
def test_step_draws_what_is_measured(write_parameters):
    root = write_parameters(TEXT, "small")
    parameters, clips = load("small", root), scattered_clips()
    store_predictions(parameters, root, clips, net=6, wide=3)
    for run in ("net", "wide"):
        save_recall(parameters.for_run(run), clips, root)
    names = {path.name for path in step8_draw_instruments.run("small", root)}
    assert {"recall.png", "recall.csv", "confusion_net.pdf", "per_class.png", "lecture.tex"} <= names
    assert "confusion_wide.png" not in names
