import keras
import numpy as np
import pytest
from keras import ops

from models.timbre_autoencoder import build_timbre_autoencoder, build_trainer, compress, expand

N_BINS = 17


def see(model, frames, loudness=None, targets=(1.0,)):
    loudness = np.ones((len(frames), 1)) if loudness is None else loudness
    seen = {"frames": frames, "loudness": loudness, "targets": targets}
    return np.asarray(model({name: np.asarray(value, np.float32)[None] for name, value in seen.items()})[0])


def build(**settings):
    keras.utils.set_random_seed(440)
    return build_timbre_autoencoder(N_BINS, **{"context_frames": 2, "wide_units": 12, "units": 8} | settings)


def test_frames_lose_their_loudness_and_keep_their_spectrum(rng):
    magnitudes = rng.uniform(0.1, 1, (5, N_BINS))
    frames, loudness = compress(magnitudes, 0.8)
    softer, less = compress(magnitudes * 0.1, 0.8)
    np.testing.assert_allclose(frames, softer, rtol=1e-5)
    np.testing.assert_allclose(loudness - less, 20 / 60, rtol=1e-5)
    rms = np.sqrt(np.mean(magnitudes**2, axis=1, keepdims=True))
    np.testing.assert_allclose(expand(frames), magnitudes / rms, rtol=1e-5)


def test_loudness_ends_at_the_level_and_60_db_below_where_silence_begins():
    magnitudes = np.full((3, N_BINS), 1.0) * [[2.0], [1e-3], [1e-5]]
    frames, loudness = compress(magnitudes, 1.0)
    np.testing.assert_allclose(np.ravel(loudness), [1, 0, 0], atol=1e-6)
    np.testing.assert_allclose(frames[2], np.log1p(10 * 1e-2), rtol=1e-5)
    assert not np.any(compress(np.zeros((1, N_BINS)), 1.0)[0])


@pytest.mark.parametrize(
    ("settings", "seen_from"),
    [
        ({"context_frames": 0, "hidden": "dense"}, {5}),
        ({"hidden": "dense"}, {3, 4, 5, 6, 7}),
        ({"hidden": "lstm"}, {3, 4, 5, 6, 7, 8, 9}),  # and all that comes after
    ],
)
def test_which_frames_one_frame_changes(settings, seen_from, rng):
    model = build(**settings)
    frames = rng.uniform(size=(10, N_BINS))
    other = frames.copy()
    other[5] += 1
    changed = np.abs(see(model, frames) - see(model, other)).max(axis=1) > 0
    assert set(np.flatnonzero(changed)) == seen_from


def test_targets_and_loudness_are_heard_and_blends_lie_between_them(rng):
    model = build(n_targets=2, hidden="dense")
    frames = rng.uniform(size=(4, N_BINS))
    first, second, blend = (see(model, frames, targets=weights) for weights in ([1, 0], [0, 1], [0.5, 0.5]))
    assert np.abs(first - second).max() > 1e-3
    assert np.linalg.norm(first - blend) < np.linalg.norm(first - second)
    assert np.abs(first - see(model, frames, np.zeros((4, 1)), [1, 0])).max() > 1e-3


def test_the_loss_is_nought_where_all_is_given_as_it_is(rng):
    trainer = build_trainer(build(hidden="dense"))
    shapes = {"frames": (2, 4, N_BINS), "loudness": (2, 4, 1), "targets": (2, 1)}
    inputs = {name: ops.convert_to_tensor(rng.uniform(size=shape), "float32") for name, shape in shapes.items()}
    given = trainer.get_layer("timbre_autoencoder")(inputs)
    exact = [float(loss) for loss in trainer(inputs | {"clean": given})[1:]]
    assert exact == pytest.approx([0, 0], abs=1e-3)
    wrong = [float(loss) for loss in trainer(inputs | {"clean": given + 0.5})[1:]]
    assert wrong[0] == pytest.approx(0.5)
    assert wrong[1] > 0.1
