"""Step 1 of the study `instruments`: from sounds to clips of one length, with all their features.

Reads parameters/<name>.toml, the sound files of its folder, and the manifest that says which instrument each is.
Writes output/<name>/clips.npz, phrases.npz where phrases are to be made, and the figure `clips`; what is transformed is
kept in output/instruments_cache/.
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
from save_dataset.demo.make_instruments import check_made
from save_dataset.files import music_path
from save_dataset.instruments.draw_clips import draw_clips
from save_dataset.instruments.phrase_plans import plan_phrases
from save_dataset.instruments.save import describe, read_phrases, read_sounds


def run(name, root=ROOT):
    """Read the sounds, save and draw their clips; returns the path of the clips."""
    parameters = load(name, root)
    check_made(parameters, root)
    folder = music_path(parameters.sounds.folder, root)
    show_progress = command_line.has_terminal()
    clips, sounds, raw = read_sounds(parameters, root, show_progress)
    plans = plan_phrases(parameters.phrases, sounds)  # what it refuses, it refuses before anything is written
    print(f"{results.display_path(folder, root)}: {describe(clips)}")
    path = results.save(parameters, "clips", clips.to_arrays(), root, raw=raw)
    if plans:
        class_names = clips.class_names.tolist()
        del clips  # phrases take as much memory
        phrases = read_phrases(parameters, plans, class_names, root, show_progress)
        print(f"made of their sounds: {describe(phrases)}")
        results.save(parameters, "phrases", phrases.to_arrays(), root, raw=raw)
    draw_clips(parameters, root)
    print(f"wrote {results.display_path(path, root)}")
    return path


if __name__ == "__main__":
    command_line.main(run)
