"""One figure of reconstruction against predictability, for all kinds of runs next to PCA."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from evaluate.bootstrap import interval
from evaluate.song.trade_off import LINEAR
from pipeline.figures import colour_of, new_figure

RATIOS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0)  # ticks


def draw_trade_off(points: Mapping[str, np.ndarray]) -> Figure:
    """Draw each song as a dot, and the mean over songs of each kind of run with its 95 % intervals.

    `points` are as `evaluate.song.trade_off.trade_off` returns them. The mean of ratios of valid times is geometric.
    Songs on which more than half of the forecasts are censored, of PCA and of the kind, lie at a ratio of 1.
    """
    figure = new_figure(7.6, 4.8)
    axes = figure.add_subplot(yscale="log")
    for kind, of_songs in sorted(points.items(), key=lambda item: -np.log(item[1][:, 1]).mean()):  # as they lie
        _draw_kind(axes, kind, of_songs, colour_of(kind, list(points)))
    _draw_reference(axes)
    axes.set(
        xlabel=f"reconstruction: fraction recovered of the loss that {LINEAR} leaves",
        ylabel=f"predictability: longest valid time / that on {LINEAR}",
    )
    axes.yaxis.set_major_locator(FixedLocator(RATIOS))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda ratio, _: f"{ratio:g}"))
    axes.yaxis.set_minor_locator(NullLocator())
    title = "dots: songs\nmarks: means over songs\nwith 95 % intervals"
    legend = figure.legend(
        loc="outside right upper", labelcolor="linecolor", title=title, title_fontsize="small", alignment="left"
    )
    legend.get_title().set_color("0.4")
    return figure


def _draw_reference(axes: Axes) -> None:
    """Draw PCA, and tint where both are better than on it."""
    colour = colour_of(LINEAR, [])
    axes.plot(0, 1, "D", color=colour, markersize=8, markeredgecolor="white", label=LINEAR)
    axes.axvline(0, color=colour, linewidth=0.8, zorder=0)
    axes.axhline(1, color=colour, linewidth=0.8, zorder=0)
    axes.autoscale(enable=False)
    right, top = axes.get_xlim()[1], axes.get_ylim()[1]
    axes.add_patch(Rectangle((0, 1), right, top - 1, color="0.96", linewidth=0, zorder=-1))
    text = f"better than {LINEAR} in both"
    axes.text(1, 1.01, text, transform=axes.transAxes, ha="right", va="bottom", color="0.4", fontsize="small")


def _draw_kind(axes: Axes, kind: str, of_songs: np.ndarray, colour: str) -> None:
    values = np.stack([of_songs[:, 0], np.log(of_songs[:, 1])], axis=1)
    low, high = interval(values)
    (x, low_x, high_x), (y, low_y, high_y) = np.stack([values.mean(axis=0), low, high], axis=1)
    y, low_y, high_y = np.exp([y, low_y, high_y])
    axes.plot(*of_songs.T, "o", color=colour, markersize=4.5, alpha=0.4, markeredgewidth=0)
    axes.plot([low_x, high_x], [y, y], color=colour, linewidth=1.6)
    axes.plot([x, x], [low_y, high_y], color=colour, linewidth=1.6)
    axes.plot(x, y, "o", color=colour, markersize=9, markeredgecolor="white", label=f"{kind}, {len(of_songs)} songs")
