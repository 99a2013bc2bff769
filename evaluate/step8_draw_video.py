"""Step 8 of the study `video`: draw every figure and table of the write-up again, and the player page with forecasts.

Reads what the steps before stored in output/<name>/, and the film.
Writes output/<name>/figures/ (PNG, PDF, CSV, LaTeX) and player.html. Nothing is measured anew, no TensorFlow is needed.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from embed.song.draw_embeddings import draw_embeddings
from embed.video.play import draw_page
from evaluate.song.draw_measures import draw_measures
from forecast.song.draw_forecasts import draw_all_forecasts
from pipeline.figures import draw_everything
from pipeline.parameters import ROOT, load
from save_dataset.video.draw_frames import draw_frames
from train_model.song.draw_losses import draw_all_losses

DRAWERS = draw_frames, draw_all_losses, draw_embeddings, draw_all_forecasts, draw_measures, draw_page


def run(name, root=ROOT):
    """Draw everything there is; returns the paths."""
    return draw_everything(load(name, root), DRAWERS, root)


if __name__ == "__main__":
    command_line.main(run)
