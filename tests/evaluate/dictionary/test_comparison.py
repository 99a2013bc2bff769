from dataclasses import replace

import numpy as np
import pytest

from evaluate.dictionary.comparison import compare_baselines
from pipeline.parameters import load
from pipeline.sections.dictionary import Baselines
from tests.small_dictionary import BARS, TEXT, small_codes, small_corpus

ALL = list(Baselines().methods)


@pytest.fixture
def corpus():
    return small_corpus(small_codes())


@pytest.fixture
def compare(corpus, write_parameters):
    """Compare methods on a corpus, with settings of [baselines]."""

    def compare_them(methods, settings="n_atoms = 4\nk = [1, 2]", evaluation="", music=corpus):
        text = f"{TEXT}\n[baselines]\nmethods = {methods}\n{settings}\n[evaluation]\n{evaluation}"
        return compare_baselines(music, load("beats", write_parameters(text, "beats")))

    return compare_them


def windows_in(corpus, split, n_steps):
    return corpus.cut(corpus.windows(corpus.pieces_of(split), n_steps), n_steps)


def rows(compared):
    """Measures by method and number of winners."""
    keys = zip(compared["methods"].tolist(), compared["k"].tolist(), strict=True)
    return {
        key: dict(zip(compared["names"].tolist(), values, strict=True))
        for key, values in zip(keys, compared["values"], strict=True)
    }


def test_a_row_for_each_method_and_number_of_winners(compare):
    compared = compare(ALL)
    several = [(method, k) for method in ("pca_first", "pca_largest", "nmf") for k in (1, 2)]
    sparse = [(method, k) for method in ("dictionary_learning", "mod") for k in (1, 2)]
    assert [*rows(compared)] == [("zeros", 0), ("mean", 0), ("pca", 4), *several, ("kmeans", 1), *sparse]
    assert compared["values"].shape == (14, len(compared["names"]))
    assert (compared["cpu_s"] >= 0).all()


def test_constants_have_the_errors_of_the_windows(compare, corpus):
    train, test = (windows_in(corpus, split, 4) for split in ("train", "test"))
    known = rows(compare(["zeros", "mean"]))
    assert known["zeros", 0]["mse"] == pytest.approx(np.mean(test**2))
    assert known["zeros", 0]["exact"] == np.mean(~(test[..., :9] > 0.5).any(axis=(1, 2)))
    assert known["mean", 0]["mse"] == pytest.approx(np.mean((test - train.mean(axis=0)) ** 2))
    assert known["mean", 0]["nonzeros_per_bar"] == 0


def test_dictionary_of_what_is_played_is_exact_and_its_atoms_are_counted(compare, corpus):
    music = replace(corpus, splits=np.array(["train", "test", "test"]), steps=np.tile(corpus.piece(0), (3, 1)))
    measures = rows(compare(["mod"], "n_atoms = 2\nk = [2]", music=music))["mod", 2]
    assert measures["mse"] == pytest.approx(0, abs=1e-10)
    assert measures["f1"] == measures["exact"] == 1
    assert measures["atoms_used"] == 2
    assert 4 <= measures["nonzeros_per_bar"] <= 8


def test_baselines_are_evaluated_on_the_windows_of_the_runs_whatever_their_own(compare, corpus):
    bars = windows_in(corpus, "test", 16)
    silent_bars = np.mean(~(bars[..., :9] > 0.5).any(axis=(1, 2)))
    silent_steps = np.mean(~(corpus.piece(2)[:, :9] > 0.5).any(axis=1))
    assert silent_steps > silent_bars
    for n_steps in (1, 4, 16):
        measures = rows(compare(["zeros"], f"window_steps = {n_steps}\nn_atoms = 1\nk = [1]", "window_steps = 16"))
        assert measures["zeros", 0]["exact"] == silent_bars


def test_ends_of_pieces_that_fill_no_window_do_not_count(compare, corpus):
    measures = rows(compare(["kmeans"], "window_steps = 48\nn_atoms = 1\nk = [1]"))["kmeans", 1]
    assert measures["nonzeros_per_bar"] == pytest.approx(3 / (3 * 48 / 16))  # a piece has 160 steps
    assert len(corpus.piece(2)) == 16 * BARS == 160


def test_baselines_are_fitted_on_no_more_windows_than_asked(compare, corpus):
    test = windows_in(corpus, "test", 4)
    measures = rows(compare(["mean"], "max_windows = 1\nn_atoms = 1\nk = [1]"))["mean", 0]
    errors = [np.mean((test - window) ** 2) for window in windows_in(corpus, "train", 4)]
    assert np.isclose(errors, measures["mse"]).any()


def test_methods_that_have_too_little_music_are_left_out_and_a_line_says_why(compare, capsys):
    compared = compare(["mean", "mod", "pca_first"], "n_atoms = 5\nk = [1]")
    assert compared["methods"].tolist() == ["mean", "pca_first"]
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("baseline mod is left out: n_atoms=5: must be at most the 4 different windows")
    compared = compare(["mean", "kmeans"], "n_atoms = 81\nk = [1]")
    assert [len(compared[name]) for name in ("methods", "k", "cpu_s", "names", "values")] == [0] * 5
    assert capsys.readouterr().out.count("is left out: n_atoms=81: must be 1 to the 80 windows of train") == 2


@pytest.mark.parametrize(
    ("change", "n_steps", "message"),
    [
        ({"splits": ["train"] * 3}, 4, "evaluation.split='test': there is no piece in it; raise collection.test_.*"),
        ({"splits": ["test"] * 3}, 4, "baselines.window_steps=4: no piece of the train split is as long"),
        ({}, 400, "baselines.window_steps=400: no piece of the train split is as long"),
        ({"starts": [0, 16, 448, 480]}, 400, "baselines.window_steps=400: no piece of the test split is as long"),
    ],
)
def test_no_music_is_an_error_in_one_line(compare, corpus, change, n_steps, message):
    changed = {name: np.array(values) for name, values in change.items()}
    with pytest.raises(ValueError, match=f"^{message}$"):
        compare(["mean"], f"window_steps = {n_steps}", music=replace(corpus, **changed))
