"""Step 8 of the study `instruments`: draw every figure and table of the write-up again.

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

from embed.instruments.draw_spaces import draw_spaces
from evaluate.instruments.draw_properties import draw_pitch_shift, draw_properties
from evaluate.instruments.draw_recall import draw_recall
from evaluate.instruments.tables import save_tables
from pipeline.figures import draw_everything
from pipeline.parameters import ROOT, load
from save_dataset.instruments.draw_clips import draw_clips

DRAWERS = (draw_clips, draw_spaces, draw_recall, draw_properties, draw_pitch_shift, save_tables)


def run(name, root=ROOT):
    """Draw everything there is; return the paths."""
    return draw_everything(load(name, root), DRAWERS, root)


if __name__ == "__main__":
    command_line.main(run)
