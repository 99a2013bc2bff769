import numpy as np
import pytest
import tensorflow as tf

from models.corruption import Cleaner, Corruption

N_HITS = 4
FEATURES = np.zeros((2, 8, 3), np.float32)


def random_music(rng, batch=32, n_steps=64, fraction=0.2):
    """Hits, and at each a velocity and offset that no other hit has."""
    hits = rng.random((batch, n_steps, N_HITS)) < fraction
    velocities, offsets = rng.uniform(0.1, 1, size=(2, *hits.shape))
    return np.concatenate([hits, hits * velocities, hits * offsets], axis=-1).astype(np.float32)


def cells(steps):
    """Hit, velocity and offset of all cells, ``(3, n_cells)``."""
    return np.stack(np.split(np.asarray(steps), 3, axis=-1)).reshape(3, -1)


@pytest.mark.slow
@pytest.mark.parametrize("jit_compile", [False, True])
def test_fractions_of_cells_become_hits_or_are_deleted(rng, jit_compile):
    layer, music = Corruption(N_HITS, spurious=0.05, deleted=0.3), random_music(rng)
    corrupt = tf.function(lambda steps: layer(steps, training=True), jit_compile=jit_compile)
    before, after = cells(music)[0], cells(corrupt(music))[0]
    assert set(np.unique(after)) == {0, 1}
    assert np.mean(after[before == 1] == 0) == pytest.approx(0.3, abs=0.05)
    assert np.mean(after[before == 0] == 1) == pytest.approx(0.05, abs=0.01)
    assert not np.array_equal(after, cells(corrupt(music))[0])


def test_deleted_hits_vanish_in_all_kinds_and_the_others_stay(rng):
    music = random_music(rng)
    before, after = cells(music), cells(Corruption(N_HITS, deleted=0.3)(music, training=True))
    stays = after[0] == 1
    np.testing.assert_array_equal(after[:, stays], before[:, stays])
    assert not after[:, ~stays].any()
    assert 0 < stays.sum() < before[0].sum()


def test_spurious_hits_are_copies_of_hits_from_all_over_the_batch(rng):
    music = random_music(rng)
    before, after = cells(music), cells(Corruption(N_HITS, spurious=0.2)(music, training=True))
    joined = (before[0] == 0) & (after[0] == 1)
    np.testing.assert_array_equal(after[:, ~joined], before[:, ~joined])
    hits, copies = ({tuple(cell) for cell in found.T} for found in (before[:, before[0] == 1], after[:, joined]))
    assert copies <= hits
    assert len(copies) > 0.4 * len(hits)
    assert after[1, joined].mean() == pytest.approx(0.55, abs=0.05)


def test_spurious_hits_do_not_add_up_and_have_no_velocity_in_silence():
    frames_only = np.tile(np.float32([0, 0, 1, 1]), (2, 50, 1))
    corrupt = Corruption(2, spurious=0.5)
    noisy, from_silence = (corrupt(music, training=True).numpy() for music in (frames_only, 0 * frames_only))
    assert noisy[..., :2].any()
    assert noisy.max() == 1
    assert 0.3 < from_silence[..., :2].mean() < 0.7
    assert not from_silence[..., 2:].any()


def test_the_seed_draws_the_noise_and_there_is_none_without_training(rng):
    music = random_music(rng)
    first, again, other = (Corruption(N_HITS, deleted=0.3, seed=s)(music, training=True).numpy() for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    np.testing.assert_array_equal(Corruption(N_HITS, spurious=0.5, deleted=0.5)(music), music)


def test_a_cleaner_that_has_learned_nothing_keeps_hits_on_their_side_of_one_half(rng):
    music = random_music(rng, 2, 8)
    cleaned = cells(Cleaner(N_HITS)((music, FEATURES)))
    hits, *others = cells(music)
    assert ((cleaned[0] > 0.5) == (hits == 1)).all()
    np.testing.assert_allclose(np.abs(cleaned[0] - hits), 1 / (1 + np.exp(4)), rtol=1e-4)
    np.testing.assert_allclose(cleaned[1:], np.array(others) * cleaned[0], rtol=1e-5)


def test_a_correction_turns_a_hit_and_all_that_belongs_to_it(rng):
    music = random_music(rng, 2, 8)
    cleaner = Cleaner(N_HITS)
    cleaner.build([music.shape, FEATURES.shape])
    cleaner.correction.bias.assign(np.r_[np.full(N_HITS, -20), np.zeros(2 * N_HITS)])
    np.testing.assert_allclose(cleaner((music, FEATURES)), 0, atol=1e-5)
    cleaner.correction.bias.assign(np.r_[np.full(N_HITS, 20), np.full(2 * N_HITS, 0.25)])
    expected = np.concatenate([np.ones_like(music[..., :N_HITS]), music[..., N_HITS:] + 0.25], axis=-1)
    np.testing.assert_allclose(cleaner((music, FEATURES)), expected, atol=1e-5)
