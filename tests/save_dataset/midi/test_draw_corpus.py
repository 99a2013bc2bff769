from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from pipeline import results
from pipeline.parameters import load
from save_dataset.midi.draw_corpus import draw_corpus, draw_pieces, pieces_shown
from tests import small_midi

DRUMS = [f"{kind} {name}" for kind in ("hit", "velocity", "offset") for name in ("kick", "snare")]


def make_corpus(labels, channels=DRUMS, bars=6, first_bar=0):
    """Pieces of `bars` bars with a note on each beat, all bars before `first_bar` empty."""
    n_pieces, n_steps = len(labels), 16 * bars
    piece = np.zeros((n_steps, len(channels)), np.float32)
    piece[16 * first_bar :: 4] = 1
    corpus = small_midi.make_corpus([piece] * n_pieces, channels=channels)
    names = [f"{label or 'piece'}/{index}.mid" for index, label in enumerate(labels)]
    return replace(corpus, names=np.array(names), labels=np.array(labels))


@pytest.mark.parametrize(
    ("labels", "pieces"),
    [
        ("abbcbc", [1, 3, 0]),  # one of each label, the most frequent first
        ("aabbccddeeffg", [0, 2, 4, 6, 8, 10]),  # at most six
        ([""] * 9, range(6)),  # the first where labels do not differ
        (["rock"] * 9, range(6)),
        (["rock"], [0]),
    ],
)
def test_pieces_shown_are_of_different_labels(labels, pieces):
    assert pieces_shown(make_corpus(list(labels))) == list(pieces)


def test_pieces_that_fill_a_row_come_first_and_rows_are_equally_long():
    starts = np.array([0, 16, 112, 208, 224])  # bars: 1, 6, 6, 1
    corpus = replace(make_corpus(["a", "a", "a", "b"]), starts=starts)
    assert pieces_shown(corpus) == [1, 3]
    assert [axes.get_xlim()[1] for axes in draw_pieces(corpus).axes] == [64, 64]


def test_titles_give_name_and_label_but_not_twice_and_the_last_row_names_its_axis():
    names = np.array(["ada/1.mid", "x/2.mid", "y/3.mid"])
    rows = draw_pieces(replace(make_corpus(["ada", "bo", ""]), names=names)).axes
    assert sorted(axes.get_title(loc="left") for axes in rows) == ["ada/1.mid", "bo: x/2.mid", "y/3.mid"]
    assert [axes.get_xlabel() for axes in rows] == ["", "", "bar"]


def test_four_bars_from_the_first_that_has_notes():
    (axes,) = draw_pieces(make_corpus(["a"], first_bar=1)).axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2", "3", "4", "5"]
    assert axes.get_xlim()[1] == 64
    (cells,) = (artist for artist in axes.collections if isinstance(artist, PolyCollection))
    assert len(cells.get_paths()) == 32  # 16 beats, 2 drums


def test_short_and_silent_pieces_are_drawn():
    for bars, first_bar in ((1, 0), (2, 2)):
        (axes,) = draw_pieces(make_corpus(["a"], bars=bars, first_bar=first_bar)).axes
        assert axes.get_xlim()[1] == 16 * bars


def test_steps_that_are_seconds_have_ticks_in_seconds():
    (axes,) = draw_pieces(make_corpus(["a"], first_bar=1), step_s=0.05).axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.8", "1.6", "2.4", "3.2"]
    assert axes.get_xlabel() == "time (s)"


def test_tokens_are_drawn_by_step():
    (axes,) = draw_pieces(make_corpus(["a"], channels=["token"], bars=20)).axes
    assert axes.get_xlabel() == "step"
    assert len(axes.lines[0].get_ydata()) == 256


@pytest.mark.slow
@pytest.mark.parametrize("study", ["drums", "piano"])
def test_the_figure_of_a_stored_corpus(write_parameters, study):
    root = write_parameters(f'study = "{study}"\n[collection]\nfolder = "x"\n[runs.A]\n')
    parameters = load("song", root)
    channels = DRUMS if study == "drums" else ["onset C4", "onset D4", "frame C4", "frame D4"]
    results.save(parameters, "corpus", make_corpus(["a", "b"], channels).to_arrays(), root)
    paths = draw_corpus(parameters, root)
    assert paths == [root / "output" / "song" / "figures" / f"music.{ending}" for ending in ("png", "pdf")]
    first = paths[0].read_bytes()
    draw_corpus(parameters, root)
    assert paths[0].read_bytes() == first


def test_a_corpus_that_is_not_there_names_its_step(write_parameters):
    root = write_parameters('study = "drums"\n[collection]\nfolder = "x"\n[runs.A]\n')
    with pytest.raises(FileNotFoundError, match="run: python -m save_dataset.step1_save_drums song"):
        draw_corpus(load("song", root), root)
