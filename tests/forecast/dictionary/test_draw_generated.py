import numpy as np
import pytest

from forecast.dictionary.draw_generated import (
    FIGURES,
    TITLE_CHARACTERS,
    cells_above,
    draw_all_generated,
    draw_decomposition,
    draw_interpolation,
    draw_keep,
    draw_operations,
)
from pipeline.parameters import load
from save_dataset.midi import above_bass
from tests.stored_results import store

DRUMS = 'study = "drums"\ncollection.folder = "hits"\n[runs.A]\n[runs.B]\n'
NAMES = (
    *("original_a", "reconstruction_a", "original_b", "reconstruction_b", "keep_01", "keep_04", "interpolate_000"),
    *("interpolate_050", "swap_1_2_a", "swap_1_2_b", "stem_1_atom_7", "stem_rest", "noisy", "denoised"),
    *("sample_1", "nearest_1", "nearest_2", "nearest_3", "nearest_4"),
)
CHANNELS = ("hit kick", "hit snare", "velocity kick", "velocity snare", "offset kick", "offset snare")


def make_arrays(rng, names=NAMES, channels=CHANNELS, n_steps=32):
    music = {f"music_{name}": rng.random((n_steps, len(channels))).astype(np.float32) for name in names}
    return music | {
        "name": np.array(names),
        "title": np.array([f"the music {name}" for name in names]),
        "threshold": np.linspace(0.3, 0.7, len(names)),
        "bpm": np.full(len(names), 100.0),
        "f1": np.full(len(names), np.nan),
        "channels": np.array(channels),
        "steps_per_beat": np.array(4),
        "steps_per_bar": np.array(16),
    }


def titles(figure):
    return [axes.get_title(loc="left").removeprefix("the music ") for axes in figure.axes if axes.axison]


def test_figures_have_a_strip_for_each_item_in_order(rng):
    arrays = make_arrays(rng)
    assert titles(draw_keep(arrays)) == ["original_a", "reconstruction_a", "keep_04", "keep_01"]
    assert titles(draw_interpolation(arrays)) == ["original_a", "interpolate_000", "interpolate_050", "original_b"]
    assert titles(draw_decomposition(arrays)) == ["original_a", "reconstruction_a", "stem_1_atom_7", "stem_rest"]


def test_operations_stand_in_two_columns_with_three_of_a_kind(rng):
    assert sorted(titles(draw_operations(make_arrays(rng)))) == [
        *("denoised", "nearest_1", "nearest_2", "nearest_3", "noisy", "original_a", "original_b", "sample_1"),
        *("swap_1_2_a", "swap_1_2_b"),
    ]
    assert titles(draw_operations(make_arrays(rng, NAMES[:8]))) == ["original_a", "original_b"]


def test_only_the_lowest_strip_names_bars_and_long_titles_are_cut(rng):
    assert [axes.get_xlabel() for axes in draw_keep(make_arrays(rng)).axes] == ["", "", "", "bar"]
    arrays = make_arrays(rng, ("original_a", "reconstruction_a"))
    arrays["title"] = np.array(["x" * 300, "short"])
    cut, short = titles(draw_keep(arrays))
    assert (len(cut), cut[-1], short) == (TITLE_CHARACTERS, "…", "short")


def test_cells_that_are_no_hits_are_empty_in_all_kinds(rng):
    arrays = make_arrays(rng, ("one", "two"))
    music = arrays["music_two"]
    for above, threshold in ((None, 0.7), (0.2, 0.2)):
        is_hit = np.tile(music[:, :2] > threshold, 3)
        np.testing.assert_array_equal(cells_above(arrays, "two", above), np.where(is_hit, music, 0))
    # keys sound on after their onset
    arrays = {"name": np.array(["a"]), "threshold": np.array([0.5]), "channels": np.array(["onset C4", "frame C4"])}
    arrays["music_a"] = np.array([[0.9, 0.8], [0.1, 0.8], [0.4, 0.3]])
    np.testing.assert_array_equal(cells_above(arrays, "a", None), [[0.9, 0.8], [0, 0.8], [0, 0]])


def test_view_from_the_bass_is_cut_on_keys(rng):
    roll = np.zeros((16, 176), np.float32)
    roll[0, [39, 46]], roll[:4, [88 + 39, 88 + 46]] = 1, 1
    view = above_bass.from_roll(roll)
    arrays = make_arrays(rng, ("original_a", "reconstruction_a"), above_bass.channel_names(), 16)
    arrays |= {"music_original_a": view, "music_reconstruction_a": 0.2 * view, "threshold": np.array([0.5, 0.5])}
    np.testing.assert_array_equal(cells_above(arrays, "original_a", None), roll)
    assert not cells_above(arrays, "reconstruction_a", None).any()
    np.testing.assert_allclose(cells_above(arrays, "reconstruction_a", 0.1), 0.2 * roll, atol=1e-6)
    assert titles(draw_keep(arrays)) == ["original_a", "reconstruction_a"]


@pytest.mark.parametrize("kinds", [("onset", "frame"), ("frame",), ("token",)])
def test_piano_is_drawn_too(rng, kinds):
    keys = [""] if kinds == ("token",) else [f" {name}{octave}" for octave in range(8) for name in "CDEFGABHIJK"]
    arrays = make_arrays(rng, channels=tuple(f"{kind}{key}" for kind in kinds for key in keys))
    for draw in FIGURES.values():
        assert titles(draw(arrays))


def test_strips_that_are_compared_show_the_same_keys(rng):
    arrays = make_arrays(rng, channels=[f"onset {name}{octave}" for octave in range(8) for name in "CDEFGABHIJK"])
    for name in NAMES[1:]:
        arrays[f"music_{name}"][:, :40] = 0
    assert len({axes.get_ylim() for axes in draw_keep(arrays).axes}) == 1


@pytest.mark.slow
def test_figures_are_drawn_of_runs_with_fresh_results(rng, write_parameters):
    root = write_parameters(DRUMS, "hits")
    parameters = load("hits", root)
    assert draw_all_generated(parameters, root) == []
    run = parameters.for_run("B")
    store(run, "generated", root, **make_arrays(rng))
    drawn = draw_all_generated(parameters, root)
    assert {path.name for path in drawn} == {f"{name}_B.{end}" for name in FIGURES for end in ("png", "pdf")}
    assert all(path.stat().st_size > 1000 for path in drawn)
