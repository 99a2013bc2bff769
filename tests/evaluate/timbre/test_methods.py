import numpy as np
import pytest

from evaluate.timbre.example import load_example, row_of
from evaluate.timbre.methods import SOURCE_COLOUR, by_method, colours_of, examples_of, load_runs
from forecast.timbre.outputs import Outputs
from pipeline import results
from pipeline.parameters import load
from tests.small_measures import small_measures
from tests.small_transfers import RATE_HZ, TEXT, small_sources, small_targets
from tests.stored_results import store

GROUPED = TEXT + '[figures]\ngroups = { mosaic = ["pieces", "runs"] }\n'
N_SAMPLES = 600


def store_sounds(parameters, root):
    results.save(parameters, "targets", small_targets().to_arrays(), root)
    results.save(parameters, "sources", small_sources().to_arrays(), root)


def store_outputs(run, root, value):
    """Constant outputs of the second source: `value` for the reed, and one more for the bell."""
    outputs = Outputs(
        source_names=np.array(["reed", "reed", "reed"]),
        target_names=np.array(["reed", "bell", "reed"]),
        held_out=np.array([False, False, True]),
        samples=np.repeat([value, value + 1, -9.0], N_SAMPLES).astype(np.float32),
        ends=N_SAMPLES * np.arange(1, 4),
        gains=np.ones(3),
    )
    store(run, "transfers", root, **outputs.to_arrays())


def test_methods_are_the_groups_and_the_single_runs_that_are_measured(write_parameters):
    root = write_parameters(GROUPED, "small")
    parameters = load("small", root)
    for run, distance_db in {"runs": 1.0, "same": 2.0, "pieces": 3.0}.items():
        store(parameters.for_run(run), "measures", root, **small_measures(distance_db).to_arrays())
    methods = by_method(parameters, load_runs(parameters, root))
    firsts = {name: [float(run.distance_db[0]) for run in runs] for name, runs in methods.items()}
    assert firsts == {"same": [1.0], "mosaic": [2.0, 0.0]}
    assert {name: run.run for name, run in examples_of(parameters, "measures", root).items()} == {"mosaic": "pieces"}


def test_colours_differ_and_the_identity_has_that_of_sources(write_parameters):
    colours = colours_of(load("small", write_parameters(GROUPED, "small")))
    assert list(colours) == ["same", "hybrid", "opposite", "mosaic"]
    assert colours["same"] == SOURCE_COLOUR
    assert len({*colours.values()}) == 4


@pytest.mark.parametrize(
    ("targets", "held_out", "target", "row"),
    [
        (["reed", "bell", "reed", "bell"], [False] * 4, "bell", 3),
        (["reed", "bell", "bell", "bell"], [False, False, True, False], "bell", 3),
        (["reed_bell", "reed_bell", "reed_bell", "bell"], [False, False, False, True], "bell", 2),
        (["reed", "bell", "reed", "drum"], [False] * 4, "bell", None),
    ],
)
def test_output_is_that_of_the_pair_and_of_a_blend_the_only_one(targets, held_out, target, row):
    sources = np.array(["reed", "reed", "voice", "voice"])
    assert row_of(sources, np.array(targets), np.array(held_out), "voice", target) == row


def test_example_has_an_output_of_each_method(write_parameters):
    root = write_parameters(GROUPED + 'source = "reed"\ntarget = "bell"\n', "small")
    parameters = load("small", root)
    store_sounds(parameters, root)
    for run, value in {"same": 10, "runs": 20, "hybrid": 30}.items():
        store_outputs(parameters.for_run(run), root, value)
    example = load_example(parameters, root)
    assert (example.source_name, example.target_name) == ("reed", "bell")
    assert list(example.outputs) == ["hybrid", "mosaic"]
    for method, value in {"hybrid": 31, "mosaic": 21}.items():
        np.testing.assert_array_equal(example.outputs[method], np.full(N_SAMPLES, value))
    np.testing.assert_array_equal(example.source, small_sources().sound(1))
    np.testing.assert_array_equal(example.target, small_targets().sound(1, held_out=False))


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        ('source = "vox"', "^figures.source='vox': is none of the sources voice, reed$"),
        ("start_s = 0.9", "^figures.start_s=0.9: must be before the end of voice, at 0.90 s$"),
        ('source = "reed"\nspectrum_s = 3.0', "^figures.spectrum_s=3: must be before the end of reed, at 1.60 s$"),
    ],
)
def test_example_must_be_there(write_parameters, figures, message):
    root = write_parameters(f"{TEXT}[figures]\n{figures}\n", "small")
    parameters = load("small", root)
    store_sounds(parameters, root)
    with pytest.raises(ValueError, match=message):
        load_example(parameters, root)
    assert len(small_sources().sound(0)) == 0.9 * RATE_HZ
