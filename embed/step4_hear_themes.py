"""Step 4 of the study `themes`: see and hear the self-similarity of each piece, and its themes.

Reads output/<name>/recordings.npz, the recordings, <run>/matrices.npz and, if step 6 was run, <run>/themes.npz.
Writes output/<name>/<run>/pages/<piece>.html and, of several pieces, <run>/themes.html, the index of them.
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
from pipeline import results
from pipeline.parameters import ROOT, load


def run(name, root=ROOT, runs=None):
    """Write the pages of each run, or of those named; returns the paths."""
    parameters = load(name, root)
    paths = []
    for run_parameters in parameters.for_runs(runs):
        written = write_pages(run_parameters, root)
        has_themes = results.is_fresh(run_parameters, "themes", root)
        themes = "with themes" if has_themes else "without themes, which step 6 finds"
        n_bytes = sum(path.stat().st_size for path in written)
        print(f"{run_parameters.run}: {len(written)} pages {themes}; {n_bytes / 1e6:.1f} MB, they need no network")
        print(f"wrote {results.display_path(written[-1], root)}")
        paths += written
    return paths


if __name__ == "__main__":
    command_line.main(run)
