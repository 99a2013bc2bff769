from dataclasses import fields, replace

import numpy as np
import pytest

from evaluate.timbre.measures import Measures
from evaluate.timbre.statistics import difference, estimate, mean_of_runs, values_of

SETTINGS = {"n_bootstrap": 2000, "seed": 0}
NAMES = [("a", "x", False), ("b", "x", False), ("a", "y", False), ("b", "y", False), ("x", "x", True), ("y", "y", True)]


def measures_of(**arrays):
    """Two sources as two targets, which are held out too; two notes of an output, those of y beyond what is learned."""
    sources, targets, held_out = (np.array(column) for column in zip(*NAMES, strict=True))
    empty = {field.name: np.zeros(0) for field in fields(Measures)}
    known = {"source_names": sources, "target_names": targets, "held_out": held_out}
    notes = {"note_outputs": np.repeat(np.arange(4), 2), "note_outside": np.repeat([False, True], 4)}
    return Measures(**empty | known | notes | {name: np.asarray(array) for name, array in arrays.items()})


RUN = measures_of(
    note_lost=np.array([1, 0, 0, 0, 1, 1, 0, 1], bool),
    distance_db=[1, 2, 3, np.nan, 50, 50],
    reconstruction_db=[np.nan] * 4 + [4, 6],
)


@pytest.mark.parametrize(
    ("measure", "mean", "n_values"),
    [
        ("lost", 4 / 8, 8),
        ("lost_inside", 1 / 4, 4),
        ("lost_outside", 3 / 4, 4),
        ("distance_db", 2.0, 3),  # what is held out is left out, and what is NaN
        ("reconstruction_db", 5.0, 2),  # of what is held out only
    ],
)
def test_mean_is_over_notes_or_outputs(measure, mean, n_values):
    found = estimate([RUN], measure, **SETTINGS)
    assert (found.mean, found.n_values, found.n_sources) == (pytest.approx(mean), n_values, 2)
    assert found.low <= found.mean <= found.high


def test_mean_of_one_target():
    assert estimate([RUN], "lost", target="x", **SETTINGS).mean == 1 / 4


def test_runs_are_averaged_before_anything_is_drawn():
    other = replace(RUN, distance_db=RUN.distance_db + 2)
    assert mean_of_runs([RUN, other], "distance_db") == {("a", "x"): 2, ("b", "x"): 3, ("a", "y"): 4}
    one, two = estimate([RUN], "distance_db", **SETTINGS), estimate([RUN, other], "distance_db", **SETTINGS)
    assert (two.mean, two.low, two.high) == pytest.approx((one.mean + 1, one.low + 1, one.high + 1))


def test_sources_are_drawn_and_not_their_notes(rng):
    """Notes of a source that are lost together are no more certain than one of them."""
    sources = np.array([f"source {index:02}" for index in range(40)])
    lost = np.arange(40) % 2 == 0
    once = {"source_names": sources, "target_names": np.full(40, "x"), "held_out": np.zeros(40, bool)}
    widths = []
    for n_notes in (1, 20):
        notes = {"note_outputs": np.repeat(np.arange(40), n_notes), "note_lost": np.repeat(lost, n_notes)}
        outside = np.zeros(40 * n_notes, bool)
        found = estimate([measures_of(**once, **notes, note_outside=outside)], "lost", **SETTINGS)
        widths.append(found.high - found.low)
    assert widths[1] == pytest.approx(widths[0])
    assert widths[0] == pytest.approx(2 * 1.96 * np.sqrt(0.25 / 40), rel=0.15)


def test_difference_is_paired():
    better = replace(RUN, note_lost=np.array([0, 0, 0, 0, 0, 1, 0, 0], bool), distance_db=RUN.distance_db - 1.5)
    of_lost, of_distance = (difference([RUN], [better], measure, **SETTINGS) for measure in ("lost", "distance_db"))
    assert of_lost.mean == pytest.approx(3 / 8)
    assert (of_distance.mean, of_distance.low, of_distance.high) == pytest.approx((1.5, 1.5, 1.5))
    assert of_distance.n_values == 3


def test_difference_is_over_what_both_have():
    other = replace(RUN, target_names=np.where(RUN.target_names == "y", "blend", RUN.target_names))
    assert difference([RUN], [other], "distance_db", **SETTINGS).n_values == 2
    nothing = difference([RUN], [replace(RUN, target_names=RUN.source_names)], "distance_db", **SETTINGS)
    assert np.isnan([nothing.mean, nothing.low, nothing.high]).all()
    assert nothing.n_values == 0


def test_one_source_has_no_interval():
    same = replace(RUN, source_names=np.full(6, "a"))
    found = estimate([same], "lost", target="x", **SETTINGS)
    assert np.isnan([found.low, found.high]).all()
    assert np.isfinite(found.mean)


def test_notes_are_named_by_source_target_and_number():
    assert values_of(RUN, "lost_inside") == {("a", "x", 0): 1, ("a", "x", 1): 0, ("b", "x", 0): 0, ("b", "x", 1): 0}
