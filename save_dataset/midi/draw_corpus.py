"""The figure of a corpus: some bars of one piece of each of its labels."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline import figures, results
from pipeline.figures import new_figure
from pipeline.parameters import ROOT
from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.midi.corpus import Corpus, first_bar
from save_dataset.midi.draw_music import draw_music

MAX_PIECES = 6
N_BARS = 4
N_TOKENS = 256
ROW_HEIGHT_IN = 2.0


def draw_corpus(parameters: DictionaryParameters, root: Path = ROOT) -> list[Path]:
    """Draw the figure `music` from the stored corpus; returns paths."""
    corpus = Corpus.from_arrays(results.load(parameters, "corpus", root))
    roll = getattr(parameters, "roll", None)  # of the study `piano`
    figure = draw_pieces(corpus, step_s=roll and roll.step_s)
    return figures.save(figure, results.figure_path(parameters, "music", root))


def draw_pieces(corpus: Corpus, *, step_s: float | None = None) -> Figure:
    """Draw the first bars that have notes, of one piece in each row; `step_s` where steps are seconds, not beats."""
    pieces = pieces_shown(corpus)
    figure = new_figure(10, 0.6 + ROW_HEIGHT_IN * len(pieces))
    rows = figure.subplots(len(pieces), squeeze=False)[:, 0]
    for axes, piece in zip(rows, pieces, strict=True):
        _draw_piece(axes, corpus, piece, step_s)
        if axes is not rows[-1]:
            axes.set_xlabel("")
    longest = max(axes.get_xlim()[1] for axes in rows)
    for axes in rows:
        axes.set_xlim(right=longest)
    return figure


def pieces_shown(corpus: Corpus) -> list[int]:
    """Return the first piece of each of the most frequent labels; the first pieces where there are no two labels.

    Pieces too short to fill a row come after those that fill it.
    """
    too_short = np.diff(corpus.starts) < N_BARS * corpus.steps_per_bar
    order = np.argsort(too_short, kind="stable")
    labels, first, counts = np.unique(corpus.labels[order], return_index=True, return_counts=True)
    if len(labels) < 2:
        return order[:MAX_PIECES].tolist()
    return order[first[np.argsort(-counts, kind="stable")[:MAX_PIECES]]].tolist()


def _draw_piece(axes: Axes, corpus: Corpus, piece: int, step_s: float | None) -> None:
    """Draw some bars of a piece, its name and label above; bars are counted from the beginning of the piece."""
    music, steps_per_bar = corpus.piece(piece), corpus.steps_per_bar
    has_bars = "token" not in corpus.kinds()
    first = first_bar(music, steps_per_bar) * steps_per_bar if has_bars else 0
    shown = music[first : first + (N_BARS * steps_per_bar if has_bars else N_TOKENS)]
    name, label = str(corpus.names[piece]), str(corpus.labels[piece])
    title = f"{label}: {name}" if label and not name.startswith(f"{label}/") else name
    draw_music(axes, shown, corpus.channels, corpus.steps_per_beat, steps_per_bar=steps_per_bar, title=title)
    if has_bars:
        ticks = axes.get_xticks()
        positions = (first + ticks) * step_s if step_s else (first + ticks) / steps_per_bar + 1
        axes.set_xticks(ticks, [f"{position:g}" for position in positions])
        axes.set_xlabel("time (s)" if step_s else "bar")
