"""Step 4 of the study `video`: see the trajectories next to the film, on a page for the browser and as a video.

Reads output/<name>/film.npz, <run>/embedding.npz, the film, and forecasts where there are any.
Writes output/<name>/player.html, <run>/trajectory.csv, <run>/trajectory.mp4 for the runs of which [play] wants a video,
and sections.vtt where sections are given.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from embed.song.play import write_exports
from embed.video.play import read_footage, read_sections, write_page, write_run_video
from pipeline import results
from pipeline.parameters import ROOT, load


def run(name, root=ROOT, runs=None):
    """Write the page, the exports, and the videos of [play] or of the runs named; returns their paths."""
    parameters = load(name, root)
    filmed = [parameters.for_run(run_name) for run_name in runs or parameters.runs_of_video()]
    sections = read_sections(parameters, root)
    footage = read_footage(parameters, root, show_progress=command_line.has_terminal())
    duration_s = footage.small.duration_s
    paths = [write_page(parameters, footage.small, root), *write_exports(parameters, sections, duration_s, root)]
    n_bytes = paths[0].stat().st_size
    print(f"{duration_s:.2f} s of film; the page has {n_bytes / 1e6:.2f} MB and needs no network")
    for run_parameters in filmed:
        paths.append(write_run_video(run_parameters, footage, root, show_progress=command_line.has_terminal()))
    for path in paths:
        print(f"wrote {results.display_path(path, root)}")
    return paths


if __name__ == "__main__":
    command_line.main(run)
