import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

from forecast.themes.colours import COLOURS, LIKE_NONE
from forecast.themes.draw_themes import EXPLAINED, MAX_ROWS, draw_themes, draw_timelines
from pipeline.parameters import load
from tests.stored_results import store
from tests.themes_of_scale import PIECES, noise_matrices, scale_recordings, scale_themes


def bars_of(axes):
    """Colour and spans of the rows of a panel, from the top."""
    return [
        (to_hex(row.get_facecolor()[0]), [path.get_extents().intervalx.round(2).tolist() for path in row.get_paths()])
        for row in axes.collections
        if isinstance(row, PolyCollection)
    ]


def test_every_theme_has_a_row_and_every_occurrence_a_bar():
    scale, noise = draw_timelines(scale_themes(), scale_recordings()).axes
    assert bars_of(scale) == [
        (to_hex(COLOURS[0]), [[1, 2.5], [5, 6.5]]),
        (to_hex(COLOURS[0]), [[1, 2.5], [5, 6.5]]),
        (to_hex(LIKE_NONE), [[3, 4], [8, 9]]),
    ]
    assert bars_of(noise) == 2 * [(to_hex(COLOURS[0]), [[1, 3], [6, 8]])]


def test_blocks_that_do_not_touch_have_names_and_themes_numbers_from_the_top():
    figure = draw_timelines(scale_themes(), scale_recordings())
    scale, noise = figure.axes
    extractors = ["estimated (lag)", "estimated\n(nieto_farbood)"]
    assert [text.get_text() for text in scale.get_yticklabels()] == ["reference", *extractors]
    assert [text.get_text() for text in scale.get_yticklabels(minor=True)] == ["1", "1", "2"]
    assert [text.get_text() for text in noise.get_yticklabels()] == extractors
    assert [axes.get_title(loc="left") for axes in (scale, noise)] == ["scale", "noise"]
    assert scale.get_xlim() == (0, 12)
    (bottom, top), ticks = scale.get_ylim(), scale.get_yticks()
    assert bottom > max(ticks) > min(ticks) > top
    assert min(np.diff(ticks)) > 1
    assert figure.get_suptitle() == EXPLAINED


def test_the_strongest_of_many_themes_are_drawn():
    n_themes = MAX_ROWS + 5
    many = {
        "lag_piece": np.zeros(2 * n_themes, int),
        "lag_theme": np.repeat(np.arange(n_themes), 2),
        "lag_starts_s": np.arange(2.0 * n_themes) / 10,
        "lag_ends_s": np.arange(2.0 * n_themes) / 10 + 1,
    }
    scale, _ = draw_timelines(scale_themes() | many, scale_recordings()).axes
    assert len(bars_of(scale)) == 1 + MAX_ROWS


@pytest.mark.slow
def test_what_is_stored_is_drawn_and_runs_without_themes_are_left_out(write_parameters, rng):
    root = write_parameters(PIECES, "small")
    parameters = load("small", root)
    assert draw_themes(parameters, root) == []
    store(parameters, "recordings", root, **scale_recordings().to_arrays())
    for run in parameters.for_runs():
        store(run, "matrices", root, **noise_matrices(rng))
    store(parameters.for_run("CQT"), "themes", root, **scale_themes())
    paths = draw_themes(parameters, root)
    assert {path.stem for path in paths} == {"similarity", "matrix_CQT", "themes_CQT"}
    assert all(path.is_file() for path in paths)
