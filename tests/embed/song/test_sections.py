import numpy as np
import pytest

from embed.song.draw_trajectory import draw_trajectories
from embed.song.sections import BEFORE, COLOURS, cut, legend_of
from tests.embed.song.test_draw_trajectory import embedding_of, panels_of

SECTIONS = ((3, "A"), (6, "B"), (8, "A"))


@pytest.mark.parametrize(
    ("n_points", "sections", "pieces"),
    [
        (10, SECTIONS, [(0, 4, BEFORE), (3, 7, COLOURS[0]), (6, 9, COLOURS[1]), (8, 11, COLOURS[0])]),
        (10, SECTIONS[:1], [(0, 4, BEFORE), (3, 11, COLOURS[0])]),
        (5, ((0, "A"), (2, "B"), (5, "C")), [(0, 3, COLOURS[0]), (2, 6, COLOURS[1])]),
    ],
)
def test_pieces_join_and_a_name_has_one_colour(n_points, sections, pieces):
    assert [(piece.points.start, piece.points.stop, piece.colour) for piece in cut(n_points, sections)] == pieces


def test_a_trajectory_with_sections_is_drawn_piece_by_piece_with_a_legend_in_place_of_the_bar(rng):
    z = rng.normal(size=(10, 3))
    figure = draw_trajectories({"R": embedding_of(z)}, SECTIONS)
    (axes,) = panels_of(figure)
    assert len(figure.axes) == 1
    drawn = [np.stack(line.get_data_3d(), axis=1) for line in axes.lines]
    for points, piece in zip(drawn, cut(10, SECTIONS), strict=True):
        np.testing.assert_array_equal(points, z[piece.points])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["A", "B"]
    assert [handle.get_color() for handle in legend_of(SECTIONS)] == list(COLOURS[:2])
