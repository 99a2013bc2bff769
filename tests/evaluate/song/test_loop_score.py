import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embed.song.recurrence import distance_after
from evaluate.song.loop_score import (
    compare_with_surrogates,
    find_returns,
    loop_score,
    measure_recurrence,
    recurrence_spectrum,
)
from evaluate.song.surrogates import exact_loop, lorenz63, random_walk, time_shuffled

HOP_S = 1024 / 44100


def round_trip(n_points, period, n_harmonics=3):
    angles = 2 * np.pi * np.arange(n_points) / period
    return np.stack([np.sin(k * angles + k) / k for k in range(1, n_harmonics + 1)], axis=1)


@pytest.mark.parametrize("period", [40, 106.56, 133.3, 250.5])
def test_loop_of_any_period_is_found_once_round_and_between_points(period):
    found = loop_score(round_trip(1270, period), HOP_S, 22)
    assert found["period_s"] == pytest.approx(period * HOP_S, rel=1e-4)
    assert found["score"] == pytest.approx(1, abs=0.01)


def test_straight_line_never_returns_and_walk_and_noise_hardly(rng):
    found = loop_score(np.outer(np.arange(300.0), [1.0, -1.0, 0.0]), HOP_S, 22)
    assert found["score"] == 0
    assert np.isnan(found["period_s"])
    assert max(loop_score(random_walk(1000, rng), 1.0, 22)["score"] for _ in range(5)) < 0.1
    assert loop_score(rng.normal(size=(1000, 3)), 1.0, 22)["score"] < 0.1


def test_noise_and_drift_lower_the_score_of_a_sine_but_hide_its_period_late(rng):
    sine = round_trip(1200, 75.5, n_harmonics=2)
    found = [loop_score(sine + level * rng.normal(size=sine.shape), 1.0, 22) for level in (0, 0.1, 0.2, 0.5)]
    scores = [measures["score"] for measures in found]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0.99
    assert scores[-1] < 0.5
    rounds = np.array([measures["period_s"] / 75.5 for measures in found])
    np.testing.assert_allclose(rounds, np.round(rounds), atol=0.02)
    drifting = round_trip(1200, 100) + np.outer(np.arange(1200) / 400, [1.0, 0.0, 0.0])
    found = loop_score(drifting, 1.0, 22)
    assert found["period_s"] == pytest.approx(100, abs=1)
    assert 0.4 < found["score"] < 0.9


def test_spectrum_at_a_lag_is_the_distance_after_that_time(rng):
    z = random_walk(400, rng)
    spectrum = recurrence_spectrum(z)
    assert spectrum.shape == (201,)
    assert spectrum[0] == 0
    for lag in (1, 57, 200):
        assert spectrum[lag] == pytest.approx(distance_after(z, np.arange(400), lag))


def test_long_trajectory_is_thinned_and_keeps_its_spectrum(rng, monkeypatch):
    z = round_trip(3000, 106.56) + 0.1 * rng.normal(size=(3000, 3))
    whole = recurrence_spectrum(z)
    monkeypatch.setattr("evaluate.song.loop_score.N_STARTS", 300)
    thinned = recurrence_spectrum(z)
    assert np.abs(thinned - whole).max() > 0
    np.testing.assert_allclose(thinned, whole, atol=0.05)


@pytest.mark.parametrize("depth", [0.0, 0.2])
def test_parabola_through_squares_finds_the_foot_between_lags(depth):
    spectrum = np.sqrt(depth**2 + 0.16 * (np.arange(7) - 3.7) ** 2)
    spectrum[:2] = 0, 1
    lags, returns = find_returns(spectrum, 1)
    assert lags == pytest.approx([3.7])
    assert returns == pytest.approx([1 - depth])


@pytest.mark.parametrize(
    ("spectrum", "min_lag", "lags", "returns"),
    [
        ([0, 0.4, 0.2, 0.4], 1, [2], [1 - 0.2 / 0.4]),  # by how far the path had gone
        ([0, 1.6, 0.8, 1.6], 1, [2], [1 - 0.8]),  # random pairs are as far as counts
        ([0, 1.0, 2.0, 1.5, 2.0], 1, [], []),  # farther off than random pairs
        ([0, 1.0, 0.5], 1, [], []),  # an end is no minimum
        ([0, 1.0, 0.5, 0.5, 1.0], 1, [2.5], None),
        ([0, 1.0, 0.5, 1.0, 0.5, 1.0], 3, [4], [0.5]),
        ([0, 1.0, 0.5, 1.0, 0.5, 1.0], 2, [2, 4], [0.5, 0.5]),
    ],
)
def test_returns_by_hand(spectrum, min_lag, lags, returns):
    found, measured = find_returns(np.array(spectrum), min_lag)
    assert found == pytest.approx(lags)
    if returns is not None:
        assert measured == pytest.approx(returns)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), factor=st.floats(1e-3, 1e3), offset=st.floats(-10, 10))
