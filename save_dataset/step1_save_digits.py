"""Step 1 of the study `digits`: images of digits, split for training, validation and test.

Reads parameters/<name>.toml; scikit-learn's digits, MNIST, or the file that it names.
Writes output/<name>/images.npz and the figure `images`.
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
from save_dataset.images.digits import read_images
from save_dataset.images.draw_images import draw_images


def run(name, root=ROOT):
    """Read, save and draw the images; returns the path of the arrays."""
    parameters = load(name, root)
    arrays, paths = read_images(parameters.images, root)
    path = results.save(parameters, "images", arrays, root, raw=paths)
    n_images, height, width = arrays["images"].shape
    counts = ", ".join(f"{(arrays['splits'] == s).sum()} {s}" for s in ("train", "validation", "test"))
    print(f"{parameters.images.source}: {n_images} images of {height} x {width} pixels: {counts}")
    draw_images(parameters, root)
    print(f"wrote {results.display_path(path, root)}")
    return path


if __name__ == "__main__":
    command_line.main(run)
