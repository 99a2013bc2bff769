from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_hex

from evaluate.dictionary.draw_measures import (
    BASELINE_MARKERS,
    draw_centroids,
    draw_chords,
    draw_comparison,
    draw_dictionary_measures,
    draw_shifts,
    draw_styles,
)
from evaluate.dictionary.measures import named
from evaluate.dictionary.tables import BASELINE_NAMES
from pipeline.parameters import load
from tests.drawn import curves_of, legend_of
from tests.small_dictionary import TEXT, small_codes, small_corpus
from tests.stored_results import store

RUNS = [f"RUN_{index}" for index in range(8)]
LABELS = ["afrocuban", "funk", "hiphop", "jazz", "latin", "neworleans", "rock", "soul"]
FITTED = [(method, k) for method in BASELINE_MARKERS for k in (4, 1)]
BASELINES = {
    "methods": np.array(["zeros", "mean", *(method for method, _ in FITTED)]),
    "names": np.array(["mse", "f1", "nonzeros_per_bar"]),
    "values": np.array([[0.05, 0, 0], [0.04, 0, 0], *([0.02 / k, 0.8, 4 * k] for _, k in FITTED)]),
}


def measures_of(n_runs):
    return {
        run: named({"mse": 0.02 / (1 + index), "f1": 0.9, "exact_tokens": np.nan, "nonzeros_per_bar": 4 + index})
        | {"shifts": np.array([0, 1, 2]), "shift_mse": np.array([2.0, 3.0, 2.0]), "shift_f1": np.ones(3)}
        for index, run in enumerate(RUNS[:n_runs])
    }


def style_of(n_labels):
    """Ten pieces of each label, and their labels."""
    rng = np.random.default_rng(0)
    distances = np.abs(np.subtract.outer(np.arange(n_labels), np.arange(n_labels))) / 10
    style = {
        "class_names": np.array(LABELS[:n_labels]),
        "pca": rng.normal(size=(10 * n_labels, 3)),
        "explained_variance": np.array([0.5, 0.25, 0.125]),
        "accuracy": np.array(0.75),
        "silhouette_pca": np.array(-0.125),
        "distances": distances,
        "distances_low": distances / 2,
        "distances_high": 2 * distances,
        "pieces": np.arange(10 * n_labels),
    }
    return style, np.repeat(LABELS[:n_labels], 10)


def looks_of(lines):
    return [(to_hex(line.get_color()), line.get_marker()) for line in lines]


def boxes_of(texts, figure):
    figure.draw_without_rendering()
    return [text.get_window_extent() for text in texts if text.get_text()]


def assert_that_none_overlap(boxes):
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]


@pytest.mark.parametrize("n_runs", [1, 8])
def test_comparison_shows_every_run_and_sparse_baselines_by_their_number_of_atoms(n_runs):
    figure = draw_comparison(measures_of(n_runs), BASELINES)
    names = [name for method, name in BASELINE_NAMES.items() if method not in ("zeros", "mean", "pca")]
    assert legend_of(figure) == [*RUNS[:n_runs], *names]
    for axes in figure.axes:
        assert [*curves_of(axes)] == legend_of(figure)
        assert len({*looks_of(curves_of(axes).values())}) == n_runs + len(names)
    errors, hits = figure.axes
    for index, run in enumerate(RUNS[:n_runs]):
        assert np.ravel(curves_of(errors)[run].get_data()).tolist() == [4 + index, 0.02 / (1 + index)]
        assert np.ravel(curves_of(hits)[run].get_data()).tolist() == [4 + index, 0.9]
    np.testing.assert_array_equal(curves_of(errors)["MOD"].get_data(), [[4, 16], [0.02, 0.005]])


