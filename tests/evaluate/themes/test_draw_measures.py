import numpy as np
import pytest

from evaluate.themes.draw_measures import draw_invariance, draw_phases, draw_scores, draw_theme_measures
from evaluate.themes.invariance import PITCH_SHIFTS_BINS, TIME_SHIFTS_FRAMES
from pipeline.parameters import load
from tests.drawn import legend_of
from tests.small_recordings import TEXT, small_recordings
from tests.small_scores import SCORES, UPPER_BOUND, scores_of
from tests.stored_results import store


def invariance_of(fall=0.5, with_phases=False):
    arrays = {}
    for kind, shifts in (("pitch", PITCH_SHIFTS_BINS), ("time", TIME_SHIFTS_FRAMES)):
        arrays[f"{kind}_shifts"] = np.array(shifts)
        falling = 1 - fall * np.arange(len(shifts)) / len(shifts)
        arrays |= {f"{kind}_found": falling, f"{kind}_cosine": falling**2}
        arrays[f"{kind}_unrelated"] = np.full(len(shifts), -0.125)
    if with_phases:
        shifts = np.arange(-20, 20)
        circle = np.stack([np.cos(shifts / 4), np.sin(shifts / 4)], axis=1)
        arrays |= {"shift_bins": shifts, "shift_frames": -shifts, "pca": circle, "shift_r2": np.array([0.75, 0.25])}
    return arrays


def test_scores_have_a_bar_for_each_mean_a_dot_for_each_piece_and_a_line_for_the_upper_bound():
    figure = draw_scores(SCORES, UPPER_BOUND)
    assert [axes.get_title() for axes in figure.axes] == ["establishment", "occurrence at 0.75", "three-layer"]
    extractors = ["nieto_farbood", "lag", "lag, chosen leave-one-out"]
    assert legend_of(figure) == [*extractors, "a piece", "upper bound: true spans, all notes"]
    for axes in figure.axes:
        widths = [bar.get_width() for bar in axes.patches]
        np.testing.assert_allclose(widths, [12.5, 25, 20 / 3, 12.5, 25, 130 / 3, 10 / 3])
        *dots, upper_bound = axes.get_lines()
        assert [len(of_bar.get_xdata()) for of_bar in dots] == [3] * 7
        np.testing.assert_allclose(dots[2].get_xdata(), [20, 0, 0])
        assert upper_bound.get_xdata()[0] == pytest.approx(90)
        bottoms = np.array([bar.get_y() for bar in axes.patches])
        np.testing.assert_allclose(np.diff(bottoms), [1, 1, 1.7, 1, 1, 1.7])  # those of one run stand together
    assert figure.axes[0].yaxis_inverted()
    assert [word.get_text() for word in figure.axes[0].get_yticklabels()] == ["RAW", "OTHER", "all runs"]


def test_scores_of_one_run_without_choice_or_upper_bound_are_drawn():
    figure = draw_scores({"RAW": scores_of([[0.5]])}, None)
    assert legend_of(figure) == ["nieto_farbood", "lag", "a piece"]
    figure.draw_without_rendering()


def test_invariance_has_a_line_for_each_run_and_kind_of_shift():
    figure = draw_invariance({"RAW": invariance_of(), "LEARNED": invariance_of(0.1)})
    assert legend_of(figure) == ["RAW", "LEARNED", "any two patches"]
    found, _, cosine, _ = figure.axes
    learned = invariance_of(0.1)
    np.testing.assert_array_equal(found.get_lines()[1].get_data(), [PITCH_SHIFTS_BINS, 100 * learned["pitch_found"]])
    np.testing.assert_array_equal(cosine.get_lines()[1].get_data(), [PITCH_SHIFTS_BINS, learned["pitch_cosine"]])
    assert cosine.get_lines()[2].get_ydata()[0] == -0.125
    np.testing.assert_array_equal(figure.axes[1].get_lines()[0].get_xdata(), TIME_SHIFTS_FRAMES)


def test_phases_are_dots_coloured_by_their_shift():
    measured = invariance_of(with_phases=True)
    figure = draw_phases({"LEARNED": measured})
    pitch, time = [axes for axes in figure.axes if axes.get_title()]
    assert pitch.get_title() == "LEARNED, shifted in pitch: R² 0.75"
    assert time.get_title() == "LEARNED, shifted in time: R² 0.25"
    (dots,) = pitch.collections
    np.testing.assert_array_equal(dots.get_offsets(), measured["pca"][::2])
    np.testing.assert_array_equal(dots.get_array(), measured["shift_bins"][::2])
    (dots,) = time.collections
    np.testing.assert_array_equal(dots.get_array(), measured["shift_frames"][1::2])
    assert dots.get_clim() == (-19, 19)


@pytest.mark.slow
def test_figures_are_drawn_of_what_is_stored(write_parameters):
    root = write_parameters(TEXT, "small")
    parameters = load("small", root)
    run = parameters.for_run("RAW")
    assert draw_theme_measures(parameters, root) == []
    store(parameters, "recordings", root, **small_recordings().to_arrays())
    store(run, "invariance", root, **invariance_of())
    assert [path.name for path in draw_theme_measures(parameters, root)] == ["invariance.png", "invariance.pdf"]
    store(run, "scores", root, **SCORES["RAW"])
    store(run, "invariance", root, **invariance_of(with_phases=True))
    store(parameters, "upper_bound", root, **UPPER_BOUND)
    names = ("scores", "invariance", "phases")
    paths = draw_theme_measures(parameters, root)
    assert [path.name for path in paths] == [f"{name}.{ending}" for name in names for ending in ("png", "pdf")]
