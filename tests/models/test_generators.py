import keras
import numpy as np
import pytest
from keras import ops

from models.generators import build_generator, fill_table

KINDS = ("pixel_shuffle", "upsample", "flatten", "alexnet", "table")
GRID = (32, 16)  # which the 32 of an autoencoder does not divide


def generate(model, inputs):
    return np.asarray(model(np.asarray(inputs, np.float32)))


def test_channels_of_a_cell_become_the_rows_of_a_block(rng):
    """Of its pixel (i, j) come those from ``(i r + j) n`` on, of n in the full grid: TensorFlow's order."""
    r, n = 2, 3
    cells = rng.uniform(size=(1, 3, 4, r * r * n)).astype(np.float32)
    full = np.asarray(ops.depth_to_space(ops.convert_to_tensor(cells), r))
    for i, j in np.ndindex(r, r):
        first = (i * r + j) * n
        np.testing.assert_array_equal(full[:, i::r, j::r], cells[..., first : first + n])


@pytest.mark.parametrize(("r", "icnr"), [(2, True), (8, True), (4, False)])
def test_with_icnr_pixels_of_a_block_begin_alike(r, icnr, rng):
    model = build_generator("pixel_shuffle", 3, *GRID, r=r, icnr=icnr, channels=4)
    blocks = generate(model, rng.uniform(size=(2, 3))).reshape(2, GRID[0] // r, r, GRID[1] // r, r)
    assert (blocks.std(axis=(2, 4)) < 1e-6).all() == icnr


@pytest.mark.parametrize(
    ("kind", "r", "n_parameters"),
    [
        ("pixel_shuffle", 2, 1_076_708),
        ("pixel_shuffle", 4, 1_081_040),
        ("pixel_shuffle", 8, 1_098_368),
        ("pixel_shuffle", 16, 1_167_680),
        ("pixel_shuffle", 32, 1_444_928),
        ("pixel_shuffle", 64, 2_553_920),
        ("upsample", 8, 1_080_161),
        ("flatten", 8, 1_260_096),
        ("table", 8, 16 * 16 + 16 * 512 * 128),
        ("alexnet", 8, 16 * 64 + 65 * 256 + 17 * 64 + (9 * 64 + 1) * 128 + 128 + 2),
        ("autoencoder", 8, 8_655_041),
    ],
)
def test_parameters_are_as_many_as_in_the_prototypes(kind, r, n_parameters):
    assert build_generator(kind, 16, 512, 128, r=r).count_params() == n_parameters


@pytest.mark.parametrize("kind", [*KINDS, "autoencoder"])
def test_each_kind_gives_spectrograms_in_0_to_1_and_is_saved_and_loaded(kind, rng, tmp_path):
    settings = {"channels": 4, "units": 5, "r": 4}
    model = build_generator(kind, 3, *GRID, **settings)
    seen = rng.uniform(size=(2, *GRID) if kind == "autoencoder" else (2, 3))
    values = generate(model, seen)
    assert values.shape == (2, *GRID)
    assert values.min() >= 0
    assert kind == "table" or values.max() <= 1
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(generate(loaded, seen), values)
    if kind != "autoencoder":
        (kernel,) = loaded.get_layer("embedding").get_weights()
        assert kernel.shape == (3, 3 if kind == "table" else 5)
        of_codes = generate(loaded.get_layer("decoder"), seen.astype(np.float32) @ kernel)
        np.testing.assert_allclose(of_codes, values, atol=1e-5)


def test_a_table_gives_the_clips_and_their_exact_means(rng):
    """Of two switches with equal clips that clip, however they are blended."""
    clips = rng.uniform(size=(4, *GRID)).astype(np.float32)
    clips[1] = clips[0]
    table = build_generator("table", 4, *GRID)
    fill_table(table, clips)
    np.testing.assert_allclose(generate(table, np.eye(4)), clips, atol=1e-5)
    weights = np.array([[0.5, 0.5, 0, 0], [0.1, 0.2, 0.3, 0.4]])
    np.testing.assert_allclose(generate(table, weights), np.tensordot(weights, clips, 1), atol=1e-5)
    np.testing.assert_allclose(generate(table, [[0.3, 0.7, 0, 0]])[0], clips[0], atol=1e-5)


def test_codes_of_a_table_have_the_principal_components_of_the_spectrograms(rng):
    clips = rng.uniform(size=(5, *GRID)).astype(np.float32)
    table = build_generator("table", 5, *GRID)
    fill_table(table, clips)
    (codes,) = table.get_layer("embedding").get_weights()
    variances = [
        np.linalg.svd(values - values.mean(axis=0), compute_uv=False) for values in (codes, clips.reshape(5, -1))
    ]
    np.testing.assert_allclose(*variances, atol=1e-4)


def test_of_alexnet_sixteen_cells_see_the_switches(rng):
    model = build_generator("alexnet", 3, *GRID)
    first, second = generate(model, [[1, 0, 0], [0, 1, 0]])
    changed = np.argwhere(first != second)
    assert 1 <= len(changed) <= 16
    assert np.ptp(changed, axis=0).max() <= 3


@pytest.mark.parametrize(("kind", "r", "grid"), [("pixel_shuffle", 8, (32, 12)), ("upsample", 4, (30, 16))])
def test_r_must_divide_the_grid(kind, r, grid):
    with pytest.raises(ValueError, match=rf"^r={r}: must divide the grid of {grid[0]} frames and {grid[1]} bands$"):
        build_generator(kind, 3, *grid, r=r)


@pytest.mark.slow
def test_a_small_generator_learns_two_clips_and_what_lies_between():
    slope = np.add.outer(np.arange(GRID[0]), np.arange(GRID[1])) / (sum(GRID) - 2)
    clips = np.stack([slope, slope[::-1]]).astype(np.float32)
    keras.utils.set_random_seed(0)
    model = build_generator("pixel_shuffle", 2, *GRID, r=4, channels=8, units=8)
    model.compile(keras.optimizers.Adam(0.01), "mean_absolute_error")
    switches = np.array([[1, 0], [0, 1], [0.5, 0.5]], np.float32)
    targets = np.tensordot(switches, clips, 1)
    model.fit(np.tile(switches, (300, 1)), np.tile(targets, (300, 1, 1)), batch_size=3, shuffle=False, verbose=0)
    assert np.abs(generate(model, switches) - targets).mean(axis=(1, 2)).max() < 0.03
