import numpy as np
import pytest
import scipy.stats

from evaluate.bootstrap import expanded, interval, paired_difference

N_EXPERIMENTS = 400


def coverage(ends, truth=0.0):
    low, high = ends
    return np.mean((low < truth) & (truth < high))


@pytest.mark.parametrize(("n_units", "statistic"), [(8, np.mean), (30, np.mean), (30, np.median)])
def test_interval_holds_the_truth_about_as_often_as_it_says(rng, n_units, statistic):
    experiments = rng.normal(size=(n_units, N_EXPERIMENTS))
    assert coverage(interval(experiments, statistic, n_resamples=999)) == pytest.approx(0.95, abs=0.04)
    assert coverage(interval(experiments, statistic, confidence=0.8, n_resamples=999)) == pytest.approx(0.8, abs=0.06)


def test_blocks_hold_the_truth_where_units_are_alike_and_single_units_do_not(rng):
    noise = rng.normal(size=(209, N_EXPERIMENTS))
    running = np.lib.stride_tricks.sliding_window_view(noise, 10, axis=0).mean(axis=-1)  # (200, n_experiments)
    assert coverage(interval(running, n_resamples=499)) < 0.6
    assert coverage(interval(running, block_units=20, n_resamples=499)) > 0.88


@pytest.mark.parametrize("n_units", [8, 12, 20])
def test_interval_of_a_mean_of_few_is_as_wide_as_students(rng, n_units):
    values = rng.normal(size=n_units)
    low, high = interval(values)
    student = scipy.stats.t.interval(0.95, n_units - 1, loc=values.mean(), scale=scipy.stats.sem(values))
    assert high - low == pytest.approx(student[1] - student[0], rel=0.05)


def test_few_blocks_are_as_few_units(rng):
    means = rng.normal(size=8)
    low, high = interval(np.repeat(means, 20), block_units=20)
    student = scipy.stats.t.interval(0.95, 7, loc=means.mean(), scale=scipy.stats.sem(means))
    # blocks that begin inside a run mix two: their variance is 2 / 3 on average
    assert high - low == pytest.approx(np.sqrt(2 / 3) * (student[1] - student[0]), rel=0.08)


def test_expansion_vanishes_with_many_units():
    assert expanded(0.95, 100_000) == pytest.approx(0.95, abs=1e-4)
    assert 0.95 < expanded(0.95, 20) < expanded(0.95, 8) < expanded(0.95, 4) < 1


def test_units_that_agree_leave_no_doubt_and_two_units_are_the_ends():
    np.testing.assert_array_equal(interval(np.full((7, 3), 2.5)), np.full((2, 3), 2.5))
    assert interval(np.array([1.0, 4.0])) == (1, 4)


def test_steps_of_a_unit_are_drawn_together(rng):
    values = rng.normal(size=(20, 1))
    low, high = interval(np.hstack([values, 2 * values + 1, -values]))
    np.testing.assert_allclose([low[1], high[1]], [2 * low[0] + 1, 2 * high[0] + 1])
    np.testing.assert_allclose([low[2], high[2]], [-high[0], -low[0]])


def test_same_seed_gives_the_same_interval_however_much_is_drawn_at_once(rng, monkeypatch):
    values = rng.normal(size=(10, 2))
    before = interval(values, seed=3)
    monkeypatch.setattr("evaluate.bootstrap.VALUES_AT_ONCE", 700)
    np.testing.assert_array_equal(interval(values, seed=3), before)
    assert (np.array(interval(values, seed=4)) != before).all()


def test_blocks_go_round_so_that_all_units_count_alike():
    values = np.zeros(10)
    values[0] = 1.0
    everything = interval(values, block_units=5, confidence=1 - 1e-9, n_resamples=2000)
    shifted = interval(np.roll(values, 5), block_units=5, confidence=1 - 1e-9, n_resamples=2000)
    assert everything == shifted == (0, 0.2)


