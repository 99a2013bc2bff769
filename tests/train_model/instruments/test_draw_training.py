import numpy as np

from pipeline.figures import colour_of
from tests.drawn import curves_of, legend_of
from train_model.instruments.draw_training import draw_training


def test_a_curve_is_the_mean_over_seeds_and_its_band_their_range():
    one, two = np.array([[2.0, 1.0]]), np.array([[2.0, 1.0], [1.0, 0.5]])
    figure = draw_training({"net": {"loss": one, "accuracy": one / 4}, "twice": {"loss": two, "accuracy": two / 4}})
    losses, accuracies = figure.axes
    assert legend_of(figure) == ["net", "twice"]
    np.testing.assert_allclose(curves_of(losses)["twice"].get_xydata(), [[1, 1.5], [2, 0.75]])
    np.testing.assert_allclose(curves_of(accuracies)["net"].get_ydata(), [50, 25])
    band = losses.collections[1].get_paths()[0].vertices
    assert (band[:, 1].min(), band[:, 1].max()) == (0.5, 2)


def test_runs_that_share_a_colour_differ_in_style():
    runs = [f"run_{index}" for index in range(9)]
    history = {"loss": np.ones((1, 3)), "accuracy": np.ones((1, 3))}
    curves = curves_of(draw_training(dict.fromkeys(runs, history)).axes[0])
    assert colour_of(runs[0], runs) == colour_of(runs[7], runs)
    assert curves["run_0"].get_linestyle() != curves["run_7"].get_linestyle()
