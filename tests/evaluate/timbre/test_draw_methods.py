from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from evaluate.timbre.draw_methods import LECTURE_LOST, draw_methods, draw_notes, draw_timbre_and_pitch
from evaluate.timbre.statistics import estimate
from pipeline.parameters import load
from tests.drawn import curves_of, legend_of
from tests.small_measures import small_measures
from tests.small_transfers import TEXT
from tests.stored_results import store

METHODS = {"net": [small_measures(5.0), small_measures(7.0)], "same": [small_measures(12.0, [False] * 4, 1.0)]}
COLOURS = {"net": "tab:red", "same": "tab:blue"}
OF_RUNS = partial(estimate, n_bootstrap=200, seed=0)


def test_a_point_is_the_mean_over_runs_and_outputs_that_are_not_held_out():
    figure = draw_timbre_and_pitch(METHODS, ["lost", "pitch_kept"], OF_RUNS, COLOURS)
    notes, frames = (curves_of(axes) for axes in figure.axes)
    assert notes["net"].get_xydata().tolist() == [[6, 25]]
    assert notes["same"].get_xydata().tolist() == [[12, 0]]
    assert frames["net"].get_xydata().tolist() == [[6, 25]]
    assert notes["lost in the lecture"].get_ydata()[0] == LECTURE_LOST
    assert "lost in the lecture" not in frames
    assert notes["distance of the sources"].get_xdata()[0] == 12
    assert [axes.texts[0].get_text() for axes in figure.axes] == ["best", "best"]
    assert legend_of(figure)[:2] == ["net", "same"]


def test_intervals_cross_in_the_point():
    (axes,) = draw_timbre_and_pitch({"net": METHODS["net"]}, ["pitch_kept"], OF_RUNS, COLOURS).axes
    across, along = axes.get_lines()[:2]
    (low, high), lost = across.get_xdata(), across.get_ydata()
    assert low < 6 < high
    assert [*lost] == [25, 25]
    np.testing.assert_allclose(along.get_xdata(), 6)


def test_notes_have_a_panel_for_all_targets_and_for_each():
    figure = draw_notes(METHODS, OF_RUNS, COLOURS)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["all targets", "reed", "bell"]
    widths = [[bar.get_width() for bar in axes.patches][:4] for axes in figure.axes]
    assert widths == [[0, 50, 0, 0], [0, 0, 0, 0], [0, 100, 0, 0]]  # within and beyond, of each method
    assert legend_of(figure) == ["within the pitches learned", "beyond them"]


def test_the_only_target_has_the_only_panel():
    blend = replace(
        small_measures(),
        target_names=np.array(["reed_bell"] * 6),
        held_out=np.array([False, True, False, True, True, True]),
        note_outputs=np.array([2, 2]),
        note_lost=np.array([False, True]),
        note_outside=np.array([False, True]),
    )
    (axes,) = draw_notes({"net": [blend]}, OF_RUNS, COLOURS).axes
    assert axes.get_title(loc="left") == "reed_bell"
    assert [bar.get_width() for bar in axes.patches][:2] == [0, 100]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, {"timbre_and_pitch", "notes"}),
        ({name: [] for name in vars(small_measures()) if name.startswith("note_")}, {"timbre_and_pitch"}),
    ],
)
def test_figures_are_those_of_what_is_measured(write_parameters, changes, names):
    root = write_parameters(TEXT, "small")
    parameters = load("small", root)
    assert draw_methods(parameters, root) == []
    arrays = small_measures().to_arrays() | {name: np.array(value, int) for name, value in changes.items()}
    store(parameters.for_run("hybrid"), "measures", root, **arrays)
    assert {path.stem for path in draw_methods(parameters, root)} == names
