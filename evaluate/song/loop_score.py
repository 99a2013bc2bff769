"""Is a trajectory a loop, how long is it, and how exactly does it close, compared with surrogates that are none?

The recurrence-lag spectrum says for each lag how far apart points are on average that lie this lag apart in time, in
units of the distance of random pairs: 0 at lag 0, about 1 where the trajectory knows nothing of itself, 0 again after
the period of an exact loop. A path that drifts off slowly is near its past as well, so what counts at a minimum is the
return: of the way that the trajectory had gone off before (of the distance of random pairs at most), the fraction that
it has come back. Lags below the length of a window are left out, because such windows share sound.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from embed.song.recurrence import distance_after
from evaluate.song.surrogates import phase_randomised, time_shuffled
from pipeline.windows import count_overlapping_points, mean_hop_s

N_STARTS = 10_000
AT_ONCE = 10  # surrogates: one by one they take three times as long
POINTS_AT_ONCE = 200_000  # but together no more than the cache holds of them
NEARLY = 0.9


def measure_recurrence(
    embedding: Mapping[str, np.ndarray], *, max_period_s: float, n_surrogates: int, seed: int
) -> dict[str, np.ndarray]:
    """Measure how a stored embedding returns, and how surrogates of it do.

    Returns
    -------
    dict of str to np.ndarray
        What `loop_score` returns; ``shuffled_scores`` and ``shuffled_p`` of the song's pieces in random order: whether
        it is a loop at all; ``randomised_scores`` and ``randomised_p`` of paths with the same spectrum: whether it
        repeats more exactly than that demands.

    Raises
    ------
    ValueError
        If the song is shorter than four and a half windows; and as `loop_score` does.
    """
    hop_s = mean_hop_s(embedding["times_s"])
    overlap = count_overlapping_points(embedding["starts_s"], embedding["ends_s"])
    z = embedding["z"].astype(float)
    if 2 * len(z) < 9 * overlap:  # else pieces of three windows can be exchanged, and two fit in half of the points
        raise ValueError(
            f"window.length_s: windows of {overlap} points are too long to tell from {len(z)} points whether the song "
            "returns; take shorter windows or a longer recording"
        )
    longest = max(round(max_period_s / hop_s), overlap + 2)
    measures = loop_score(z, hop_s, overlap, longest)
    settings = {"n_surrogates": n_surrogates, "seed": seed, "longest_points": longest}

    def shuffled(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return time_shuffled(points, rng, mean_points=3 * overlap)

    for name, surrogate in (("shuffled", shuffled), ("randomised", phase_randomised)):
        compared = compare_with_surrogates(z, overlap, surrogate=surrogate, **settings)
        measures[f"{name}_scores"], measures[f"{name}_p"] = compared["surrogate_scores"], compared["p_value"]
    return measures


def loop_score(
    z: np.ndarray, hop_s: float, window_points: int, longest_points: int | None = None
) -> dict[str, np.ndarray]:
    """Return the period after which a trajectory ``(n_points, latent_dim)`` comes back best, and how well.

    Periods are searched from a window (`window_points` hops of `hop_s`) up to half the song, or to `longest_points`.

    Returns
    -------
    dict of str to np.ndarray
        ``score``, the best return: 1 for an exact loop, about 0 for a path that never comes back; ``period_s``, the
        shortest whose return is nearly that, because after two periods a loop has closed as well, NaN if there is no
        return at all; ``lags_s`` and ``distance_after_lag``, the spectrum from lag 0 on.

    Raises
    ------
    ValueError
        If a point is not finite, all points are the same, or half the song is no longer than a window.
    """
    spectrum = recurrence_spectrum(z, longest_points)
    if not 1 <= window_points < len(spectrum) - 1:
        raise ValueError(
            f"window_points={window_points}: must be at least 1 and less than half of the {len(z)} points of z"
        )
    lags, returns = find_returns(spectrum, window_points)
    period = lags[returns >= NEARLY * returns.max()][0] if len(lags) else np.nan
    return {
        "score": np.array(returns.max(initial=0.0)),
        "period_s": np.array(period * hop_s),
        "lags_s": hop_s * np.arange(len(spectrum)),
        "distance_after_lag": spectrum,
    }


def recurrence_spectrum(z: np.ndarray, longest_points: int | None = None) -> np.ndarray:
    """Return the mean distance after each lag from 0 to half the song, by that of random pairs, ``(n_lags,)``.

    No lag is longer than `longest_points`. In a long trajectory some ten thousand evenly spaced points stand for all.
    """
    return _recurrence_spectra(z[None], longest_points)[0]


def _recurrence_spectra(trajectories: np.ndarray, longest_points: int | None) -> np.ndarray:
    """The spectra ``(n, n_lags)`` of trajectories ``(n, n_points, latent_dim)``."""
    for z in trajectories:
        if not np.isfinite(z).all():
            raise ValueError(f"z of shape {z.shape}: must be finite")
        if len(z) < 4 or not np.ptp(z, axis=0).any():
            raise ValueError(f"z of shape {z.shape}: must be four points at least, and not all the same")
    n_points = trajectories.shape[1]
    axes = np.ascontiguousarray(trajectories.swapaxes(1, 2), dtype=float)
    last = min(n_points // 2, longest_points or n_points)
    apart = np.stack([np.zeros(len(axes)), *_mean_distances(axes, last)], axis=1)
    farthest = apart.argmax(axis=1)
    # distance_after knows what random pairs are: one definition serves both
    relative = [distance_after(z, np.arange(n_points), int(lag)) for z, lag in zip(trajectories, farthest, strict=True)]
    return apart * np.array(relative)[:, None] / apart.max(axis=1, keepdims=True)


def _mean_distances(axes: np.ndarray, last: int) -> Iterator[np.ndarray]:
    """Yield mean distances ``(n,)`` at lags 1 to `last` in trajectories given as ``(n, latent_dim, n_points)``.

    Of a long one every n-th point is taken, and the points are laid so that these are next to each other in memory.
    """
    every, phases = 0, []
    for lag in range(1, last + 1):
        if every != (every := max(1, (axes.shape[2] - lag) // N_STARTS)):
            phases = [np.ascontiguousarray(axes[..., phase::every]) for phase in range(every)]
        later = phases[lag % every][..., lag // every :]
        difference = later - phases[0][..., : later.shape[2]]
        yield np.sqrt(np.einsum("nij,nij->nj", difference, difference)).mean(axis=1)


def find_returns(spectrum: np.ndarray, min_lag: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the lags of the minima of a recurrence-lag spectrum, in fractions of a point, and the return at each.

    A period is no whole number of points, and about its period T a smooth loop is at the distance speed * abs(lag - T)
    from itself: the square of that is a parabola, which is laid through the squares of a minimum and its neighbours.
    """
    before, here, after = spectrum[:-2], spectrum[1:-1], spectrum[2:]
    lags = 1 + np.flatnonzero((here < before) & (here <= after))
    lags = lags[lags >= min_lag]
    left, middle, right = (spectrum[lags + step] ** 2 for step in (-1, 0, 1))
    offsets = (left - right) / (2 * (left - 2 * middle + right))
    depths = np.sqrt(np.maximum(0, middle - (left - right) * offsets / 4))
    gone_off = np.minimum(1, np.maximum.accumulate(spectrum)[lags])
    returns = 1 - depths / gone_off
    return (lags + offsets)[returns > 0], returns[returns > 0]


