"""Step 7 of the study `switches`: measure how long inversion to sound takes, and how near to the recording it comes.

Reads the recordings that the clips are cut from, one after the other.
Writes output/<name>/inversion.npz, which concerns no generator.
What is up to date is left as it is.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from evaluate.switches.inversion import compare_with_librosa, measure_inversion, read_recording
from pipeline import results
from pipeline.parameters import ROOT, load


def run(name, root=ROOT, force=False):
    """Measure inversions of a recording; return the path."""
    parameters = load(name, root)
    path = results.path_of(parameters, "inversion", root)
    if force or not results.is_fresh(parameters, "inversion", root):
        samples, paths = read_recording(parameters, root)
        print(f"{len(samples) / parameters.mel.sample_rate_hz:.1f} s of {', '.join(path.name for path in paths)}")
        arrays = measure_inversion(samples, parameters, show_progress=command_line.has_terminal())
        results.save(parameters, "inversion", arrays, root, raw=paths)
    for row in compare_with_librosa(results.load(parameters, "inversion", root)):
        print("; ".join(f"{column}: {text}" for column, text in row.items()))
    print(f"wrote {results.display_path(path, root)}")
    return path


if __name__ == "__main__":
    command_line.main(run)