def test_shift_and_size_and_order_of_axes_do_not_matter(seed, factor, offset):
    rng = np.random.default_rng(seed)
    z = round_trip(200, rng.uniform(20, 60)) + 0.2 * rng.normal(size=(200, 3))
    one, other = loop_score(z, 1.0, 10), loop_score(factor * (z[:, ::-1] + offset), 1.0, 10)
    np.testing.assert_allclose(other["score"], one["score"], atol=1e-9)
    np.testing.assert_allclose(other["period_s"], one["period_s"])


def test_surrogates_without_time_distinguish_an_exact_loop_made_of_a_walk_from_the_walk(rng):
    z = exact_loop(random_walk(600, rng), 90)
    found = loop_score(z, 1.0, 22)
    assert (found["period_s"], found["score"]) == (pytest.approx(90, abs=0.01), pytest.approx(1))
    loop = compare_with_surrogates(z, 22, surrogate=time_shuffled, n_surrogates=19)
    walk = compare_with_surrogates(random_walk(600, rng), 22, surrogate=time_shuffled, n_surrogates=19)
    assert loop["p_value"] == 1 / 20
    assert loop["surrogate_scores"].shape == (19,)
    assert walk["p_value"] > 0.3
    itself = compare_with_surrogates(lorenz63(300), 10, surrogate=lambda z, _: z, n_surrogates=4)
    assert itself["p_value"] == 1
    assert (itself["surrogate_scores"] == itself["score"]).all()


@pytest.mark.parametrize(
    ("z", "message"),
    [
        (np.full((50, 3), np.nan), r"z of shape \(50, 3\): must be finite"),
        (np.ones((50, 3)), r"z of shape \(50, 3\): must be four points at least, and not all the same"),
        (np.eye(3), r"z of shape \(3, 3\): must be four points at least, and not all the same"),
        (lorenz63(50), "window_points=25: must be at least 1 and less than half of the 50 points of z"),
    ],
)
def test_what_has_no_score(z, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        loop_score(z, 1.0, 25)
    with pytest.raises(ValueError, match=r"^n_surrogates=0: must be at least 1$"):
        compare_with_surrogates(lorenz63(50), 10, n_surrogates=0)


N_SURROGATES = 19


def measure(z, seed=0, max_period_s=60.0):
    """Of windows of 1 s: points share sound over eight hops."""
    starts_s = 0.125 * np.arange(len(z))
    embedding = {"z": z.astype(np.float32), "starts_s": starts_s, "times_s": starts_s + 0.5, "ends_s": starts_s + 1.0}
    return measure_recurrence(embedding, max_period_s=max_period_s, n_surrogates=N_SURROGATES, seed=seed)


def test_a_loop_of_eight_rounds_returns_at_its_period_and_better_than_its_own_pieces():
    once = np.fft.irfft(np.fft.rfft(np.random.default_rng(440).normal(size=(50, 3)), axis=0)[:6], n=50, axis=0)
    z = np.tile(once, (8, 1))
    loop = measure(z)
    assert loop["score"] == pytest.approx(1, abs=0.01)
    assert loop["period_s"] == pytest.approx(50 * 0.125, rel=0.01)
    assert loop["distance_after_lag"][50] < 1e-6
    assert loop["lags_s"][[50, -1]].tolist() == [50 * 0.125, 200 * 0.125]  # to half the song
    assert loop["shuffled_p"] == 1 / (1 + N_SURROGATES)
    assert loop["shuffled_scores"].shape == loop["randomised_scores"].shape == (N_SURROGATES,)
    assert loop["shuffled_scores"].max() < loop["score"]
    short = measure(z, max_period_s=40 * 0.125)
    assert short["lags_s"][-1] == 40 * 0.125
    assert short["score"] < loop["score"]


@pytest.mark.slow
def test_noise_returns_no_better_than_its_pieces_and_too_few_points_are_refused(rng):
    z = rng.normal(size=(400, 3))
    first, again, other = measure(z), measure(z), measure(z, seed=1)
    assert first["score"] < 0.3
    assert min(first["shuffled_p"], first["randomised_p"]) > 0.05
    assert all(np.array_equal(first[name], again[name], equal_nan=True) for name in first)
    assert (first["shuffled_scores"] != other["shuffled_scores"]).any()
    assert first["score"] == other["score"]
    assert np.isfinite(measure(z[:36])["shuffled_p"])
    for n_points in (35, 16):
        with pytest.raises(ValueError, match=rf"^window\.length_s: windows of 8 points .* from {n_points} points"):
            measure(z[:n_points])


@pytest.mark.parametrize("n_points", [230, 231])
def test_the_spectrum_is_that_of_every_nth_point_however_they_lie_in_memory(rng, monkeypatch, n_points):
    monkeypatch.setattr("evaluate.song.loop_score.N_STARTS", 30)
    z = np.cumsum(rng.normal(size=(n_points, 3)), axis=0)
    expected = [0.0]
    for lag in range(1, n_points // 2 + 1):
        every = max(1, (n_points - lag) // 30)
        expected.append(np.linalg.norm(z[lag::every] - z[:-lag:every], axis=1).mean())
    spectrum = recurrence_spectrum(z)
    np.testing.assert_allclose(spectrum / spectrum.max(), np.array(expected) / max(expected), rtol=1e-12)
