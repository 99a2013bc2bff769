import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.special import log_softmax

from models.dictionary_losses import ChordChangeLoss, ChordLoss, HitLoss, SquareLoss

HITS = {"n_hits": 2, "slope": 4.0, "entropies": {"1": 0.5}, "squares": {"2": 3.0}}


def call(layer, *arrays):
    return float(layer([keras.ops.convert_to_tensor(array) for array in arrays]))


def random_music(rng, shape=(2, 6), n_hits=2):
    hits, frames = rng.random((2, *shape, n_hits)) < 0.4
    return np.concatenate([hits, frames, hits * rng.random((*shape, n_hits))], axis=-1).astype(np.float32)


def cross_entropy(truth, probability):
    return np.mean(-truth * np.log(probability) - (1 - truth) * np.log(1 - probability))


def test_square_is_the_mean_over_all_channels_and_one_half_is_undecided():
    assert call(SquareLoss(), [[[1.0, 0.0]]], [[[0.0, 2.0]]]) == pytest.approx((1 + 4) / 2)
    assert call(HitLoss(2), [[[1.0, 0.0]]], [[[0.5, 0.5]]]) == pytest.approx(np.log(2))


def test_hits_are_scored_by_the_cross_entropy_of_numpy(rng):
    truth, reconstruction = random_music(rng), rng.normal(size=(2, 6, 6)).astype(np.float32)
    probability = 1 / (1 + np.exp(-4 * (reconstruction - 0.5)))
    hits, frames, last = slice(0, 2), slice(2, 4), slice(4, 6)
    squares = np.mean(truth[..., hits] * (truth[..., last] - reconstruction[..., last]) ** 2)
    expected = cross_entropy(truth[..., hits], probability[..., hits])
    expected += 0.5 * cross_entropy(truth[..., frames], probability[..., frames]) + 3 * squares
    assert call(HitLoss(**HITS), truth, reconstruction) == pytest.approx(expected, rel=1e-5)


def test_velocities_count_only_where_there_is_a_hit(rng):
    truth, reconstruction = random_music(rng), rng.normal(size=(2, 6, 6)).astype(np.float32)
    loss, other = HitLoss(**HITS), reconstruction.copy()
    expected = call(loss, truth, reconstruction)
    other[..., 4:] += 7 * (truth[..., :2] == 0)
    assert call(loss, truth, other) == pytest.approx(expected)
    other[..., 4:] += 7 * (truth[..., :2] == 1)
    assert call(loss, truth, other) > 1 + expected


def test_chords_that_are_unknown_do_not_count(rng):
    logits = rng.normal(size=(1, 4, 25)).astype(np.float32)
    entropies = -log_softmax(logits[0], axis=1)
    expected = (entropies[0, 3] + entropies[2, 24]) / 2
    assert call(ChordLoss(), [[3, -1, 24, -1]], logits) == pytest.approx(expected, rel=1e-5)


def test_changes_are_scored_between_known_chords():
    logits = np.float32([[9, 2, -1, 5, 5, 0.5]])
    chords = [[3, 3, 7, -1, 7, 7]]  # stays, changes, unknown, unknown, stays; the first beat does not count
    expected = (np.log1p(np.exp(2)) + np.log1p(np.exp(1)) + np.log1p(np.exp(0.5))) / 3
    assert call(ChordChangeLoss(), chords, logits) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("layer", "logits"), [(ChordLoss(), np.ones((2, 3, 25), "f")), (ChordChangeLoss(), np.ones((2, 3), "f"))]
)
def test_music_without_known_chords_costs_nothing(layer, logits):
    assert call(layer, np.full((2, 3), -1), logits) == 0


@pytest.mark.parametrize(
    ("layer", "last"),
    [(SquareLoss(), (6,)), (HitLoss(**HITS), (6,)), (ChordLoss(), (25,)), (ChordChangeLoss(), ())],
    ids=["square", "hits", "chords", "changes"],
)
@pytest.mark.parametrize("scale", [0.0, 1.0, 1e4])
def test_gradients_are_finite_and_lead_downhill(layer, last, scale, rng):
    truth = random_music(rng) if last == (6,) else rng.integers(-1, 25, (2, 6))
    found = tf.constant((scale * rng.normal(size=(2, 6, *last))).astype(np.float32))
    with tf.GradientTape() as tape:
        tape.watch(found)
        loss = layer.raw_loss(tf.constant(truth), found)
    gradient = tape.gradient(loss, found)
    assert np.isfinite(gradient).all()
    assert layer.raw_loss(tf.constant(truth), found - 0.01 * gradient) < loss
