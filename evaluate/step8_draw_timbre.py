"""Step 8 of the study `timbre`: draw every figure and table of the write-up again, and the page with measures.

Reads what the steps before stored in output/<name>/.
Writes output/<name>/figures/ (PNG, PDF, CSV, LaTeX) and listen.html. Nothing is measured anew, no TensorFlow is needed.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from evaluate.timbre.draw_example import draw_example
from evaluate.timbre.draw_methods import draw_methods
from evaluate.timbre.draw_pitch import draw_pitch
from evaluate.timbre.tables import save_tables
from forecast.timbre.page.write import draw_page
from pipeline.figures import draw_everything
from pipeline.parameters import ROOT, load
from save_dataset.timbre.draw_sounds import draw_sounds
from train_model.timbre.draw_training import draw_timbre_training

DRAWERS = (draw_sounds, draw_timbre_training, draw_example, draw_pitch, draw_methods, save_tables, draw_page)


def run(name, root=ROOT):
    """Draw everything there is; return the paths."""
    return draw_everything(load(name, root), DRAWERS, root)


if __name__ == "__main__":
    command_line.main(run)
