"""Step 1 of the study `themes`: from recordings to constant-Q transforms, with scores and reference patterns.

Reads parameters/<name>.toml, the sound or MIDI files of its pieces and training pieces, and next to the pieces their
scores and patterns.
Writes output/<name>/recordings.npz and the figure `recordings`; what is transformed is kept in output/cqt_cache/.
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
from save_dataset.demo.make_themes import check_made
from save_dataset.files import music_path
from save_dataset.themes.draw_recordings import draw_recordings
from save_dataset.themes.pieces import check_lengths, describe, read_recordings


def run(name, root=ROOT):
    """Read the recordings, save and draw them; returns the path of the file."""
    parameters = load(name, root)
    check_made(parameters, root)
    recordings, raw = read_recordings(parameters, root, command_line.has_terminal())
    check_lengths(recordings, parameters)
    print(f"{results.display_path(music_path(parameters.pieces.folder, root), root)}: {describe(recordings)}")
    path = results.save(parameters, "recordings", recordings.to_arrays(), root, raw=raw)
    draw_recordings(parameters, root)
    print(f"wrote {results.display_path(path, root)}")
    return path


if __name__ == "__main__":
    command_line.main(run)
