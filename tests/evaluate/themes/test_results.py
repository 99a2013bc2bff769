from dataclasses import replace

import numpy as np
import pytest

from embed.themes.theme import to_arrays
from evaluate import step7_measure_themes
from evaluate.themes.invariance import PITCH_SHIFTS_BINS, TIME_SHIFTS_FRAMES
from evaluate.themes.results import measure_features, save_measures
from pipeline import results
from pipeline.parameters import load
from tests.small_recordings import HOP_S, PATCH_FRAMES, TEXT, small_matrices, small_recordings
from tests.stored_results import store

NO_THEMES = {
    f"{extractor}_{name}": array
    for extractor in ("lag", "nieto_farbood")
    for name, array in to_arrays([[]] * 4, PATCH_FRAMES, HOP_S).items()
}


def store_all(parameters, root, **kind_of_recordings):
    recordings = small_recordings(**kind_of_recordings)
    store(parameters, "recordings", root, **recordings.to_arrays())
    for run in parameters.for_runs():
        store(run, "matrices", root, **small_matrices(recordings))
        store(run, "themes", root, **NO_THEMES)


def test_step_measures_and_prints_the_numbers(write_parameters, capsys):
    root = write_parameters(TEXT + "[lag]\nhigh = 0.8\nlow = 0.6\n[choice]\nmin_beats = [8.0, 30.0]\n", "small")
    parameters = load("small", root)
    store_all(parameters, root)
    paths = step7_measure_themes.run("small", root)
    assert [path.name for path in paths] == ["upper_bound.npz", "scores.npz", "invariance.npz"]
    printed = capsys.readouterr().out
    assert "RAW: F: establishment " in printed
    assert "% (chosen leave-one-out); " in printed
    assert "% of patches retrieved when shifted by 12 bins" in printed
    run = parameters.for_run("RAW")
    assert results.load(run, "scores", root)["grid_scores"].shape == (2, 3, 12)
    assert len(results.load(run, "invariance", root)["pitch_found"]) == len(PITCH_SHIFTS_BINS)
    np.testing.assert_allclose(results.load(parameters, "upper_bound", root)["scores"][:, 0], [1, 1, 0.5])


def test_without_patterns_only_invariance_is_measured(write_parameters, capsys):
    root = write_parameters(TEXT, "small")
    store_all(load("small", root), root, with_truth=False)
    assert [path.name for path in step7_measure_themes.run("small", root)] == ["invariance.npz"]
    printed = capsys.readouterr().out
    assert printed.count("themes are not scored") == 1
    assert "pieces.patterns" in printed


def test_patches_in_any_transposition_have_no_invariance_of_their_own(write_parameters):
    root = write_parameters(TEXT + "similarity.transpositions = 2\n", "small")
    parameters = load("small", root)
    store_all(parameters, root)
    paths = save_measures(parameters.for_run("RAW"), small_recordings(), root)
    assert [path.name for path in paths] == ["scores.npz"]


def test_features_with_phases_predict_shifts(write_parameters):
    root = write_parameters(TEXT.replace('"cqt"', '"random"') + "training.time_shift_frames = 3\n", "small")
    parameters = load("small", root).for_run("RAW")
    bases = np.random.default_rng(0).normal(size=(2, PATCH_FRAMES * 24, 6))

    def encode(patches):
        real, imaginary = patches @ bases
        return {"magnitudes": np.hypot(real, imaginary), "phases": np.arctan2(imaginary, real)}

    arrays = measure_features(parameters, small_recordings(), encode)
    assert np.abs(arrays["shift_frames"]).max() == 3
    assert np.abs(arrays["shift_bins"]).max() == 24
    assert arrays["pca"].shape == (len(arrays["shift_bins"]), 2)
    again = measure_features(parameters, small_recordings(), encode)
    for name, array in arrays.items():
        np.testing.assert_array_equal(again[name], array)
    assert "pca" not in measure_features(parameters, small_recordings(), None)


def as_it_is(patches):
    return {"magnitudes": patches, "phases": patches[:, :2]}


@pytest.mark.filterwarnings("error")
def test_two_patches_are_enough_and_stay_in_their_piece_where_training_shifts_further(write_parameters, rng):
    root = write_parameters(TEXT.replace('"cqt"', '"random"') + "training.time_shift_frames = 60\n", "small")
    parameters = load("small", root).for_run("RAW")
    arrays = measure_features(parameters, small_recordings(), as_it_is)
    assert np.abs(arrays["shift_frames"]).max() == TIME_SHIFTS_FRAMES[-1]
    n_frames = PATCH_FRAMES + 2 * TIME_SHIFTS_FRAMES[-1] + 1
    recordings = replace(
        small_recordings(),
        frames=rng.normal(size=(n_frames, 24)).astype(np.float32),
        starts=np.array([0, n_frames]),
        is_searched=np.array([True]),
    )
    arrays = measure_features(parameters, recordings, as_it_is)
    assert arrays["pitch_found"][0] == 1
    assert arrays["pca"].shape == (8, 2)
