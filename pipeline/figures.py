"""The style of all figures, names and colours of methods, and saving: PNG to look at, PDF for the write-up.

The same arrays give the same bytes: files carry no date and no version.
"""

import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

import fontTools.subset
import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.text import Text

from pipeline import results
from pipeline.atomic_write import atomic_write
from pipeline.parameters import ROOT, StudyParameters

Layout = Literal["constrained"] | None
Drawer = Callable[[Any, Path], list[Path]]

TIME_COLOURS = "viridis"
PIXEL_COLOURS = "inferno"
MAX_CHARACTERS = 40  # of a name
RUN_COLOURS = {
    **{"R": "black", "RF": "tab:red", "RPVW": "tab:blue"},
    **{"PCA": "tab:gray", "SFA": "goldenrod", "DCA": "teal"},  # linear
}
OTHER_COLOURS = ("tab:green", "tab:orange", "tab:purple", "tab:brown", "tab:pink", "tab:cyan", "tab:olive")
METHODS = {
    "knn": ("KNN", "#1f77b4"),
    "knn_paper": ("KNN (paper's)", "#8ec5ea"),
    "analog": ("analog", "#17a589"),
    "var": ("VAR", "#d62728"),
    "mlp": ("MLP", "#ff9f1c"),
    "lstm": ("LSTM", "#8e44ad"),
    "joint": ("joint", "#e377c2"),
    "persistence": ("persistence", "#555555"),
    "constant_velocity": ("constant velocity", "#999999"),
    "climatology": ("climatology", "#b8a06a"),
}
METHOD_NAMES = {method: name for method, (name, _) in METHODS.items()}
METHOD_COLOURS = {method: colour for method, (_, colour) in METHODS.items()}

STYLE: dict[str, Any] = {
    "figure.dpi": 150,
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes3d.xaxis.panecolor": "white",
    "axes3d.yaxis.panecolor": "white",
    "axes3d.zaxis.panecolor": "white",
    "grid.color": "0.9",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "pdf.fonttype": 42,  # letters stay letters, which journals ask for
    "text.parse_math": False,  # names are drawn as they are, with their dollar signs
}
matplotlib.rcParams.update(matplotlib.rcParamsDefault)  # whatever a user's matplotlibrc says
matplotlib.rcParams.update(STYLE)  # type: ignore[arg-type]  # its stubs know keys one by one
# Of a font in a PDF, tables that say how letters are joined: none does, and to reduce them takes half of all drawing
fontTools.subset.Options._drop_tables_default += ["GSUB", "GPOS", "GDEF"]


def new_figure(width_in: float = 8.0, height_in: float = 4.0, layout: Layout = "constrained") -> Figure:
    """Return an empty figure in the style of the write-up; no window is opened."""
    figure = Figure(figsize=(width_in, height_in), layout=layout)
    FigureCanvasAgg(figure)
    return figure


def new_panels(n_panels: int, width_in: float, height_in: float) -> tuple[Figure, list[Axes]]:
    """Return an empty figure, and its panels of one size and with one pair of axes, four in a row."""
    n_columns = min(4, n_panels)
    n_rows = math.ceil(n_panels / n_columns)
    figure = new_figure(2.0 + width_in * n_columns, 0.6 + height_in * n_rows)
    panels = figure.subplots(n_rows, n_columns, squeeze=False, sharex=True, sharey=True).ravel().tolist()
    for axes in panels[n_panels:]:
        axes.remove()
    for axes in panels[n_panels - n_columns : n_panels]:
        axes.tick_params(labelbottom=True)  # also where there is no panel below
    return figure, panels[:n_panels]


def colour_of(run: str, runs: list[str]) -> str:
    """Return the colour of a run: black for R and red for RF as in the paper, another for each of the others."""
    others = [other for other in runs if other not in RUN_COLOURS]
    return RUN_COLOURS.get(run) or OTHER_COLOURS[others.index(run) % len(OTHER_COLOURS)]


