"""Step 8 of the study `switches`: draw every figure and table of the write-up again.

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

from evaluate.switches.draw_components import draw_components
from evaluate.switches.draw_generated import draw_generated
from evaluate.switches.draw_inversion import draw_inversion
from evaluate.switches.draw_peaks import draw_peaks
from evaluate.switches.draw_upscaling import draw_upscaling
from pipeline.figures import draw_everything
from pipeline.parameters import ROOT, load
from save_dataset.switches.draw_clips import draw_clips
from train_model.switches.draw_training import draw_switches_training

DRAWERS = (
    *(draw_clips, draw_switches_training, draw_components, draw_generated),
    *(draw_inversion, draw_upscaling, draw_peaks),
)


def run(name, root=ROOT):
    """Draw everything there is; returns the paths."""
    return draw_everything(load(name, root), DRAWERS, root)


if __name__ == "__main__":
    command_line.main(run)
