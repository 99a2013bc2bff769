from functools import partial

import numpy as np
import pytest
from matplotlib.colors import to_hex

from evaluate.song.draw_divergence import draw_divergence, draw_errors, draw_skills, draw_valid_times
from pipeline.figures import METHOD_COLOURS, METHOD_NAMES
from tests.drawn import curves_of, legend_of
from tests.trajectories import HOP_S, measures_of_astray

STARTS, N_STEPS, COMPARED = np.arange(0, 90, 5), 10, 40


@pytest.fixture
def measure(rng):
    return partial(measures_of_astray, rng, STARTS, N_STEPS)


@pytest.fixture
def runs(measure):
    return {run: {"knn_paper": measure(), "knn": measure()} for run in ("R", "RF")}


def bars_of(axes):
    """The curves of a panel by name: line, and half the length of its error bars."""
    curves = {}
    for container in axes.containers:
        line, _, (bars,) = container.lines
        ends = np.array(bars.get_segments())[..., 1]  # (n_steps, lower and upper end)
        np.testing.assert_allclose(ends.mean(axis=1), line.get_ydata())
        curves[container.get_label()] = line, np.ptp(ends, axis=1) / 2
    return curves


def test_curves_are_means_and_bars_standard_errors_in_the_units_of_the_paper(runs):
    paper, leak_free = draw_divergence([runs]).axes
    for axes, method in ((paper, "knn_paper"), (leak_free, "knn")):
        colours = {run: to_hex(line.get_color()) for run, (line, _) in bars_of(axes).items()}
        assert colours == {"R": "#000000", "RF": to_hex("tab:red")}
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["R", "RF"]
        assert ("paper's" in axes.get_title()) == (axes is paper)
        assert f"({len(STARTS)} starts)" in axes.get_title()
        for run, (line, half_length) in bars_of(axes).items():
            measures = runs[run][method]
            np.testing.assert_array_equal(line.get_xdata(), np.arange(N_STEPS + 1))
            np.testing.assert_allclose(line.get_ydata(), measures["axes_mean"])
            np.testing.assert_allclose(half_length, measures["axes_standard_error"], atol=1e-12)
    assert "scaled to [0, 1]" in paper.get_ylabel()
    assert paper.get_ylim() == leak_free.get_ylim()


def test_a_row_for_each_comparison_in_whose_panels_all_is_seen(runs):
    figure = draw_divergence([{"R": runs["R"]}, runs])
    for axes in figure.axes:
        tops = [np.max(line.get_ydata() + half_length) for line, half_length in bars_of(axes).values()]
        assert axes.get_ylim()[0] == 0
        assert axes.get_ylim()[1] >= max(tops)
    assert [list(bars_of(axes)) for axes in figure.axes] == [["R"]] * 2 + [["R", "RF"]] * 2


@pytest.fixture
def by_method(measure):
    """R with all but the joint forecaster, PCA without the LSTM, of which no start is compared in R."""
    methods = ("knn", "lstm", "persistence")
    pure = {method: measure(first_start=1000 if method == "lstm" else COMPARED) for method in methods}
    return {"R": pure, "PCA": {"knn": measure(), "persistence": measure()}}


def test_errors_and_skills_of_compared_starts_over_time_in_the_colour_of_the_method(by_method):
    figure = draw_errors(by_method)
    assert [axes.get_title() for axes in figure.axes] == ["R", "PCA"]
    for axes, measures in zip(figure.axes, by_method.values(), strict=True):
        curves = curves_of(axes)
        assert list(curves) == ["KNN", "persistence"]
        assert curves["KNN"].get_color() == METHOD_COLOURS["knn"]
        np.testing.assert_allclose(curves["KNN"].get_xdata(), HOP_S * np.arange(1, N_STEPS + 1))
        np.testing.assert_array_equal(curves["KNN"].get_ydata(), measures["knn"]["compared_nrmse"][1:])
        assert axes.get_yscale() == "log"
    for axes, measures in zip(draw_skills(by_method).axes, by_method.values(), strict=True):
        curves = curves_of(axes)
        assert list(curves) == ["KNN"]  # persistence is what skill is measured against
        np.testing.assert_array_equal(curves["KNN"].get_ydata(), measures["knn"]["compared_skill"][1:])


def test_one_legend_names_every_method_of_any_run(measure):
    figure = draw_errors({"R": {"knn": measure()}, "RF": {"knn": measure(), "joint": measure()}})
    assert legend_of(figure) == ["KNN", "joint"]
    assert not [axes for axes in figure.axes if axes.get_legend()]


def test_valid_times_with_a_row_for_each_method_and_a_mark_for_each_run(by_method):
    (axes,), (again,) = draw_valid_times(by_method).axes, draw_valid_times(by_method).axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["KNN", "LSTM", "persistence"]
    medians = [line for line in axes.get_lines() if line.get_marker() == "D"]
    expected = [
        by_method[run][method]["compared_valid_time_s"] for method in ("knn", "persistence") for run in by_method
    ]
    assert [float(line.get_xdata()[0]) for line in medians] == [float(time_s) for time_s in expected]
    dots = [line for line in axes.get_lines() if line.get_marker() == "."]
    np.testing.assert_allclose(dots[0].get_xdata(), HOP_S * by_method["R"]["knn"]["compared_valid_steps"])
    assert legend_of(axes.figure) == ["R", "PCA"]
    rows = [line.get_ydata() for line in dots]
    assert [round(float(np.mean(ys))) for ys in rows] == [0, 0, 2, 2]
    assert all(np.ptp(ys) < 0.4 for ys in rows)
    for one, other in zip(axes.get_lines(), again.get_lines(), strict=True):
        np.testing.assert_array_equal(one.get_ydata(), other.get_ydata())


def test_methods_keep_their_names_in_the_order_of_the_list(measure):
    every = {"RF": {method: measure() for method in reversed(METHOD_NAMES)}}
    (axes,) = draw_valid_times(every).axes
    assert [text.get_text() for text in axes.get_yticklabels()] == list(METHOD_NAMES.values())
    assert axes.yaxis_inverted()  # so that the first is at the top


def test_of_many_starts_some_are_dots_which_is_said_and_the_median_is_that_of_all(by_method, monkeypatch):
    assert draw_valid_times(by_method).axes[0].get_title() == ""
    monkeypatch.setattr("evaluate.song.draw_divergence.MAX_DOTS", 4)
    (axes,) = draw_valid_times(by_method).axes
    steps = by_method["R"]["knn"]["compared_valid_steps"]
    assert axes.get_title() == f"dots: every 3rd of {len(steps)} starts"
    dots = [line for line in axes.get_lines() if line.get_marker() == "."]
    np.testing.assert_allclose(dots[0].get_xdata(), HOP_S * steps[::3])
    median = next(line for line in axes.get_lines() if line.get_marker() == "D")
    assert float(median.get_xdata()[0]) == float(by_method["R"]["knn"]["compared_valid_time_s"])
