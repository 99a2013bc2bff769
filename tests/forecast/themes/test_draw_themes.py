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
    rows = [each for each in axes.collections if isinstance(each, PolyCollection)]
    spans = [[path.get_extents().intervalx.round(2).tolist() for path in row.get_paths()] for row in rows]
    return [(to_hex(row.get_facecolor()[0]), each) for row, each in zip(rows, spans, strict=True)]


def test_every_theme_has_a_row_and_every_occurrence_a_bar():
    known, noise = draw_timelines(scale_themes(), scale_recordings()).axes
    assert bars_of(known) == [
        (to_hex(COLOURS[0]), [[1, 2], [5, 6]]),
        (to_hex(COLOURS[0]), [[1, 2.5], [5, 6.5]]),
        (to_hex(LIKE_NONE), [[3, 4], [8, 9]]),
    ]
    assert bars_of(noise) == 2 * [(to_hex(COLOURS[0]), [[1, 3], [6, 8]])]


def test_blocks_have_names_and_themes_numbers():
    known, noise = draw_timelines(scale_themes(), scale_recordings()).axes
    assert [text.get_text() for text in known.get_yticklabels()] == [
        "reference",
        "estimated (lag)",
        "estimated\n(nieto_farbood)",
    ]
    assert [text.get_text() for text in known.get_yticklabels(minor=True)] == ["1", "1", "2"]
    assert [text.get_text() for text in noise.get_yticklabels()] == ["estimated (lag)", "estimated\n(nieto_farbood)"]
    assert [axes.get_title(loc="left") for axes in (known, noise)] == ["scale", "noise"]
    assert known.get_xlim() == (0, 12)


def test_rows_go_down_and_blocks_do_not_touch():
    known, _ = draw_timelines(scale_themes(), scale_recordings()).axes
    bottom, top = known.get_ylim()
    ticks = known.get_yticks()
    assert bottom > max(ticks) > min(ticks) > top
    assert min(np.diff(ticks)) > 1


def test_colours_are_explained_where_something_is_known():
    assert draw_timelines(scale_themes(), scale_recordings()).get_suptitle() == EXPLAINED


def test_the_strongest_of_many_themes_are_drawn():
    n_themes = MAX_ROWS + 5
    many = {
        "lag_piece": np.zeros(2 * n_themes, int),
        "lag_theme": np.repeat(np.arange(n_themes), 2),
        "lag_starts_s": np.arange(2.0 * n_themes) / 10,
        "lag_ends_s": np.arange(2.0 * n_themes) / 10 + 1,
    }
    known, _ = draw_timelines(scale_themes() | many, scale_recordings()).axes
    assert len(bars_of(known)) == 1 + MAX_ROWS


@pytest.fixture
def root(tmp_path, rng):
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "small.toml").write_text(PIECES, encoding="utf-8")
    parameters = load("small", tmp_path)
    store(parameters, "recordings", tmp_path, **scale_recordings().to_arrays())
    for run in parameters.for_runs():
        store(run, "matrices", tmp_path, **noise_matrices(rng))
    return tmp_path


def test_nothing_is_drawn_of_nothing(tmp_path):
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "small.toml").write_text(PIECES, encoding="utf-8")
    assert draw_themes(load("small", tmp_path), tmp_path) == []


def test_what_is_stored_is_drawn_and_runs_without_themes_are_left_out(root):
    parameters = load("small", root)
    store(parameters.for_run("CQT"), "themes", root, **scale_themes())
    paths = draw_themes(parameters, root)
    assert {path.stem for path in paths} == {"similarity", "matrix_CQT", "themes_CQT"}
    assert all(path.is_file() for path in paths)
