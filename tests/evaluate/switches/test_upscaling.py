import csv
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from zipfile import ZipFile

import numpy as np
import pytest

from evaluate.switches.draw_upscaling import draw_upscaling, table_rows
from evaluate.switches.upscaling import MAX_PAIRS, PATH_STEPS, measure_blockiness, measure_change, measure_upscaling
from pipeline import results
from pipeline.parameters import load
from save_dataset.switches.clips import Clips

TEXT = """
study = "switches"

[clips]
files = "*.wav"

[mel]
n_frames = 32
n_mels = 16

[training]
batches_per_epoch = 10

[runs.net]
[runs.net_1]
training.seed = 1
[runs.table]
generator.kind = "table"
[runs.autoencoder]
generator.kind = "autoencoder"

[figures.groups]
nets = ["net", "net_1"]
"""
HISTORY = {"n_parameters": np.array(7), "cpu_s": np.array([9.0, 2.0, 2.0, 3.0])}
NAMES = np.array(["a", "b", "c", "d"])
MELS = np.random.default_rng(440).uniform(0.1, 0.8, size=(4, 32, 16)).astype(np.float32)
CLIPS = Clips(NAMES, NAMES, np.zeros(4), np.zeros(4), MELS, np.array(20.0))


def blend(switches):
    return np.tensordot(switches, MELS, 1)


@pytest.fixture
def parameters(write_parameters):
    return load("song", write_parameters(TEXT))


def measure(parameters, generate, run="net"):
    return measure_upscaling(parameters.for_run(run), generate, CLIPS, HISTORY)


@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:invalid value")
def test_clips_that_do_not_change_have_no_contrast_to_compare_with(parameters):
    still = replace(CLIPS, mels=np.ones_like(MELS))
    measures = measure_upscaling(parameters.for_run("net"), blend, still, HISTORY)
    assert np.isnan([measures.contrast, measures.half_contrast, measures.time_blocks]).all()


def test_clips_that_change_at_no_border_have_no_blocks_to_compare_with(parameters):
    mels = MELS.copy()
    mels[:, 8::8] = mels[:, 7:-1:8]
    measures = measure_upscaling(parameters.for_run("net"), blend, replace(CLIPS, mels=mels), HISTORY)
    assert np.isnan(measures.time_blocks)
    assert measures.frequency_blocks > 0


def test_of_exact_means_all_errors_are_nought_and_paths_are_even(parameters):
    measures = measure(parameters, blend)
    np.testing.assert_allclose([*measures.alone_db, *measures.half_db, measures.loss], 0, atol=1e-5)
    np.testing.assert_allclose(measures.path_ratio, 1, atol=1e-3)
    np.testing.assert_allclose([measures.time_blocks, measures.frequency_blocks, measures.contrast], 1, atol=1e-5)
    assert measures.half_contrast == pytest.approx(1 / np.sqrt(2), rel=0.1)  # of two that have nothing to do with it
    np.testing.assert_allclose(measures.outputs, MELS, atol=1e-3)
    assert measures.step_cpu_s == pytest.approx(0.2)  # of the quickest epoch, as the first traces


def test_errors_are_in_decibels(parameters):
    measures = measure(parameters, lambda switches: blend(switches) + 0.1)
    np.testing.assert_allclose([*measures.alone_db, *measures.half_db], 8, rtol=1e-4)
    assert measures.loss == pytest.approx(0.1, rel=1e-4)
    assert measures.median_db == pytest.approx(80 * 0.7 / 4, rel=0.1)


def test_a_generator_that_jumps_has_an_uneven_path(parameters):
    measures = measure(parameters, lambda switches: blend(switches**2 / (switches**2).sum(axis=1, keepdims=True)))
    assert measures.path_ratio.min() > 4


def test_blocks_of_r_are_found_and_contrast_is_lost(parameters):
    def coarse(switches):
        blocks = blend(switches).reshape(-1, 4, 8, 2, 8).mean(axis=(2, 4), keepdims=True)
        return np.broadcast_to(blocks, (len(switches), 4, 8, 2, 8)).reshape(-1, 32, 16) + 0.1 * blend(switches)

    measures = measure(parameters, coarse)
    assert min(measures.time_blocks, measures.frequency_blocks) > 1.2
    assert measures.contrast < 0.3


