import contextlib

import keras
import numpy as np
import pytest

from models.instrument_networks import build_network, stack_seeds
from models.surgery import build_penultimate, part
from pipeline.sections.instruments import MIN_NETWORK_FRAMES, SPIRAL_OCTAVES

ALL = ("2d", "1d", "spiral")


@pytest.mark.parametrize(
    ("branches", "kernels", "dense_units", "n_weights"),
    [
        (("spiral",), 32, 64, 35_944),
        (("1d",), 32, 64, 19_720),
        (("2d",), 32, 64, 92_584),
        (("spiral", "1d"), 32, 64, 55_080),
        (ALL, 32, 64, 147_080),
        (("2d",), 48, 64, 157_784),
        (("2d",), 96, 128, 627_368),
        (ALL, 96, 128, 1_024_328),
    ],
)
def test_published_networks_have_the_published_number_of_weights(branches, kernels, dense_units, n_weights):
    network = build_network(128, 96, 8, branches, kernels, dense_units)
    assert network.count_params() == n_weights
    assert sum(np.prod(weight.shape) for weight in network.trainable_weights) == n_weights


@pytest.fixture(scope="module")
def small():
    keras.utils.set_random_seed(0)
    return {head: build_network(60, 60, 3, ALL, 4, 8, head, name="seed_0") for head in ("flatten", "mean")}


@pytest.mark.parametrize("head", ["flatten", "mean"])
def test_a_loaded_network_gives_the_same_probabilities_and_activations(small, head, rng, tmp_path):
    cqt = rng.uniform(0, 5, (4, 60, 60)).astype(np.float32)
    stack_seeds([small[head]]).save(tmp_path / "classifier.keras")
    loaded = keras.saving.load_model(tmp_path / "classifier.keras")
    probabilities = small[head](cqt)
    np.testing.assert_allclose(np.sum(probabilities, axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(loaded(cqt)[:, 0], probabilities)
    activations = np.asarray(build_penultimate(part(loaded, "seed_0"))(cqt))
    assert activations.shape == (4, 8)
    last = small[head].get_layer("probabilities")
    np.testing.assert_allclose(last(activations), probabilities, rtol=1e-5)


def test_pooling_before_the_activation_is_pooling_after_it(small, rng):
    branch = part(small["flatten"], "branch_2d")
    maps = rng.normal(size=(2, 60, 60, 1)).astype(np.float32)
    expected = maps
    for number in (1, 2):
        activated = branch.get_layer(f"activation_{number}")(branch.get_layer(f"convolution_{number}")(expected))
        expected = branch.get_layer(f"pool_{number}")(activated)
    np.testing.assert_array_equal(branch(maps), np.reshape(expected, (2, -1)))


@pytest.mark.parametrize(
    ("branch", "seen"),
    [("2d", range(1, 60)), ("1d", range(24, 60)), ("spiral", range(12, 60))],  # 2d: pools leave out its last bins
)
def test_a_branch_sees_its_octaves_and_no_others(small, branch, seen, rng):
    network = part(small["flatten"], f"branch_{branch}")
    maps = rng.normal(size=(1, 60, 60, 1)).astype(np.float32)
    features = np.asarray(network(maps))
    for octave in range(5):
        changed = maps.copy()
        changed[:, :, 12 * octave : 12 * octave + 12] += 5
        assert np.array_equal(network(changed), features) != (12 * octave + 6 in seen)


def test_level_and_range_of_a_transform_do_not_matter(small, rng):
    cqt = rng.uniform(0, 5, (2, 60, 60)).astype(np.float32)
    np.testing.assert_allclose(small["flatten"](7 + 3 * cqt), small["flatten"](cqt), atol=0.02)  # but for its epsilon
    assert np.isfinite(small["flatten"](np.zeros((1, 60, 60)))).all()


def test_the_mean_over_time_forgets_when_a_sound_begins(rng):
    keras.utils.set_random_seed(0)
    networks = {head: build_network(128, 60, 3, ("2d",), 4, 8, head) for head in ("flatten", "mean")}
    early, late = np.zeros((2, 1, 128, 60), np.float32)
    note = rng.uniform(0, 5, (10, 60))
    early[:, 30:40], late[:, 55:65] = note, note  # moved by what both pools leave out
    change = {head: np.abs(np.subtract(network(early), network(late))).max() for head, network in networks.items()}
    assert change["mean"] < 1e-5 < 0.01 < change["flatten"]


@pytest.mark.parametrize(("n_frames", "octaves", "fits"), [(49, 5, True), (48, 5, False), (49, 4, False)])
def test_what_parameters_allow_is_the_smallest_there_can_be(n_frames, octaves, fits):
    assert (n_frames >= MIN_NETWORK_FRAMES and octaves >= SPIRAL_OCTAVES) == fits
    with contextlib.nullcontext() if fits else pytest.raises(ValueError, match="(?i)shape|size"):
        assert build_network(n_frames, 12 * octaves, 2, ALL, 1, 1).output_shape == (None, 2)


def test_seeds_stand_side_by_side(rng):
    networks = [build_network(49, 36, 3, ("1d",), 2, 4, name=f"seed_{index}") for index in range(3)]
    cqt = rng.uniform(size=(2, 49, 36)).astype(np.float32)
    together = np.asarray(stack_seeds(networks)(cqt))
    assert together.shape == (2, 3, 3)
    for index, network in enumerate(networks):
        np.testing.assert_array_equal(together[:, index], network(cqt))
