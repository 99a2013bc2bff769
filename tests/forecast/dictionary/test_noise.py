import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score

from forecast.dictionary.noise import add_noise, score_hits

KINDS = {"hit": slice(0, 3), "velocity": slice(3, 6), "offset": slice(6, 9)}


def make_music(rng, n_steps=40, density=0.3):
    hits = (rng.random((n_steps, 3)) < density).astype(np.float32)
    return np.hstack([hits, hits * rng.uniform(0.1, 1, hits.shape), hits * rng.uniform(-1, 1, hits.shape)]).astype("f4")


def test_fractions_of_cells_change_and_no_others(rng):
    music = make_music(rng)
    noisy = add_noise(music, KINDS, spurious=0.1, deleted=0.25, rng=rng)
    before, after = music[:, :3] > 0.5, noisy[:, :3] > 0.5
    assert np.sum(before & ~after) == round(0.25 * before.sum())
    assert np.sum(~before & after) == round(0.1 * np.sum(~before))
    same = np.tile(before == after, 3)
    np.testing.assert_array_equal(noisy[same], music[same])


def test_spurious_hits_have_velocity_and_offset_of_one_hit_of_the_piece(rng):
    music = make_music(rng)
    noisy = add_noise(music, KINDS, spurious=0.3, deleted=0.5, rng=rng)
    is_hit, joined = music[:, :3] > 0.5, (music[:, :3] < 0.5) & (noisy[:, :3] > 0.5)
    own = set(zip(music[:, 3:6][is_hit], music[:, 6:9][is_hit], strict=True))
    assert joined.sum() > 5
    assert set(zip(noisy[:, 3:6][joined], noisy[:, 6:9][joined], strict=True)) <= own
    # a silent piece gets bare hits
    noisy = add_noise(np.zeros((20, 9), np.float32), KINDS, spurious=0.1, deleted=0.5, rng=rng)
    assert noisy[:, :3].sum() == 6
    assert not noisy[:, 3:].any()


@given(st.integers(0, 2**32 - 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_music_is_left_alone_and_noise_is_music(seed, density, spurious, deleted):
    rng = np.random.default_rng(seed)
    music = make_music(rng, 8, density)
    before = music.copy()
    noisy = add_noise(music, KINDS, spurious=spurious, deleted=deleted, rng=rng)
    np.testing.assert_array_equal(music, before)
    assert (noisy.shape, noisy.dtype) == (music.shape, music.dtype)
    assert set(np.unique(noisy[:, :3])) <= {0, 1}
    assert not noisy[:, 3:][np.tile(noisy[:, :3] == 0, 2)].any()


def test_no_noise_changes_nothing_and_all_of_it_everything(rng):
    music = make_music(rng)
    np.testing.assert_array_equal(add_noise(music, KINDS, spurious=0, deleted=0, rng=rng), music)
    inverted = add_noise(music, KINDS, spurious=1, deleted=1, rng=rng)
    np.testing.assert_array_equal(inverted[:, :3], 1 - music[:, :3])


def test_same_seed_same_noise(rng):
    music, fractions = make_music(rng), {"spurious": 0.1, "deleted": 0.1}
    one, two, other = (add_noise(music, KINDS, rng=np.random.default_rng(seed), **fractions) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("kinds", "fractions", "message"),
    [
        (KINDS, {"spurious": 1.5, "deleted": 0}, "spurious=1.5: must be a fraction"),
        (KINDS, {"spurious": 0, "deleted": -0.1}, "deleted=-0.1: must be a fraction"),
        ({"token": slice(0, 1)}, {"spurious": 0, "deleted": 0}, "kinds=token: tokens have no hits"),
        ({"hit": slice(0, 3), "velocity": slice(3, 5)}, {"spurious": 0, "deleted": 0}, "must have as many channels"),
        ({}, {"spurious": 0, "deleted": 0}, "at least one kind"),
    ],
)
def test_what_cannot_be_is_refused(rng, kinds, fractions, message):
    with pytest.raises(ValueError, match=message):
        add_noise(np.zeros((4, 9)), kinds, rng=rng, **fractions)


def test_score_is_that_of_scikit_learn(rng):
    reference, estimated = rng.random((2, 40, 3)) < 0.4
    scores = score_hits(reference, estimated)
    for name, score in {"precision": precision_score, "recall": recall_score, "f1": f1_score}.items():
        assert scores[name] == pytest.approx(score(reference.ravel(), estimated.ravel()))
    assert score_hits(np.zeros(4, bool), np.zeros(4, bool)) == {"precision": 0, "recall": 0, "f1": 0}
