import io

import matplotlib.image
import numpy as np
import pytest

from embed.pages.indexed_png import encode_png


@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (94, 1291)])
def test_a_reader_of_png_gives_the_colours_back(rng, shape):
    palette = rng.integers(0, 256, size=(64, 3), dtype=np.uint8)
    indices = rng.integers(0, 64, size=shape, dtype=np.uint8)
    pixels = matplotlib.image.imread(io.BytesIO(encode_png(indices, palette)), format="png")
    np.testing.assert_array_equal(np.round(255 * pixels[..., :3]), palette[indices])
