from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from embed.dictionary.draw_atoms import draw_all_atoms, draw_sheet
from pipeline import results
from save_dataset.midi.above_bass import channel_names, from_roll
from tests.small_dictionary import TEXT, small_codes, small_corpus, store_small_dictionary


def codes_seen_from_the_bass(n_atoms):
    """Atoms of a beat: one key struck and held, each a tone higher than the one before."""
    rolls = np.zeros((n_atoms, 4, 176), np.float32)
    for atom, roll in enumerate(rolls):
        roll[0, 27 + 2 * atom], roll[:, 88 + 27 + 2 * atom] = 1, 1
    patterns = np.stack([from_roll(roll) for roll in rolls])
    small = small_codes()
    numbers = np.arange(n_atoms)
    values, bias = np.ones(n_atoms, np.float32), np.zeros(175)
    codes = replace(small, patterns=patterns, columns=numbers, atoms=numbers, values=values, bias=bias)
    return codes, replace(small_corpus(small), channels=np.array(channel_names()))


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def cells_of(axes):
    (cells,) = (drawn for drawn in axes.collections if type(drawn) is PolyCollection)
    return cells


def test_a_panel_for_each_atom_in_order_of_use():
    codes = small_codes()
    figure = draw_sheet(small_corpus(codes), codes)
    assert texts(figure) == ["2 · 43.2 %", "0 · 28.8 %", "1 · 24.5 %", "3 · 3.6 %", "4 · 0.0 %"]
    (axes,) = figure.axes
    assert [panel.get_x() for panel in axes.patches] == [-0.5, 5.5, 11.5, 17.5, 23.5]
    assert {panel.get_width() for panel in axes.patches} == {5}
    assert axes.get_xlim() == (-0.5, 28.5)
    cells = cells_of(axes)  # as they are in the music
    lefts = [path.vertices[:, 0].min() for path in cells.get_paths()]
    assert lefts == pytest.approx([0, 2, 6, 12 + 2 - 0.25, 18 + 3, 24 + 1])  # hats, kick, early snare, ride, tom
    assert np.asarray(cells.get_array()) == pytest.approx([0.5, 0.25, 1, 0.75, 0.5, 1])


def test_not_more_than_forty_in_rows_with_the_same_columns():
    codes = small_codes()
    for n_times, panels in ((9, [8] * 5), (2, [5, 5])):
        many = replace(codes, patterns=np.tile(codes.patterns, (n_times, 1, 1)))
        figure = draw_sheet(small_corpus(codes), many)
        assert [len(axes.texts) for axes in figure.axes] == panels
        assert len({axes.get_xlim() for axes in figure.axes}) == 1


def test_what_was_seen_from_the_bass_stands_on_keys_the_same_in_all_rows():
    codes, corpus = codes_seen_from_the_bass(n_atoms=12)
    figure = draw_sheet(corpus, codes)
    assert len(figure.axes) == 2
    assert len({axes.get_ylim() for axes in figure.axes}) == 1
    keys = [path.vertices[:4, 1].mean() for axes in figure.axes for path in cells_of(axes).get_paths()]
    assert keys == pytest.approx(2 * np.arange(12))  # the lowest row is the lowest key in use


def test_runs_without_codes_are_left_out(write_parameters):
    parameters, root = store_small_dictionary(write_parameters, TEXT + "[runs.B]\nmodel.k = 2\n")
    results.path_of(parameters.for_run("B"), "codes", root).unlink()
    paths = draw_all_atoms(parameters, root)
    assert [path.name for path in paths] == ["atoms_A.png", "atoms_A.pdf"]
    assert all(path.stat().st_size > 1000 for path in paths)
