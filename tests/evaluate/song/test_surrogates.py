import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.song.surrogates import exact_loop, lorenz63, phase_randomised, random_walk, time_shuffled
from tests.trajectories import circle


def curve(n_points, seed=0):
    return random_walk(n_points, np.random.default_rng(seed), window_points=5)


def test_lorenz_stays_on_its_attractor_and_visits_both_wings():
    z = lorenz63(1000)
    assert z.shape == (1000, 3)
    assert np.abs(z[:, 0]).max() < 21
    assert np.abs(z[:, 1]).max() < 29
    assert 0 < z[:, 2].min() < z[:, 2].max() < 50
    assert 0.3 < np.mean(z[:, 0] > 0) < 0.7


def test_lorenz_goes_on_from_where_it_was_whatever_the_step_and_stays_at_rest():
    fine, coarse = lorenz63(41, dt=0.05), lorenz63(21, dt=0.1)
    np.testing.assert_allclose(coarse, fine[::2], atol=1e-5)
    np.testing.assert_array_equal(fine, lorenz63(41))
    np.testing.assert_allclose(lorenz63(21, start=fine[20]), fine[20:], atol=1e-5)
    rest = np.array([np.sqrt(72), np.sqrt(72), 27.0])
    np.testing.assert_allclose(lorenz63(40, start=rest), np.tile(rest, (40, 1)), atol=1e-6)


@pytest.mark.slow
def test_copies_of_lorenz_part_at_its_largest_exponent(rng):
    starts = lorenz63(1500)[::200]
    copies = [lorenz63(201, start=start + 1e-5 * rng.normal(size=3)) for start in starts]
    apart = [
        np.linalg.norm(copy - lorenz63(201, start=start), axis=1) for copy, start in zip(copies, starts, strict=True)
    ]
    logs = np.log(apart).mean(axis=0)
    times = 0.05 * np.arange(201)
    inside = (times > 1) & (times < 9)  # after turning to the growing direction, before the attractor's size
    assert np.polyfit(times[inside], logs[inside], 1)[0] == pytest.approx(0.9056, rel=0.15)


@pytest.mark.parametrize("n_points", [300, 301])
def test_surrogate_keeps_spectra_cross_spectra_and_mean_and_nothing_else(rng, n_points):
    z = curve(n_points) + 10
    surrogate = phase_randomised(z, rng)
    before, after = np.fft.rfft(z, axis=0), np.fft.rfft(surrogate, axis=0)
    cross = np.einsum("fi,fj->fij", before, before.conj())
    np.testing.assert_allclose(
        np.einsum("fi,fj->fij", after, after.conj()), cross, rtol=1e-9, atol=1e-9 * np.abs(cross).max()
    )
    np.testing.assert_allclose(np.abs(after), np.abs(before), rtol=1e-9, atol=1e-9 * np.abs(before).max())
    np.testing.assert_allclose(surrogate.mean(axis=0), z.mean(axis=0))
    np.testing.assert_allclose(np.sum(surrogate**2), np.sum(z**2))  # Parseval
    assert np.isrealobj(surrogate)
    assert np.linalg.norm(surrogate - z) > np.linalg.norm(z - z.mean(axis=0)) / 2


def test_surrogate_of_one_sine_is_that_sine_at_another_phase(rng):
    surrogate = phase_randomised(circle(240, 60), rng)
    np.testing.assert_allclose(np.linalg.norm(surrogate, axis=1), 1)  # both axes are shifted by the same phase
    np.testing.assert_allclose(surrogate[60:], surrogate[:-60], atol=1e-12)


@given(seed=st.integers(0, 2**32 - 1), mean_points=st.integers(1, 50))
def test_shuffled_trajectory_has_the_same_points_in_pieces(seed, mean_points):
    numbers = np.arange(100)[:, None] * np.ones(3)
    shuffled = time_shuffled(numbers, np.random.default_rng(seed), mean_points)
    np.testing.assert_array_equal(np.sort(shuffled[:, 0]), np.arange(100))
    n_seams = np.sum(np.diff(shuffled[:, 0]) != 1)
    assert n_seams <= round(100 / mean_points) - 1


def test_exact_loop_repeats_exactly_and_keeps_the_second_half_of_the_round_and_the_step_at_its_seam():
    z = curve(1000)
    loop = exact_loop(z, 107)
    assert loop.shape == z.shape
    np.testing.assert_array_equal(loop[107:], loop[:-107])
    np.testing.assert_array_equal(loop[53:107], z[53:107])
    np.testing.assert_allclose(loop[107] - loop[106], z[107] - z[106])
    assert exact_loop(z[:100], 67).shape == (100, 3)  # the longest there can be
    np.testing.assert_allclose(exact_loop(circle(300, 60), 60), circle(300, 60), atol=1e-12)  # a loop already
    line = np.outer(np.arange(300.0), [1.0, 2.0, 2.0])
    speeds = np.linalg.norm(np.diff(exact_loop(line, 100), axis=0), axis=1)
    # the way back takes half a round, at its fastest pi / 2 of the mean, less the line's
    assert speeds.max() < np.pi * 3


def test_walk_is_a_running_mean_of_independent_steps():
    exact = np.diff(random_walk(20_000, np.random.default_rng(3), window_points=1), axis=0)
    assert np.var(exact) == pytest.approx(1, rel=0.03)
    smooth = random_walk(20_000, np.random.default_rng(3), window_points=10)
    assert smooth.shape == (20_000, 3)
    steps = np.diff(smooth, axis=0)
    np.testing.assert_allclose(steps[0], exact[:10].mean(axis=0))
    correlations = [np.mean(steps[lag:] * steps[: len(steps) - lag]) / np.mean(steps**2) for lag in (0, 5, 10, 30)]
    np.testing.assert_allclose(correlations, [1, 0.5, 0, 0], atol=0.08)


POINTS, RNG = np.zeros((100, 3)), np.random.default_rng(0)


@pytest.mark.parametrize(
    ("make", "arguments", "message"),
    [
        (lorenz63, (1,), "n_points=1: must be at least 2"),
        (lorenz63, (5, 0.0), "dt=0.0: must be greater than 0"),
        (lorenz63, (5, float("nan")), "dt=nan: must be greater than 0"),
        (time_shuffled, (POINTS, RNG, 70), "mean_points=70: must cut the 100 points of z into two pieces at least"),
        *(
            (exact_loop, (POINTS, n), f"n_loop={n}: must be at least 2, and with a half more at most the 100 points.*")
            for n in (-3, 0, 1, 68, 500)
        ),
        (random_walk, (0, RNG, 22), "n_points=0, window_points=22: must be at least 1"),
        (random_walk, (10, RNG, 0), "n_points=10, window_points=0: must be at least 1"),
    ],
)
def test_what_cannot_be_made_is_refused(make, arguments, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        make(*arguments)
