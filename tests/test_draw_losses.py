import numpy as np
from matplotlib.colors import to_hex

from train_model.draw_losses import draw_losses

PURE = {"reconstruction": np.array([0.5, 0.4, 0.3]), "loss": np.array([0.5, 0.4, 0.3]), "cpu_s": np.array([1, 1, 1])}
CONDITIONED = {"reconstruction": np.array([0.6, 0.5]), "forecast": np.array([1.0, 0.8])}


def test_panel_for_each_term_that_a_run_has():
    panels = draw_losses({"R": PURE, "RF": CONDITIONED}).axes
    assert [axes.get_title()[:2] for axes in panels] == ["R:", "F:"]
    assert [axes.get_xlabel() for axes in panels] == ["epoch", "epoch"]
    assert [axes.get_title()[:2] for axes in draw_losses({"R": PURE}).axes] == ["R:"]


def test_terms_come_in_one_order_whatever_the_history():
    history = {term: np.ones(2) for term in ("curvature", "off_centre", "forecast", "reconstruction")}
    assert [axes.get_title()[0] for axes in draw_losses({"a": history}).axes] == ["R", "F", "O", "C"]


def test_curve_for_each_run_over_epochs_from_one():
    reconstruction, forecast = draw_losses({"R": PURE, "RF": CONDITIONED}).axes
    pure, conditioned = reconstruction.lines
    np.testing.assert_array_equal(pure.get_xydata(), [[1, 0.5], [2, 0.4], [3, 0.3]])
    np.testing.assert_array_equal(conditioned.get_xydata(), [[1, 0.6], [2, 0.5]])
    (only,) = forecast.lines
    np.testing.assert_array_equal(only.get_xydata(), [[1, 1.0], [2, 0.8]])


def test_runs_have_their_colour_and_name_in_each_panel():
    reconstruction, forecast = draw_losses({"R": PURE, "RF": CONDITIONED}).axes
    assert [text.get_text() for text in reconstruction.get_legend().get_texts()] == ["R", "RF"]
    assert [text.get_text() for text in forecast.get_legend().get_texts()] == ["RF"]
    assert to_hex(reconstruction.lines[0].get_color()) == "#000000"
    assert reconstruction.lines[1].get_color() == forecast.lines[0].get_color() == "tab:red"