@pytest.mark.parametrize(
    ("values", "settings", "message"),
    [
        (np.zeros(1), {}, "block_units=1: must be at least 1 and at most half of the 1 units"),
        (np.zeros(9), {"block_units": 5}, "block_units=5: must be at least 1 and at most half of the 9 units"),
        (np.zeros(9), {"block_units": 0}, "block_units=0: must be at least 1 and at most half of the 9 units"),
        (np.array([1.0, np.nan]), {}, r"values of shape \(2,\): must be finite"),
        *(
            (np.zeros(5), {"confidence": value}, f"confidence={value}: must be .* 0 and less than 1")
            for value in (0, 1, 95)
        ),
    ],
)
def test_what_has_no_interval(values, settings, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        interval(values, **settings)


def test_difference_of_a_constant_is_certain_and_the_order_of_seeds_does_not_matter(rng):
    a, b = rng.normal(size=(2, 6, 4))
    np.testing.assert_allclose(paired_difference(a, a + 0.5), np.full(3, -0.5))
    steps = rng.normal(size=(6, 4, 3))
    np.testing.assert_allclose(paired_difference(steps, steps + 0.5), np.full((3, 3), -0.5))
    np.testing.assert_allclose(paired_difference(a, b), paired_difference(a, rng.permuted(b, axis=1)))
    np.testing.assert_allclose(paired_difference(a, b)[0], (a - b).mean())
    mean, low, high = paired_difference(b, a)
    assert low < mean < high


def test_seeds_that_copy_each_other_do_not_narrow_the_interval(rng):
    a, b = rng.normal(size=(2, 8, 1))
    np.testing.assert_allclose(paired_difference(np.repeat(a, 50, axis=1), b), paired_difference(a, b))


def test_interval_of_a_difference_holds_the_truth_when_songs_and_seeds_differ(rng):
    songs = rng.normal(size=(10, 1, N_EXPERIMENTS))
    a = 1 + songs + rng.normal(size=(10, 1, N_EXPERIMENTS)) + rng.normal(size=(10, 5, N_EXPERIMENTS))
    b = songs + rng.normal(size=(10, 3, N_EXPERIMENTS))
    mean, low, high = paired_difference(a, b, n_resamples=999)
    assert mean.mean() == pytest.approx(1, abs=0.1)
    assert coverage((low, high), 1.0) == pytest.approx(0.95, abs=0.04)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (np.zeros(3), np.zeros(3), r"a of shape \(3,\), b \(3,\): must be \(n_songs, n_seeds, ...\) of the same songs"),
        (np.zeros((3, 2)), np.zeros((4, 2)), r"a of shape \(3, 2\), b \(4, 2\): must be .* of the same songs"),
        (np.zeros((3, 2, 5)), np.zeros((3, 2, 6)), r"a of shape \(3, 2, 5\), b \(3, 2, 6\): must be .* same songs"),
        (np.zeros((1, 5)), np.zeros((1, 5)), r"a of shape \(1, 5\): must have two songs at least"),
        (np.zeros((3, 2)), np.array([[1.0], [np.nan], [2.0]]), r"values of shape \(3,\): must be finite"),
    ],
)
def test_what_cannot_be_compared(a, b, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        paired_difference(a, b)


@pytest.mark.parametrize(("shape", "block_units"), [((23,), 1), ((23,), 4), ((24, 3), 5), ((8,), 4)])
def test_blocks_are_those_that_go_round_unit_by_unit(rng, shape, block_units):
    values, n_units = rng.normal(size=shape), shape[0]
    units = np.random.default_rng(7).integers(n_units, size=(50, n_units))[:, : -(-n_units // block_units)]
    units = (units[..., None] + np.arange(block_units)).reshape(50, -1)[:, :n_units] % n_units
    medians = np.median(values[units], axis=1)
    tail = 50 * (1 - expanded(0.95, n_units // block_units))
    low, high = interval(values, np.median, block_units=block_units, n_resamples=50, seed=7)
    np.testing.assert_allclose([low, high], np.percentile(medians, [tail, 100 - tail], axis=0))
