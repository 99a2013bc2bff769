"""Step 0 of the study `video`: draw the demo film, a car that goes round a course.

Reads parameters/<name>.toml; does nothing if it has no [course], because then the film is a recording.
Writes music/<file>, and next to it the section it is made from.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from pipeline.parameters import ROOT, load
from pipeline.results import display_path
from save_dataset.demo.make_video import write_course
from save_dataset.files import music_path


def run(name, root=ROOT):
    """Make the film if it is to be made; returns its path."""
    parameters = load(name, root)
    path = music_path(parameters.film.file, root)
    if not parameters.is_made:
        print(f"{display_path(path, root)} is not made here: nothing to do")
        return path
    print(f"{parameters.course.rounds} rounds of {parameters.course.round_s:g} s")
    made_from = write_course(parameters.course, path, show_progress=command_line.has_terminal())
    print(f"wrote {display_path(path, root)} and {made_from.name}")
    return path


if __name__ == "__main__":
    command_line.main(run)
