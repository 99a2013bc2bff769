"""Step 8 of the studies `drums` and `piano`: draw every figure and table of the write-up again.

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

from embed.dictionary.draw_atoms import draw_all_atoms
from embed.dictionary.draw_codes import draw_all_codes
from embed.dictionary.draw_spaces import draw_spaces
from evaluate.dictionary.draw_measures import draw_dictionary_measures
from evaluate.dictionary.tables import save_tables
from forecast.dictionary.draw_generated import draw_all_generated
from pipeline.figures import draw_everything
from pipeline.parameters import ROOT, load
from save_dataset.midi.draw_corpus import draw_corpus
from train_model.dictionary.draw_losses import draw_dictionary_losses

DRAWERS = (
    *(draw_corpus, draw_dictionary_losses, draw_all_atoms, draw_all_codes, draw_spaces),
    *(draw_all_generated, draw_dictionary_measures, save_tables),
)


def run(name, root=ROOT):
    """Draw everything there is; return the paths."""
    return draw_everything(load(name, root), DRAWERS, root)


if __name__ == "__main__":
    command_line.main(run)
