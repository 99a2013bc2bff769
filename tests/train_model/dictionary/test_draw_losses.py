import numpy as np
import pytest

from pipeline.parameters import load
from tests.small_dictionary import TEXT
from tests.stored_results import store
from train_model.dictionary.draw_losses import TERMS, draw_dictionary_losses, draw_histories

SQUARES = {"square": np.array([0.5, 0.25]), "loss": np.ones(2), "k": np.array([2, 2]), "atoms_used": np.array([3, 4])}
HITS = {"hits": np.array([0.3, 0.2, 0.1]), "k": np.array([2, 2, 2]), "atoms_used": np.array([4, 4, 4])}
FALLING = SQUARES | {"k": np.array([2, 1])}


def titles(figure):
    return [axes.get_title() for axes in figure.axes]


def legend_of(figure):
    (legend,) = figure.legends
    return [text.get_text() for text in legend.get_texts()]


def test_a_panel_for_each_term_that_any_run_has_in_one_order():
    terms = ("square", "hits", "atoms_used")
    assert titles(draw_histories({"a": HITS, "b": SQUARES})) == [TERMS[term] for term in terms]
    every = {term: np.array([3.0, 2.0]) for term in reversed(TERMS)}
    assert titles(draw_histories({"a": every})) == [*TERMS.values()]


def test_winners_are_drawn_only_where_their_number_changes():
    assert TERMS["k"] not in titles(draw_histories({"a": SQUARES, "b": HITS}))
    assert TERMS["k"] in titles(draw_histories({"a": SQUARES, "b": FALLING}))


def test_a_curve_for_each_run_over_epochs_from_one():
    square, atoms = draw_histories({"a": SQUARES}).axes
    np.testing.assert_array_equal(square.lines[0].get_xydata(), [[1, 0.5], [2, 0.25]])
    np.testing.assert_array_equal(atoms.lines[0].get_xydata(), [[1, 3], [2, 4]])
    assert (square.get_yscale(), atoms.get_yscale()) == ("log", "linear")
    assert atoms.get_ylim()[0] == 0


@pytest.mark.parametrize("n_runs", [1, 8, 15])
def test_no_two_runs_look_alike(n_runs):
    figure = draw_histories({f"run_{number}": SQUARES for number in range(n_runs)})
    for axes in figure.axes:
        assert len({(line.get_color(), line.get_linestyle()) for line in axes.lines}) == n_runs
    assert len(legend_of(figure)) == n_runs
    assert legend_of(draw_histories({"a": HITS, "b": SQUARES, "c": HITS})) == ["a", "b", "c"]


def test_a_single_epoch_can_be_seen():
    figure = draw_histories({"a": {term: values[:1] for term, values in SQUARES.items()}})
    assert figure.axes[0].lines[0].get_marker() == "."


def test_what_is_stored_is_drawn(write_parameters):
    root = write_parameters(TEXT + "[runs.B]\n", "beats")
    parameters = load("beats", root)
    assert draw_dictionary_losses(parameters, root) == []
    store(parameters, "corpus", root, steps=np.zeros(3))
    store(parameters.for_run("B"), "history", root, **SQUARES)
    paths = draw_dictionary_losses(parameters, root)
    assert [path.relative_to(root).as_posix() for path in paths] == [
        "output/beats/figures/losses.png",
        "output/beats/figures/losses.pdf",
    ]
    assert all(path.stat().st_size > 1000 for path in paths)
