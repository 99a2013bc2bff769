"""An array as a small image in a page."""

import base64
import io

import matplotlib
import numpy as np
from PIL import Image

from pipeline.figures import PIXEL_COLOURS

N_COLOURS = 64  # more cannot be distinguished here; two thirds of the bytes of 256


def image_uri(values: np.ndarray) -> str:
    """Return the ``data:`` URI of a PNG of values from 0 to 1, ``(height, width)``, the top row first."""
    image = Image.fromarray(np.round((N_COLOURS - 1) * values).astype(np.uint8))
    colours = matplotlib.colormaps[PIXEL_COLOURS](np.linspace(0, 1, N_COLOURS))
    image.putpalette(np.round(255 * colours[:, :3]).astype(np.uint8).tobytes())
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=9)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
