import numpy as np
import pytest

from embed.draw_atoms import draw_all_atoms, draw_sheet
from pipeline import results
from tests.small_dictionary import TEXT, small_codes, small_corpus, store_small_dictionary


def test_a_panel_for_each_atom_in_order_of_use():
    codes = small_codes()
    panels = [axes for axes in draw_sheet(small_corpus(codes), codes).axes if axes.axison]
    titles = [axes.get_title(loc="left") for axes in panels]
    assert titles == ["2 · 43.2 %", "0 · 28.8 %", "1 · 24.5 %", "3 · 3.6 %", "4 · 0.0 %"]


def test_atoms_are_drawn_as_they_are_in_the_music():
    codes = small_codes()
    hats = draw_sheet(small_corpus(codes), codes).axes[0]
    (cells,) = hats.collections
    assert [path.vertices[:, 0].min() for path in cells.get_paths()] == [0, 2]
    assert np.asarray(cells.get_array()) == pytest.approx([0.5, 0.25])


def test_not_more_than_forty():
    codes = small_codes()
    many = type(codes)(**(vars(codes) | {"patterns": np.tile(codes.patterns, (9, 1, 1))}))
    assert sum(axes.axison for axes in draw_sheet(small_corpus(codes), many).axes) == 40


def test_runs_without_codes_are_left_out(write_parameters):
    parameters, root = store_small_dictionary(write_parameters, TEXT + "[runs.B]\nmodel.k = 2\n")
    results.path_of(parameters.for_run("B"), "codes", root).unlink()
    paths = draw_all_atoms(parameters, root)
    assert [path.name for path in paths] == ["atoms_A.png", "atoms_A.pdf"]
    assert all(path.stat().st_size > 1000 for path in paths)