def test_power_is_measured_in_decibels_too(write_parameters):
    parameters = load("song", write_parameters(TEXT.replace("n_mels = 16", 'n_mels = 16\nscale = "power"')))
    measures = measure(parameters, lambda switches: 10 * blend(switches))
    np.testing.assert_allclose([*measures.alone_db, *measures.half_db], 10, rtol=1e-4)


def test_an_autoencoder_gets_clips_and_has_no_pairs(parameters):
    measures = measure(parameters, lambda clips: clips, "autoencoder")
    np.testing.assert_allclose(measures.alone_db, 0, atol=1e-5)
    assert measures.half_db.shape == (0,)
    assert measures.path_db.shape == (0, PATH_STEPS)


def test_of_many_clips_some_pairs_are_measured(parameters):
    many = Clips(*[np.zeros(40)] * 4, np.tile(MELS, (10, 1, 1)), np.array(20.0))
    generate = partial(np.tensordot, b=many.mels, axes=1)
    measures = measure_upscaling(parameters.for_run("net"), generate, many, HISTORY)
    assert measures.path_db.shape == (MAX_PAIRS, PATH_STEPS)
    np.testing.assert_allclose(measures.half_db, 0, atol=1e-4)


def test_blockiness_is_of_borders_over_inside():
    steps = np.cumsum([0, 1, 1, 1, 5, 1, 1, 1])  # a border after the fourth
    over_time = np.tile(steps[:, None], (1, 3))
    assert measure_blockiness(over_time, 4, -2) == 5
    assert np.isnan(measure_blockiness(over_time, 4, -1))  # no border in three bands
    assert np.isnan(measure_blockiness(np.ones((8, 8)), 4, -2))
    assert measure_change(over_time) == pytest.approx(11 / 7)


@pytest.mark.slow
def test_figures_and_table_have_each_generator_those_of_a_group_as_one(parameters, tmp_path):
    assert draw_upscaling(parameters, tmp_path) == []
    results.save(parameters, "clips", CLIPS.to_arrays(), tmp_path)
    model = SimpleNamespace(get_weights=list, save=lambda path: ZipFile(path, "w").close())
    for run, error in {"net": 0.1, "net_1": 0.05, "table": 0.0}.items():
        results.save_model(parameters.for_run(run), "generator", model, tmp_path)
        measures = measure(parameters, lambda seen, error=error: blend(seen) + error, run)
        arrays = measures.to_arrays() | ({"step_cpu_s": np.array(0.0)} if run == "table" else {})
        results.save(parameters.for_run(run), "upscaling", arrays, tmp_path)
    paths = draw_upscaling(parameters, tmp_path)
    names = {f"{name}.{ending}" for name in ("generators", "upscaling") for ending in ("png", "pdf")}
    assert {path.name for path in paths} == names | {"generators.csv", "generators.tex"}
    with (tmp_path / "output" / "song" / "figures" / "generators.csv").open(newline="") as file:
        rows = {row["generator"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["nets", "table", "median of each band"]
    assert rows["nets"] | {
        "runs": "2", "error (dB)": "6.00", "95 % over clips": "6.00 to 6.00", "sd of runs (dB)": "2.83",
        "half on (dB)": "6.00", "largest / smallest step": "1.00", "L1": "0.0750", "step (ms)": "200",
    } == rows["nets"]  # fmt: skip
    assert rows["table"]["sd of runs (dB)"] == ""
    assert float(rows["median of each band"]["error (dB)"]) == pytest.approx(14, rel=0.1)


def test_what_cannot_be_measured_is_left_empty(parameters):
    constant = measure(parameters, lambda switches: np.full((len(switches), 32, 16), 0.5))
    row, _ = table_rows({"alexnet": [constant]})
    assert (row["blocks in time"], row["sd of runs (dB)"], row["contrast"]) == ("", "", "0.00")
