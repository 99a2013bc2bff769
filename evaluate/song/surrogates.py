"""Surrogates and reference systems: trajectories of which it is known how far they can be forecast.

An exact loop: for ever. Lorenz-63: some Lyapunov times. A phase-randomised surrogate: as far as the best linear
forecast goes. A random walk: no farther than its own smoothing.
"""

import numpy as np
from scipy.integrate import solve_ivp

LORENZ_START = np.ones(3)
LORENZ_TRANSIENT = 50.0


def lorenz63(n_points: int, dt: float = 0.05, start: np.ndarray | None = None) -> np.ndarray:
    """Return a stretch of the Lorenz attractor with sigma = 10, rho = 28, beta = 8 / 3, ``(n_points, 3)``.

    It begins at `start`, without one at a point reached after a transient that is dropped: the same arguments give the
    same points. Errors grow e-fold in 1 / 0.9056 units of time, its largest Lyapunov exponent (Sprott 2003, Chaos and
    Time-Series Analysis, appendix A): about 22 points at the default `dt`, the time from one point to the next.

    References
    ----------
    Lorenz (1963), Deterministic nonperiodic flow, Journal of the Atmospheric Sciences 20, equations 25 to 27.
    """
    if n_points < 2:
        raise ValueError(f"n_points={n_points}: must be at least 2")
    if not dt > 0:
        raise ValueError(f"dt={dt}: must be greater than 0")
    first = _solve_lorenz(LORENZ_START, np.array([0.0, LORENZ_TRANSIENT]))[-1] if start is None else start
    return _solve_lorenz(first, dt * np.arange(n_points))


def _solve_lorenz(start: np.ndarray, times: np.ndarray) -> np.ndarray:
    """The solution at `times`, the first of which is that of `start`, ``(n_times, 3)``."""

    def velocity(_: float, point: np.ndarray) -> tuple[float, float, float]:
        x, y, z = point
        return 10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z

    span = times[0], times[-1]
    return solve_ivp(velocity, span, start, method="DOP853", t_eval=times, rtol=1e-9, atol=1e-9).y.T


def phase_randomised(z: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a trajectory with the mean, power spectra of axes and cross-spectra of pairs of `z`, else random.

    The same random phase is added to a frequency in all axes, so that phases between axes stay. The spectrum is that of
    the trajectory tied to a ring: if its ends are far apart, part of that jump is in every surrogate.

    References
    ----------
    Prichard and Theiler (1994), Generating surrogate data for time series with several simultaneously measured
    variables, Physical Review Letters 73, 951.
    """
    spectrum = np.fft.rfft(z, axis=0)
    phases = np.exp(2j * np.pi * rng.random(len(spectrum)))
    phases[0] = 1  # the mean is real
    if len(z) % 2 == 0:
        phases[-1] = 1  # and so is the highest frequency of an even number of points
    return np.fft.irfft(spectrum * phases[:, None], n=len(z), axis=0)


def time_shuffled(z: np.ndarray, rng: np.random.Generator, mean_points: int = 66) -> np.ndarray:
    """Return the trajectory cut at random into pieces, `mean_points` long on average, in random order.

    It visits the same regions in the same ways, but returns at no fixed time. The default is three windows of half a
    second.
    """
    n_pieces = round(len(z) / mean_points)
    if n_pieces < 2:
        raise ValueError(f"mean_points={mean_points}: must cut the {len(z)} points of z into two pieces at least")
    cuts = np.sort(rng.choice(np.arange(1, len(z)), size=n_pieces - 1, replace=False))
    pieces = np.split(z, cuts)
    return np.concatenate([pieces[piece] for piece in rng.permutation(n_pieces)])


def exact_loop(z: np.ndarray, n_loop: int) -> np.ndarray:
    """Return the first `n_loop` points of a trajectory over and over, to its length.

    In the first half of each round the path fades over from how the trajectory went on after `n_loop` points to how it
    began, so that it closes without a jump. The trajectory is at least one and a half times as long as the loop.
    """
    n_fade = n_loop // 2
    if n_loop < 2 or n_loop + n_fade > len(z):
        raise ValueError(f"n_loop={n_loop}: must be at least 2, and with a half more at most the {len(z)} points of z")
    began = (1 - np.cos(np.pi * np.arange(n_fade) / n_fade))[:, None] / 2  # 0 at the seam, where the old path goes on
    loop = z[:n_loop].astype(float)
    loop[:n_fade] = began * z[:n_fade] + (1 - began) * z[n_loop : n_loop + n_fade]
    return loop[np.arange(len(z)) % n_loop]


def random_walk(n_points: int, rng: np.random.Generator, window_points: int = 22) -> np.ndarray:
    """Return a random walk in three dimensions seen through a running mean, ``(n_points, 3)``.

    Neighbouring points share all but one of the steps they are the mean of, as neighbouring windows share their
    frames: its future is known within a window and unknown beyond.
    """
    if min(n_points, window_points) < 1:
        raise ValueError(f"n_points={n_points}, window_points={window_points}: must be at least 1")
    walk = np.cumsum(rng.normal(size=(n_points + window_points - 1, 3)), axis=0)
    sums = np.cumsum(np.concatenate([np.zeros((1, 3)), walk]), axis=0)
    return (sums[window_points:] - sums[:-window_points]) / window_points
