from dataclasses import replace

import numpy as np
import pytest

from embed.dictionary import draw_spaces
from tests.small_dictionary import BARS, codes_of, small_codes, small_corpus, store_small_dictionary


def test_bars_are_of_held_out_pieces_and_not_silent_nor_more_than_can_be_seen(monkeypatch):
    corpus = small_corpus(small_codes())
    first = corpus.starts[2]
    corpus.steps[first + 32 : first + 48] = 0
    bars = [bar for bar in range(BARS) if bar != 2]
    assert draw_spaces.choose_bars(corpus).tolist() == [first + 16 * bar for bar in bars]
    everything = draw_spaces.choose_bars(replace(corpus, splits=np.full(3, "train")))
    assert len(everything) == 3 * BARS - 1
    monkeypatch.setattr(draw_spaces, "MAX_WINDOWS", 4)
    few = draw_spaces.choose_bars(small_corpus(small_codes()))
    assert (len(few), few[0], few[-1]) == (4, 320, 320 + 16 * (BARS - 1))


def test_codes_of_bars_are_what_begins_in_them():
    codes = small_codes()
    corpus = small_corpus(codes)
    rows = draw_spaces.codes_of_bars(corpus, codes, np.array([16, corpus.starts[2]]))
    np.testing.assert_array_equal(rows[0], codes.piece(0)[4:8].ravel())
    np.testing.assert_array_equal(rows[1], codes.piece(2)[:4].ravel())


def test_columns_before_the_first_step_are_counted(rng):
    code = rng.normal(size=(160 + 3, 2)).astype(np.float32)  # atoms of 4 steps, anywhere: three columns hang over
    codes = codes_of([code], np.ones((2, 4, 27)), 1)
    rows = draw_spaces.codes_of_bars(small_corpus(small_codes()), codes, np.array([0, 32]))
    np.testing.assert_array_equal(rows, [code[3:19].ravel(), code[35:51].ravel()])


@pytest.mark.slow
def test_a_panel_for_music_and_for_each_code_with_colours_of_labels(write_parameters, rng):
    paths = draw_spaces.draw_spaces(*store_small_dictionary(write_parameters))
    assert [path.name for path in paths] == ["spaces.png", "spaces.pdf"]
    labels = np.array(["_jazz", "$rock$", ""])[np.arange(30) % 3]
    spaces = {"music": rng.normal(size=(30, 5)), "code of A": rng.normal(size=(30, 4))}
    figure = draw_spaces.draw_planes(spaces, labels)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["music", "code of A"]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["other", "$rock$", "_jazz"]
    unlabelled = draw_spaces.draw_planes({"music": rng.normal(size=(30, 5))}, np.full(30, ""))
    assert not unlabelled.legends
    assert len(unlabelled.axes[0].collections[0].get_offsets()) == 30


@pytest.mark.filterwarnings("error")
def test_points_that_are_all_the_same_vary_in_nothing():
    (axes,) = draw_spaces.draw_planes({"music": np.ones((5, 4))}, np.full(5, "")).axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("component 1 (0 % of variance)", "component 2 (0 %)")
