import base64
import io

import matplotlib
import matplotlib.image
import numpy as np
import pytest

from embed.pages.image import N_COLOURS, image_uri


def read_image(uri):
    content = base64.b64decode(uri.removeprefix("data:image/png;base64,"))
    return matplotlib.image.imread(io.BytesIO(content), format="png")[..., :3]


@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (94, 1291)])
@pytest.mark.parametrize("n_colours", [1, 3, N_COLOURS])
def test_a_reader_of_png_gives_the_colours_back(rng, shape, n_colours):
    values = rng.integers(0, n_colours, size=shape) / (N_COLOURS - 1)
    expected = matplotlib.colormaps["inferno"](values)[..., :3]
    np.testing.assert_allclose(read_image(image_uri(values)), expected, atol=0.02)