def shown(name: object) -> str:
    r"""Return a name for a figure: without its middle if it is long; what the font lacks is written as ``\u4e2d``."""
    written = [as_drawn(character) for character in str(name)]
    if len("".join(written)) > MAX_CHARACTERS:
        while len("".join(written)) >= MAX_CHARACTERS:
            del written[len(written) // 2]
        written.insert((len(written) + 1) // 2, "…")
    return "".join(written)


def as_drawn(text: str) -> str:
    """Return a text as our font can write it; another font of the machine, or none, would write the rest."""
    return "".join(
        character if character == "\n" or ord(character) in _characters() else ascii(character)[1:-1]
        for character in text
    )


@cache
def _characters() -> frozenset[int]:
    """The characters that the font has."""
    return frozenset(get_font(findfont(FontProperties())).get_charmap())


def thinning(n: int, most: int) -> int:
    """Return that every so many-th of n things are at most so many."""
    return max(1, -(-n // most))


def describe_thinning(every: int, n: int, things: str) -> str:
    """Return in words what is shown of n things, nothing if that is all of them.

    >>> describe_thinning(16, 155_018, "points"), describe_thinning(1, 1270, "points")
    ('every 16th of 155,018 points', '')
    """
    if every == 1:
        return ""
    ending = "th" if every % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(every % 10, "th")
    return f"every {every}{ending} of {n:,} {things}"


def save(figure: Figure, path: Path) -> list[Path]:
    """Write a figure as PNG and PDF, and return both paths; `path` has no ending."""
    no_dates = {".png": {"Software": None}, ".pdf": {"CreationDate": None, "Producer": None, "Creator": None}}
    paths = [path.with_name(path.name + ending) for ending in no_dates]
    for target in paths:
        drawn = io.BytesIO()  # Matplotlib's own errors do not tell that a disk is full
        with _powers_as_formulas(figure):
            _mend_texts(figure)
            figure.savefig(drawn, format=target.suffix[1:], metadata=no_dates[target.suffix])
        with atomic_write(target) as temporary:
            temporary.write_bytes(drawn.getbuffer())
        figure.set_layout_engine("none")  # it has done its work, which takes as long as drawing
    return paths


def _mend_texts(figure: Figure) -> None:
    """Draw each word, a run's name for example, as `shown` gives it; ticks will set their labels again as they were."""
    for text in figure.findobj(Text):
        if not text.get_parse_math():
            text.set_text(re.sub(r"[^ \n]+", lambda word: shown(word[0]), text.get_text()))


@contextmanager
def _powers_as_formulas(figure: Figure) -> Iterator[None]:
    """Let ticks of logarithmic axes, such as 10², be formulas, which other text is not."""
    axes_of_figure = [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]
    for axis in (axis for axis in axes_of_figure if axis.get_scale() == "log"):
        for tick in (*axis.majorTicks, *axis.minorTicks):
            tick.label1.set_parse_math(True)
    with matplotlib.rc_context({"text.parse_math": True}):  # for ticks that come while it is drawn
        yield


def save_all(drawn: Mapping[str, Figure], parameters: StudyParameters, root: Path = ROOT) -> list[Path]:
    """Write figures by name among those of a parameter file, and return all paths."""
    paths = {name: results.figure_path(parameters, name, root) for name in drawn}
    return [path for name, figure in drawn.items() for path in save(figure, paths[name])]


def draw_everything(parameters: StudyParameters, drawers: Iterable[Drawer], root: Path = ROOT) -> list[Path]:
    """Draw by all drawers, from what is stored of a parameter file; say what is left out, and return the paths."""
    for line in results.left_out(parameters, root):
        print(f"left out: {line}")
    paths = [path for draw in drawers for path in draw(parameters, root)]
    print(f"{len(paths)} files, the last is {results.display_path(paths[-1], root)}")
    print(f"wrote {results.display_path(results.figure_path(parameters, '', root), root)}")
    return paths
