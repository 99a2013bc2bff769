"""The layers of a model, as a diagram where graphviz is installed, else as text."""

import importlib.util
import shutil
from pathlib import Path

import keras

from pipeline.atomic_write import atomic_write, write_text


def write_diagram(model: keras.Model, path: Path) -> Path:
    """Write the layers of a model and its parts, with shapes, as PNG or text; `path` has no ending."""
    if shutil.which("dot") and importlib.util.find_spec("pydot"):
        png_path = path.with_name(f"{path.name}.png")
        with atomic_write(png_path) as temporary:
            keras.utils.plot_model(model, temporary, show_shapes=True, show_layer_names=True, expand_nested=True)
        return png_path
    lines: list[str] = []
    model.summary(line_length=80, expand_nested=True, print_fn=lines.append)
    return write_text(path.with_name(f"{path.name}.txt"), "\n".join(lines) + "\n")
