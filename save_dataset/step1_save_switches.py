"""Step 1 of the study `switches`: cut recordings into clips, a switch for each, and make their mel spectrograms.

Reads parameters/<name>.toml and the sounds it names in music/.
Writes output/<name>/clips.npz and the figure `clips`.
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
from save_dataset.switches.clips import check_all_switches
from save_dataset.switches.draw_clips import draw_clips
from save_dataset.switches.read import read_clips


def run(name, root=ROOT):
    """Cut, save and draw the clips; returns their path."""
    parameters = load(name, root)
    clips, recordings = read_clips(parameters, root)
    check_all_switches(parameters, len(clips.names))
    print(f"{len(recordings)} recordings, {len(clips.names)} clips of {parameters.mel.clip_s:.2f} s")
    path = results.save(parameters, "clips", clips.to_arrays(), root, raw=recordings)
    draw_clips(parameters, root)
    print(f"wrote {results.display_path(path, root)}")
    return path


if __name__ == "__main__":
    command_line.main(run)
