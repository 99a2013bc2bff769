import numpy as np
import pytest

from evaluate.song.recurrence import measure_recurrence

HOP_S = 0.125
N_SURROGATES = 19


def embedding_of(z):
    """Windows of 1 s: points share sound over eight hops."""
    starts_s = HOP_S * np.arange(len(z))
    return {"z": z.astype(np.float32), "starts_s": starts_s, "times_s": starts_s + 0.5, "ends_s": starts_s + 1.0}


def measure(z, seed=0, max_period_s=60.0):
    settings = {"max_period_s": max_period_s, "n_surrogates": N_SURROGATES, "seed": seed}
    return measure_recurrence(embedding_of(z), **settings)


@pytest.fixture(scope="module")
def loop():
    """A closed path of 50 points, passed through eight times."""
    rng = np.random.default_rng(440)
    once = np.fft.irfft(np.fft.rfft(rng.normal(size=(50, 3)), axis=0)[:6], n=50, axis=0)
    return measure(np.tile(once, (8, 1)))


def test_a_loop_has_a_score_of_1_at_its_period(loop):
    assert loop["score"] == pytest.approx(1, abs=0.01)
    assert loop["period_s"] == pytest.approx(50 * HOP_S, rel=0.01)
    assert loop["distance_after_lag"][50] < 1e-6
    assert loop["lags_s"][50] == 50 * HOP_S


def test_a_loop_returns_better_than_its_own_pieces_in_another_order(loop):
    assert loop["shuffled_p"] == 1 / (1 + N_SURROGATES)
    assert loop["shuffled_scores"].shape == loop["randomised_scores"].shape == (N_SURROGATES,)
    assert loop["shuffled_scores"].max() < loop["score"]


def test_no_period_longer_than_asked_for_is_found(loop):
    assert loop["lags_s"][-1] == 200 * HOP_S  # half the song
    rng = np.random.default_rng(440)
    once = np.fft.irfft(np.fft.rfft(rng.normal(size=(50, 3)), axis=0)[:6], n=50, axis=0)
    short = measure(np.tile(once, (8, 1)), max_period_s=40 * HOP_S)
    assert short["lags_s"][-1] == 40 * HOP_S
    assert short["score"] < loop["score"]


def test_noise_returns_no_better_than_its_pieces(rng):
    measures = measure(rng.normal(size=(400, 3)))
    assert measures["score"] < 0.3
    assert measures["shuffled_p"] > 0.05
    assert measures["randomised_p"] > 0.05


def test_nothing_but_the_seed_is_drawn(rng):
    z = np.cumsum(rng.normal(size=(200, 3)), axis=0)
    first, again, other = measure(z), measure(z), measure(z, seed=1)
    assert all(np.array_equal(first[name], again[name], equal_nan=True) for name in first)
    assert (first["shuffled_scores"] != other["shuffled_scores"]).any()
    assert first["score"] == other["score"]


def test_windows_longer_than_half_the_song_are_refused(rng):
    with pytest.raises(ValueError, match="window_points=8: must be at least 1 and less than half of the 16 points"):
        measure(rng.normal(size=(16, 3)))
