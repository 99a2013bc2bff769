"""Step 8 of the study `themes`: draw every figure and table of the write-up again.

Reads what the steps before stored in output/<name>/.
Writes output/<name>/figures/ (PNG, PDF, CSV, LaTeX). Nothing is measured anew, no TensorFlow is needed.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from evaluate.themes.draw_measures import draw_theme_measures
from evaluate.themes.tables import save_tables
from forecast.themes.draw_themes import draw_themes
from pipeline import command_line, results
from pipeline.parameters import ROOT, load
from save_dataset.themes.draw_recordings import draw_recordings
from train_model.complex.draw_bases import draw_bases
from train_model.complex.draw_training import draw_complex_training


def run(name, root=ROOT):
    """Draw everything there is; returns the paths."""
    parameters = load(name, root)
    paths = []
    for draw in (
        draw_recordings,
        draw_complex_training,
        draw_bases,
        draw_themes,
        draw_theme_measures,
        save_tables,
    ):
        paths += draw(parameters, root)
    print(f"{len(paths)} files, the last is {results.show(paths[-1], root)}")
    print(f"wrote {results.show(results.figure_path(parameters, '', root), root)}")
    return paths


def main(argv=None):
    command_line.main(run, argv)


if __name__ == "__main__":
    main()
