"""Step 1 of the study `video`: from a film, or a folder of numbered images, to grey frames of one size.

Reads parameters/<name>.toml and the film it names in music/.
Writes output/<name>/frames.npy, next to it film.npz, and the figure `frames`.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from pipeline import results
from pipeline.parameters import ROOT, load
from save_dataset.demo.make_video import check_course
from save_dataset.video.draw_frames import draw_frames
from save_dataset.video.film import open_film
from save_dataset.video.save import describe_stretch, save_film, stored_size


def run(name, root=ROOT):
    """Save and draw the frames; returns the path of the film's result."""
    parameters = load(name, root)
    film = open_film(parameters.film, root)
    if parameters.is_made:
        check_course(parameters.course, film.path, f"run: python -m {parameters.STEPS[0]} {name}")
    path, reading = save_film(parameters, film, root, show_progress=command_line.has_terminal())
    shown = results.display_path(film.path, root)
    height, width = film.size
    print(f"{shown}: {reading.n_frames} frames at {float(film.rate_hz):g} Hz, {width} x {height}")
    for note in filter(None, [*reading.notes, describe_stretch(film)]):
        print(f"{shown}: {note}")
    n_frames = len(results.load(parameters, parameters.SERIES, root)["times_s"])
    height, width = stored_size(film)
    print(f"{n_frames} frames of {width} x {height}")
    draw_frames(parameters, root)
    print(f"wrote {results.display_path(path, root)}")
    return path


if __name__ == "__main__":
    command_line.main(run)
