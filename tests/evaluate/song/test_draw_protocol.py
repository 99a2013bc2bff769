import numpy as np
from matplotlib.colors import to_hex

from evaluate.song.draw_protocol import draw_controls, draw_exclusion, draw_recurrence
from pipeline.figures import METHOD_COLOURS
from tests.drawn import curves_of, legend_of

EXCLUSION = {
    "exclusion_points": np.array([0, 10, 20]),
    "exclusion_valid_steps": np.array([8.0, 4.0, 2.0]),
    "overlap_points": np.array(22),
}
CONTROLS = {
    "controls": np.array(["song", "exact loop"]),
    "methods": np.array(["knn", "persistence"]),
    "valid_steps": np.array([[3.0, 1.0], [30.0, 2.0]]),
}
RECURRENCE = {
    "score": np.array(0.75),
    "period_s": np.array(2.5),
    "shuffled_scores": np.array([0.25, 0.5]),
    "shuffled_p": np.array(0.025),
    "lags_s": 0.5 * np.arange(9),
    "distance_after_lag": np.abs(np.sin(np.arange(9.0))),
}
RUNS = {"R": "#000000", "RF": to_hex("tab:red")}


def test_sweep_is_drawn_in_seconds_of_each_run_and_marks_where_windows_cease_to_share_sound():
    (axes,) = draw_exclusion({"R": EXCLUSION | {"hop_s": 0.25}, "RF": EXCLUSION | {"hop_s": 0.5}}).axes
    curves = {run: curves_of(axes)[run] for run in RUNS}
    np.testing.assert_array_equal(curves["R"].get_xydata(), [[0, 2], [2.5, 1], [5, 0.5]])
    np.testing.assert_array_equal(curves["RF"].get_xydata(), [[0, 4], [5, 2], [10, 1]])
    assert {run: to_hex(line.get_color()) for run, line in curves.items()} == RUNS
    marks = {to_hex(line.get_color()): line.get_xdata()[0] for line in axes.get_lines() if len(line.get_xdata()) == 2}
    assert marks == {RUNS["R"]: 5.5, RUNS["RF"]: 11.0}


def test_controls_have_a_panel_for_each_run_and_a_bar_for_each_trajectory_and_method():
    figure = draw_controls({"R": CONTROLS, "RF": CONTROLS})
    assert [axes.get_title() for axes in figure.axes] == list(RUNS)
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["song", "exact loop"]
    knn, persistence = axes.containers
    assert [bar.get_width() for bar in knn] == [3.0, 30.0]
    assert [bar.get_width() for bar in persistence] == [1.0, 2.0]
    assert to_hex(knn[0].get_facecolor()) == METHOD_COLOURS["knn"]
    assert [round(bar.get_y() + bar.get_height() / 2) for bar in (*knn, *persistence)] == [0, 1, 0, 1]
    assert legend_of(figure) == ["KNN", "persistence"]
    assert axes.yaxis_inverted()  # so that the song is at the top


def label_and_marks(recurrence, bpm=None):
    figure = draw_recurrence({"RF": recurrence}, bpm)
    (axes,), (text,) = figure.axes, legend_of(figure)
    curve, *marks = sorted(axes.get_lines(), key=lambda line: -len(line.get_xdata()))
    np.testing.assert_array_equal(curve.get_xdata(), recurrence["lags_s"])
    np.testing.assert_array_equal(curve.get_ydata(), recurrence["distance_after_lag"])
    return text, [mark.get_xdata()[0] for mark in marks]


def test_period_of_a_loop_is_named_and_marked_unless_its_shuffled_pieces_return_as_well():
    label, marks = label_and_marks(RECURRENCE, bpm=120.0)
    assert label == "RF: loop score 0.75, of its pieces shuffled 0.38, period 2.500 s (5.00 beats)"
    assert marks == [2.5]
    assert label_and_marks(RECURRENCE)[0].endswith("period 2.500 s")
    label, marks = label_and_marks(RECURRENCE | {"shuffled_p": np.array(0.3)})
    assert label == "RF: loop score 0.75, of its pieces shuffled 0.38"
    assert marks == []


def test_which_starts_of_a_long_song_were_measured_is_said():
    thinned = {"R": EXCLUSION | CONTROLS | {"hop_s": 0.25, "thinned": np.array("every 52nd of 15,495 starts")}}
    assert draw_exclusion(thinned).axes[0].get_title() == "every 52nd of 15,495 starts"
    assert draw_controls(thinned).get_suptitle() == "every 52nd of 15,495 starts"
    assert draw_controls({"R": CONTROLS}).get_suptitle() == ""
