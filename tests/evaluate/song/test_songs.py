from operator import itemgetter

import numpy as np
import pytest

from evaluate.song.songs import differences, kinds_of_runs, load_songs, only
from pipeline.parameters import load
from tests.stored_results import store

POOL = """
study = "song"
sound.file = "tones.wav"
[runs.R]
loss.alpha = 0.0
[runs.RF]
[runs.R_s1]
loss.alpha = 0.0
training.seed = 1
[runs.RF_s1]
training.seed = 1
[runs.RF_12d]
model.latent_dim = 12
"""
SONGS = {"waltz": 1.0, "march": 3.0, "rondo": 2.0}  # error of RF - R at the last step, in quarters
N_STEPS = 4


def error_of(song, run):
    """R is off by its step, RF by more in every song, seed 1 by 0.5 more than seed 0, RF_12d as R."""
    gain = SONGS[song] / 4 if run.model.latent_dim == 3 and run.loss.alpha else 0.0
    return (1.0 + gain) * np.arange(N_STEPS + 1) + 0.5 * run.training.seed


@pytest.fixture
def pool(write_parameters):
    """Three songs with two seeds, of which the rondo has no result of RF_12d."""
    for song in SONGS:
        root = write_parameters(POOL, song)
        for run in load(song, root).for_runs():
            if (song, run.run) != ("rondo", "RF_12d"):
                store(run, "embedding", root, mean_velocity_cosine=0.5)
                store(run, "divergence_knn", root, nrmse=error_of(song, run))
    return root


def test_runs_that_differ_in_their_seed_alone_are_of_a_kind_with_the_name_of_the_first(write_parameters):
    runs = 'study = "song"\nsound.file = "a.wav"\n[runs.b]\ntraining.seed = 7\n[runs.c]\ntraining.epochs = 2\n[runs.a]'
    kinds = kinds_of_runs(load("song", write_parameters(runs)))
    assert {kind: [run.run for run in runs] for kind, runs in kinds.items()} == {"b": ["b", "a"], "c": ["c"]}


def test_difference_to_the_reference_over_songs_that_have_both_is_the_mean_over_their_seeds(pool):
    measured = load_songs(list(SONGS), "divergence_knn", itemgetter("nrmse"), pool)
    assert list(measured) == list(SONGS)
    assert {kind: len(seeds) for kind, seeds in measured["waltz"].items()} == {"R": 2, "RF": 2, "RF_12d": 1}
    assert list(measured["rondo"]) == ["R", "RF"]
    np.testing.assert_array_equal(measured["march"]["RF"], [1.75 * np.arange(5), 1.75 * np.arange(5) + 0.5])
    compared = differences(measured)
    assert list(compared) == ["RF", "RF_12d"]
    rf, rf_12d = compared.values()
    np.testing.assert_allclose(rf["mean"], 0.5 * np.arange(N_STEPS + 1), atol=1e-12)
    assert (rf["low"][1:] < rf["mean"][1:]).all()
    assert (rf["mean"][1:] < rf["high"][1:]).all()
    np.testing.assert_allclose([rf["low"][0], rf["high"][0]], 0, atol=1e-12)
    np.testing.assert_array_equal(rf["lower_share"], 0)
    np.testing.assert_array_equal(rf["higher_share"], [0, 1, 1, 1, 1])
    assert (rf["n_songs"], rf_12d["n_songs"]) == (3, 2)
    np.testing.assert_allclose(rf_12d["mean"], -0.25)  # it has seed 0 alone, the reference both


def test_songs_count_alike_however_many_seeds_they_have_and_a_kind_with_one_song_is_left_out():
    one, many = {"R": [np.array(1.0)], "RF": [np.array(0.0)]}, {"R": [np.array(2.0)] * 9, "RF": [np.array(5.0)] * 4}
    compared = differences({"one": one, "many": many})["RF"]
    assert compared["mean"] == pytest.approx((-1 + 3) / 2)
    assert (compared["lower_share"], compared["higher_share"]) == (0.5, 0.5)
    assert differences({"one": one, "many": many}, "RF")["R"]["mean"] == pytest.approx((1 - 3) / 2)
    values = [np.array(1.0)]
    assert differences({"a": {"R": values, "RF": values}, "b": {"R": values}, "c": {"RF": values}}) == {}


def test_results_of_other_parameters_are_left_out_and_a_song_without_a_parameter_file_is_refused(
    pool, write_parameters
):
    write_parameters(POOL + "[evaluation]\nthreshold = 0.25\n", "march")
    assert load_songs(["march"], "divergence_knn", itemgetter("nrmse"), pool) == {"march": {}}
    measured = load_songs(["march"], "embedding", itemgetter("mean_velocity_cosine"), pool)
    assert list(measured["march"]) == ["R", "RF", "RF_12d"]
    with pytest.raises(FileNotFoundError, match="parameters/gavotte.toml: no such file"):
        load_songs(["waltz", "gavotte"], "embedding", itemgetter("mean_velocity_cosine"), pool)


def test_one_of_several_arrays_where_there_is_one():
    measured = {"waltz": {"R": [{"a": 1, "b": 2}, {"b": 3}], "RF": [{"b": 4}]}, "march": {}}
    assert only(measured, "a") == {"waltz": {"R": [1]}, "march": {}}
    assert only(measured, "b") == {"waltz": {"R": [2, 3], "RF": [4]}, "march": {}}
