import numpy as np
import pytest
from matplotlib.colors import to_hex

from train_model.song.draw_losses import draw_losses

PURE = {
    "reconstruction": np.array([0.5, 0.375, 0.3125]),
    "lowest_reconstruction": np.array(0.25),
    "loss": np.array([0.5, 0.375, 0.3125]),
    "cpu_s": np.array([1.0, 1.0, 1.0]),
}
CONDITIONED = {
    "reconstruction": np.array([0.75, 0.5]),
    "lowest_reconstruction": np.array(0.25),
    "forecast": np.array([1.0, 0.8]),
}


@pytest.fixture
def panels():
    return draw_losses({"R": PURE, "RF": CONDITIONED}).axes


def test_panel_for_each_term_that_a_run_has(panels):
    assert [axes.get_title()[:2] for axes in panels] == ["R:", "F:"]
    assert [axes.get_xlabel() for axes in panels] == ["epoch", "epoch"]
    assert [axes.get_title()[:2] for axes in draw_losses({"R": PURE}).axes] == ["R:"]


def test_terms_come_in_one_order_whatever_the_history():
    terms = ("whiteness", "constant_velocity", "persistence", "curvature", "off_centre", "forecast")
    history = {term: np.ones(2) for term in terms} | PURE
    assert [axes.get_title()[0] for axes in draw_losses({"a": history}).axes] == [*"RFOCPVW"]


def test_curve_for_each_run_over_epochs_from_one(panels):
    (only,) = panels[1].lines
    np.testing.assert_array_equal(only.get_xydata(), [[1, 1.0], [2, 0.8]])


def test_reconstruction_is_drawn_above_the_lowest_possible_on_a_logarithmic_axis(panels):
    pure, conditioned = panels[0].lines
    np.testing.assert_array_equal(pure.get_xydata(), [[1, 0.25], [2, 0.125], [3, 0.0625]])
    np.testing.assert_array_equal(conditioned.get_xydata(), [[1, 0.5], [2, 0.25]])
    assert [axes.get_yscale() for axes in panels] == ["log", "linear"]


def test_runs_have_their_colour_and_name_in_each_panel(panels):
    names = [[text.get_text() for text in axes.get_legend().get_texts()] for axes in panels]
    assert names == [["R", "RF"], ["RF"]]
    assert to_hex(panels[0].lines[0].get_color()) == "#000000"
    assert panels[0].lines[1].get_color() == panels[1].lines[0].get_color() == "tab:red"
