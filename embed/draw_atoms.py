"""The atoms of a dictionary as a sheet of small pictures, the most used first."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from embed.atom_uses import by_use, scaled_patterns, shares_of_use
from embed.sparse_codes import SparseCodes
from embed.used_channels import used_channels
from pipeline import figures, results
from pipeline.dictionary_study import DictionaryParameters
from pipeline.parameters import ROOT
from save_dataset.corpus import Corpus
from save_dataset.draw_music import draw_music

N_SHOWN = 40
SHEET_WIDTH_IN = 12.0
WIDTH_PER_STEP_IN = 0.09
PANEL_WIDTHS_IN = (1.3, 5.5)
PANEL_HEIGHT_IN = 1.55


def draw_all_atoms(parameters: DictionaryParameters, root: Path = ROOT) -> list[Path]:
    """Draw the figure `atoms_<run>` of each run that has codes of today; returns the paths."""
    runs = [run for run in parameters.for_runs() if results.is_fresh(run, "codes", root)]
    return [path for run in runs for path in draw_atoms(run, root)]


def draw_atoms(parameters: DictionaryParameters, root: Path = ROOT) -> list[Path]:
    """Draw the figure `atoms_<run>` of a run from its stored codes; returns the paths."""
    corpus = Corpus.from_arrays(results.load(parameters, "corpus", root))
    codes = SparseCodes.from_arrays(results.load(parameters, "codes", root))
    figure = draw_sheet(corpus, codes)
    return figures.save(figure, results.figure_path(parameters, f"atoms_{parameters.run}", root))


def draw_sheet(corpus: Corpus, codes: SparseCodes) -> Figure:
    """A panel for each of the most used atoms, as it stands in the music on average."""
    numbers, shares = by_use(codes)[:N_SHOWN], shares_of_use(codes)
    patterns = scaled_patterns(codes)[numbers]
    shown = used_channels(patterns, corpus.channels)
    width_in = np.clip(WIDTH_PER_STEP_IN * patterns.shape[1], *PANEL_WIDTHS_IN)
    n_rows = -(-len(numbers) // int(SHEET_WIDTH_IN / width_in))
    n_columns = -(-len(numbers) // n_rows)
    figure = figures.new_figure(SHEET_WIDTH_IN, PANEL_HEIGHT_IN * n_rows + 0.5)
    panels = figure.subplots(n_rows, n_columns, squeeze=False, sharex=True, sharey=True)
    for index, axes in enumerate(panels.flat):
        if index >= len(numbers):
            axes.set_axis_off()
            continue
        title = f"{numbers[index]} · {100 * shares[numbers[index]]:.1f} %"
        draw_music(axes, patterns[index][:, shown], corpus.channels[shown], corpus.steps_per_beat)
        axes.set_title(title, loc="left", fontsize=9)
        axes.label_outer()
        axes.set_xlabel("beat" if index + n_columns >= len(numbers) else "")
        axes.tick_params(labelsize=7, labelbottom=index + n_columns >= len(numbers))
    figure.suptitle(f"the {len(numbers)} most used of {len(codes.patterns)} atoms: number and share of all uses")
    return figure
