"""Step 6 of the study `themes`: find what comes more than once in each piece, by both extractors.

Reads output/<name>/recordings.npz and <run>/matrices.npz.
Writes <run>/themes.npz, the table <run>/themes/<extractor>.csv, the notes of each piece that has a score, as MIREX has
them, <run>/themes/<piece>_<extractor>.txt, the figures `matrix_<run>`, `themes_<run>` and `similarity`, and once more
the pages of step 4, now with the themes.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from embed.themes.page.write import write_pages
from forecast.themes.draw_themes import draw_themes
from forecast.themes.files import write_files
from forecast.themes.find import count_themes, find_themes
from pipeline import results
from pipeline.parameters import ROOT, load
from save_dataset.themes.recordings import Recordings


def run(name, root=ROOT, runs=None):
    """Find the themes of each run and show them; returns the paths of the results."""
    parameters = load(name, root)
    chosen = parameters.for_runs(runs)
    paths = [_find_run(run_parameters, root) for run_parameters in chosen]
    drawn = draw_themes(parameters, root)
    pages = [write_pages(run_parameters, root)[-1] for run_parameters in chosen]
    for path in (*drawn, *pages):
        print(f"wrote {results.display_path(path, root)}")
    return paths


def _find_run(parameters, root):
    """Find the themes of one run and write them as files; returns the path of the arrays."""
    recordings = Recordings.from_arrays(results.load(parameters, "recordings", root))
    arrays = find_themes(parameters, recordings, results.load(parameters, "matrices", root))
    path = results.save(parameters, "themes", arrays, root)
    folder = path.with_suffix("")
    write_files(arrays, recordings, folder)
    print(f"{parameters.run}: {count_themes(arrays)} in {recordings.n_searched} pieces")
    print(f"wrote {results.display_path(path, root)}, {results.display_path(folder, root)}/")
    return path


if __name__ == "__main__":
    command_line.main(run)