def compare_with_surrogates(
    z: np.ndarray,
    window_points: int,
    *,
    surrogate: Callable[[np.ndarray, np.random.Generator], np.ndarray] = phase_randomised,
    n_surrogates: int = 39,
    seed: int = 0,
    longest_points: int | None = None,
) -> dict[str, np.ndarray]:
    """Compare how a trajectory returns with surrogates, made from it without what is in question.

    With `time_shuffled` the question is whether it is a loop at all. `phase_randomised` asks for more: its
    surrogates keep the periods of the song, so that only what repeats more exactly than its spectrum demands is
    above them; a circle is not, being a linear oscillation.

    Returns
    -------
    dict of str to np.ndarray
        ``score``; ``surrogate_scores`` (n_surrogates,); ``p_value``, the fraction of scores, its own among them, that
        are at least as high: 1 / (n_surrogates + 1) or more.

    References
    ----------
    Theiler and Prichard (1996), Constrained-realization Monte-Carlo method for hypothesis testing, Physica D 94.
    """
    if n_surrogates < 1:
        raise ValueError(f"n_surrogates={n_surrogates}: must be at least 1")
    rng = np.random.default_rng(seed)
    score = loop_score(z, 1.0, window_points, longest_points)["score"]
    others = np.empty(n_surrogates)
    at_once = max(1, min(AT_ONCE, POINTS_AT_ONCE // len(z)))
    for begin in range(0, n_surrogates, at_once):
        of_block = others[begin : begin + at_once]
        surrogates = np.stack([surrogate(z, rng) for _ in of_block])
        spectra = _recurrence_spectra(surrogates, longest_points)
        of_block[:] = [find_returns(spectrum, window_points)[1].max(initial=0.0) for spectrum in spectra]
    p_value = (1 + np.sum(others >= score)) / (1 + n_surrogates)
    return {"score": score, "surrogate_scores": others, "p_value": np.array(p_value)}