@pytest.mark.parametrize("n_runs", [1, 8])
def test_comparison_has_ticks_that_can_be_read(n_runs):
    figure = draw_comparison(measures_of(n_runs), None)
    figure.draw_without_rendering()
    for axis in (figure.axes[0].xaxis, figure.axes[0].yaxis, figure.axes[1].xaxis):
        assert axis.get_scale() == "log"
        low, high = axis.get_view_interval()
        words = [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
        assert 2 <= len(words) <= 8
        assert not [word for word in words if "10^" in word.get_text()]
        assert_that_none_overlap([word.get_window_extent() for word in words])


def test_comparison_of_dictionaries_that_are_exact_or_silent_and_of_tokens():
    exact = named({"mse": 0.0, "f1": 1.0, "nonzeros_per_bar": 0.0})
    errors, _ = draw_comparison({"A": exact}, BASELINES).axes
    assert (errors.get_xscale(), errors.get_yscale()) == ("linear", "linear")
    assert np.ravel(curves_of(errors)["A"].get_data()).tolist() == [0, 0]
    tokens = named({"mse": 0.1, "f1": np.nan, "exact_tokens": 0.25, "nonzeros_per_bar": 4.0})
    _, axes = draw_comparison({"A": tokens}, None).axes
    assert axes.get_ylabel() == "fraction of tokens that are exact"
    assert curves_of(axes)["A"].get_ydata() == [0.25]


@pytest.mark.parametrize("n_runs", [1, 8])
def test_shifts_are_errors_over_that_at_none(n_runs):
    figure = draw_shifts(measures_of(n_runs))
    (axes,) = figure.axes
    assert legend_of(figure) == [*RUNS[:n_runs], "5 % more"]
    np.testing.assert_array_equal(curves_of(axes)[RUNS[0]].get_data(), [[0, 1, 2], [1, 1.5, 1]])
    assert len({*looks_of(curves_of(axes)[run] for run in RUNS[:n_runs])}) == n_runs


@pytest.mark.parametrize(("n_runs", "n_labels"), [(1, 2), (8, 8)])
def test_styles_are_dots_and_means_in_the_look_of_their_label(n_runs, n_labels):
    style, labels = style_of(n_labels)
    figure = draw_styles(dict.fromkeys(RUNS[:n_runs], (style, labels)))
    assert legend_of(figure) == LABELS[:n_labels]
    assert len(figure.axes) == n_runs
    for run, axes in zip(RUNS, figure.axes, strict=False):
        assert axes.get_title() == f"{run}\naccuracy 0.75, silhouette -0.12"
        assert axes.get_xlabel() == "component 1 (50 %)"
        assert len({*looks_of(curves_of(axes).values())}) == n_labels
        for name, mean in curves_of(axes).items():
            of_label = style["pca"][labels == name][:, :2]
            np.testing.assert_allclose(np.ravel(mean.get_data()), of_label.mean(axis=0))
    assert_that_none_overlap(boxes_of([axes.title for axes in figure.axes], figure))


def test_a_label_is_named_whatever_it_begins_with():
    style, _ = style_of(2)
    names = np.array(["_funk", "$a$"])
    assert legend_of(draw_styles({"A": (style | {"class_names": names}, np.repeat(names, 10))})) == ["_funk", "$a$"]


@pytest.mark.slow
@pytest.mark.parametrize(("n_runs", "n_labels"), [(1, 2), (8, 8)])
def test_distances_of_each_two_labels_stand_in_cells_without_overlap(n_runs, n_labels):
    style, _ = style_of(n_labels)
    figure = draw_centroids(dict.fromkeys(RUNS[:n_runs], style))
    assert [axes.get_title() for axes in figure.axes] == RUNS[:n_runs]
    for axes in figure.axes:
        assert [text.get_text() for text in axes.get_yticklabels()] == LABELS[1:n_labels]
        assert [text.get_text() for text in axes.get_xticklabels()] == LABELS[: n_labels - 1]
        assert len(axes.texts) == n_labels * (n_labels - 1)  # two for each pair
        where = {text.get_position()[0]: text.get_text() for text in axes.texts[-2 * (n_labels - 1) :: 2]}
        assert where == {column: f"{(n_labels - 1 - column) / 10:.2f}" for column in range(n_labels - 1)}
    assert_that_none_overlap(boxes_of(figure.axes[-1].texts, figure))


def test_distances_have_the_same_colours_in_all_panels_and_unknown_ones_an_empty_cell():
    near, far = style_of(3)[0], style_of(3)[0]
    far["distances"] = 3 * far["distances"]
    (low, high), *others = {axes.get_images()[0].get_clim() for axes in draw_centroids({"A": near, "B": far}).axes}
    assert (low, high) == (0, pytest.approx(0.6))
    assert not others
    for end in ("", "_low", "_high"):
        near[f"distances{end}"][2, :2] = near[f"distances{end}"][:2, 2] = np.nan
    (axes,) = draw_centroids({"A": near}).axes
    assert [text.get_text() for text in axes.texts] == ["0.10", "0.05\u20130.20"]


@pytest.mark.parametrize("n_runs", [1, 8])
def test_chords_have_a_bar_for_each_run_and_lines_for_clean_music(n_runs):
    chords = {
        run: {"reconstructed": 0.1 * index, "clean": 0.6, "template": 0.5, "majority": 0.05}
        for index, run in enumerate(RUNS[:n_runs])
    }
    figure = draw_chords(chords)
    (axes,) = figure.axes
    np.testing.assert_allclose([bar.get_height() for bar in axes.patches], 0.1 * np.arange(n_runs))
    assert [text.get_text() for text in axes.get_xticklabels()] == RUNS[:n_runs]
    assert legend_of(figure) == ["clean music", "clean, by triads", "most frequent"]
    assert [line.get_ydata()[0] for line in axes.get_lines()] == [0.6, 0.5, 0.05]


@pytest.mark.slow
def test_figures_are_drawn_of_what_is_stored_if_they_have_something_to_show(write_parameters):
    root = write_parameters(TEXT, "beats")
    parameters = load("beats", root)
    (run,) = parameters.for_runs()
    assert draw_dictionary_measures(parameters, root) == []
    store(parameters, "corpus", root, **small_corpus(small_codes()).to_arrays())
    exact = named({"mse": 0.0, "f1": 1.0, "nonzeros_per_bar": 4.0})
    store(run, "measures", root, **exact, shifts=np.array([0, 1]), shift_mse=np.zeros(2), shift_f1=np.ones(2))
    assert [path.stem for path in draw_dictionary_measures(parameters, root)[::2]] == ["comparison"]
    store(run, "measures", root, **exact)  # of music whose shifts are not measured
    style = style_of(2)[0] | {"pieces": np.arange(3), "class_names": np.array(["jazz", "rock"])}
    store(run, "style", root, **style | {"pca": style["pca"][:3, :1]})  # no plane to draw in
    assert [path.stem for path in draw_dictionary_measures(parameters, root)[::2]] == ["comparison", "centroids"]
    store(run, "measures", root, **measures_of(1)["RUN_0"])
    store(run, "style", root, **style | {"pca": style["pca"][:3]})
    store(run, "chords", root, reconstructed=0.5, clean=0.6, template=0.4, majority=0.1)
    store(parameters, "baselines", root, **BASELINES)
    paths = draw_dictionary_measures(parameters, root)
    names = ("comparison", "shifts", "style", "centroids", "chords")
    assert [path.name for path in paths] == [f"{name}.{ending}" for name in names for ending in ("png", "pdf")]
