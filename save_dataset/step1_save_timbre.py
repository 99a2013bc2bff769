"""Step 1 of the study `timbre`: read the targets, whose timbre is learned, and the sources, which are passed through.

Reads parameters/<name>.toml, the sounds of the targets, and the sounds and MIDI files of the sources.
Writes output/<name>/targets.npz, sources.npz and the figure `sounds`.
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
from save_dataset.demo.make_timbre import check_made
from save_dataset.timbre.describe import describe
from save_dataset.timbre.draw_sounds import draw_sounds
from save_dataset.timbre.sources import read_sources
from save_dataset.timbre.targets import read_targets


def run(name, root=ROOT):
    """Read, save and draw targets and sources; returns the path of the targets."""
    parameters = load(name, root)
    check_made(parameters, root)
    targets, target_files = read_targets(parameters, root, command_line.has_terminal())
    sources, source_files = read_sources(parameters, root)
    print("\n".join(describe(targets, sources, parameters.stft.sample_rate_hz)))
    path = results.save(parameters, "targets", targets.to_arrays(), root, raw=target_files)
    results.save(parameters, "sources", sources.to_arrays(), root, raw=source_files)
    draw_sounds(parameters, root)
    print(f"wrote {results.display_path(path, root)} and sources.npz")
    return path


if __name__ == "__main__":
    command_line.main(run)
