"""Step 8 of the study `themes`: draw every figure and table of the write-up again.

Reads what the steps before stored in output/<name>/.
Writes output/<name>/figures/ (PNG, PDF, CSV, LaTeX). Nothing is measured anew, no TensorFlow is needed.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from evaluate.themes.draw_measures import draw_theme_measures
from evaluate.themes.tables import save_tables
from forecast.themes.draw_themes import draw_themes
from pipeline.figures import draw_everything
from pipeline.parameters import ROOT, load
from save_dataset.themes.draw_recordings import draw_recordings
from train_model.complex.draw_bases import draw_bases
from train_model.complex.draw_training import draw_complex_training

DRAWERS = (draw_recordings, draw_complex_training, draw_bases, draw_themes, draw_theme_measures, save_tables)


def run(name, root=ROOT):
    """Draw everything there is; returns the paths."""
    return draw_everything(load(name, root), DRAWERS, root)


if __name__ == "__main__":
    command_line.main(run)
