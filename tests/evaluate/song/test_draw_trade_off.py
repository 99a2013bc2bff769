import numpy as np
import pytest
from matplotlib.colors import to_hex

from evaluate.song.draw_trade_off import draw_trade_off
from pipeline.figures import colour_of

POINTS = {
    "R": np.array([[0.125, 0.5], [0.25, 0.5], [0.375, 0.5]]),
    "RPVW": np.array([[0.0, 1.0], [0.125, 2.0], [0.25, 4.0]]),
}


@pytest.fixture(scope="module")
def figure():
    return draw_trade_off(POINTS)


def lines_of(figure, kind):
    """Songs, the two intervals and the mean of a kind."""
    (axes,) = figure.axes
    return [line for line in axes.lines if to_hex(line.get_color()) == to_hex(colour_of(kind, []))]


@pytest.mark.parametrize(("kind", "mean"), [("R", (0.25, 0.5)), ("RPVW", (0.125, 2.0))])
def test_dots_are_songs_and_the_mark_is_their_mean_geometric_for_ratios(figure, kind, mean):
    songs, across, up, mark = lines_of(figure, kind)
    np.testing.assert_array_equal(songs.get_xydata(), POINTS[kind])
    np.testing.assert_allclose(mark.get_xydata(), [mean])
    for line, axis in ((across, 0), (up, 1)):
        low, high = line.get_xydata()[:, axis]
        assert POINTS[kind][:, axis].min() <= low <= mean[axis] <= high <= POINTS[kind][:, axis].max()
        np.testing.assert_allclose(line.get_xydata()[:, 1 - axis], mean[1 - axis])


def test_pca_is_marked_and_ticks_are_plain_numbers(figure):
    (axes,) = figure.axes
    mark, vertical, horizontal = lines_of(figure, "PCA")
    assert mark.get_xydata().tolist() == [[0, 1]]
    assert (set(vertical.get_xdata()), set(horizontal.get_ydata())) == ({0}, {1})
    figure.draw_without_rendering()
    low, high = axes.get_ylim()
    ticks = [tick.get_text() for tick in axes.get_yticklabels() if low <= tick.get_position()[1] <= high]
    assert {"0.5", "1", "2", "4"} <= set(ticks)


def test_the_legend_is_in_the_order_of_valid_times(figure):
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["RPVW, 3 songs", "R, 3 songs", "PCA"]
