from dataclasses import replace

import numpy as np
import pytest
from pretty_midi import note_number_to_name

from embed.dictionary.draw_codes import draw_all_codes, draw_code, draw_usage
from pipeline import results
from tests.small_dictionary import HATS, NEGATIVE, SNARE, codes_of, small_codes, small_corpus, store_small_dictionary
from tests.small_midi import make_corpus


def test_music_code_and_reconstruction_have_one_axis_of_time():
    codes = small_codes()
    figure = draw_code(small_corpus(codes), codes)
    music, code, reconstruction, _ = figure.axes
    assert [axes.get_title(loc="left") for axes in (music, reconstruction)] == ["b/three.mid", "reconstruction"]
    assert music.get_xlim() == code.get_xlim() == reconstruction.get_xlim() == (-0.5, 128)
    figure.draw_without_rendering()
    left, right = zip(*[(axes.get_position().x0, axes.get_position().x1) for axes in figure.axes[:3]], strict=True)
    assert np.ptp(left) < 1e-6
    assert np.ptp(right) < 1e-6


def test_the_code_stands_where_its_atoms_begin():
    codes, atoms = small_codes(), [HATS, SNARE, NEGATIVE]
    axes = draw_code(small_corpus(codes), codes).axes[1]
    assert [label.get_text() for label in axes.get_yticklabels()] == [str(atom) for atom in atoms]
    (image,) = axes.collections
    assert image.get_coordinates()[0, :, 0].tolist() == list(range(0, 129, 4))
    np.testing.assert_array_equal(image.get_array().filled(0), codes.piece(2)[:32, atoms].T)


def test_a_code_without_uses_is_drawn_empty():
    codes = small_codes()
    empty = replace(codes, columns=codes.columns[:0], atoms=codes.atoms[:0], values=codes.values[:0])
    axes = draw_code(small_corpus(codes), empty).axes[1]
    assert axes.get_ylabel() == "no active atom"
    assert not axes.collections


def test_keys_have_the_same_rows_above_and_below():
    channels = np.array([f"onset {note_number_to_name(pitch)}" for pitch in range(21, 109)])
    patterns = np.zeros((2, 4, 88), np.float32)
    patterns[0, 0, 39], patterns[1, 0, 63] = 1, 1
    steps = np.zeros((128, 88), np.float32)
    steps[::4, 39] = 1
    codes = codes_of([np.eye(2)[np.arange(32) % 2]], patterns, 4)
    corpus = replace(make_corpus([steps], ["test"]), channels=channels)
    music, _, reconstruction, _ = draw_code(corpus, codes).axes
    assert music.get_ylim() == reconstruction.get_ylim()
    for axes in (music, reconstruction):
        assert [label.get_text() for label in axes.get_yticklabels()] == ["C4", "C5", "C6"]


def test_tokens_have_the_same_axis_of_time_as_their_code():
    codes, corpus = small_codes(), small_corpus(small_codes())
    tokens = replace(corpus, channels=np.array(["token"]), steps=corpus.steps[:, :1])
    codes = replace(codes, patterns=codes.patterns[:, :, :1], bias=codes.bias[:1])
    assert {axes.get_xlim() for axes in draw_code(tokens, codes).axes[:3]} == {(-0.5, 128)}


def test_usage_is_a_falling_line_for_each_run():
    codes = small_codes()
    (axes,) = draw_usage({"A": codes, "B": codes}).axes
    line, other = axes.lines
    assert line.get_xdata().tolist() == [1, 2, 3, 4]
    assert line.get_ydata() == pytest.approx(np.array([60, 40, 34, 5]) / 139)
    assert line.get_color() != other.get_color()
    assert line.get_label() == "A: 4 of 5 atoms used"


@pytest.mark.slow
def test_figures_are_of_the_runs_with_codes(write_parameters):
    parameters, root = store_small_dictionary(write_parameters)
    names = [path.name for path in draw_all_codes(parameters, root)]
    assert names == ["code_A.png", "code_A.pdf", "usage.png", "usage.pdf"]
    results.path_of(parameters.for_run("A"), "codes", root).unlink()
    assert draw_all_codes(parameters, root) == []
