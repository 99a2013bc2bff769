import numpy as np
from matplotlib.colors import to_hex

from forecast.themes.colours import COLOURS, LIKE_NONE
from forecast.themes.draw_matrices import MAX_PX, draw_matrices, draw_similarity, shrink
from tests.themes_of_scale import HOP_S, noise_matrices, scale_recordings, scale_themes

PATCH_FRAMES = 4


def drawn(rng):
    return draw_matrices(noise_matrices(rng), scale_themes(), scale_recordings(), PATCH_FRAMES)


def images_of(figure):
    return [image for axes in figure.axes for image in axes.get_images()]


def test_a_matrix_lies_at_the_times_of_its_patches(rng):
    image, _ = images_of(drawn(rng))
    first_s, last_s = 2 * HOP_S, (2 + 117) * HOP_S
    np.testing.assert_allclose(image.get_extent(), [first_s, last_s, last_s, first_s])
    assert image.axes.get_xlim() == (0, 12)
    assert image.axes.get_ylim() == (12, 0)
    assert image.get_array().shape == (117, 117)


def test_themes_lie_along_the_edges_in_seconds(rng):
    image, noise = images_of(drawn(rng))
    above, left = noise.axes.child_axes
    assert (len(above.patches), len(left.patches)) == (0, 2)  # there is no reference
    above, left = image.axes.child_axes
    assert [(bar.get_x(), bar.get_width()) for bar in above.patches] == [(1, 1.5), (5, 1.5)]
    assert [(bar.get_y(), bar.get_height()) for bar in left.patches] == [(1, 1.5), (5, 1.5), (3, 1), (8, 1)]
    assert [to_hex(bar.get_facecolor()) for bar in left.patches[::2]] == [to_hex(COLOURS[0]), to_hex(LIKE_NONE)]
    assert left.get_ylim() == (12, 0)
    assert above.get_title() == "scale"


def test_runs_are_next_to_each_other(rng):
    matrices = {"A": noise_matrices(rng), "B": noise_matrices(rng, 113)}
    figure = draw_similarity(matrices, scale_recordings(), {"A": 4, "B": 8})
    first, second = images_of(figure)
    assert [image.axes.get_title() for image in (first, second)] == ["A", "B"]
    assert second.get_extent()[0] == 2 * first.get_extent()[0]
    assert figure.get_suptitle() == "scale"


def test_shrinking_keeps_thin_diagonals():
    n = 3 * MAX_PX
    matrix = np.eye(n, k=301, dtype=np.float16)
    small = shrink(matrix)
    assert small.shape == (MAX_PX, MAX_PX)
    assert np.all(np.diagonal(small, 100) == 1)
    assert small.sum() == 2 * (MAX_PX - 100) - 1
    np.testing.assert_array_equal(shrink(matrix[:50, 280:330]), matrix[:50, 280:330])  # small, it stays as it is
