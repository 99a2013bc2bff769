"""Linear projections of a series to what is predictable of it: slow feature analysis, dynamical components analysis.

A series is ``(n_points, n)``, of mean 0, its covariance not singular; what is multiplied with it, ``(n, latent_dim)``.

References
----------
L. Wiskott and T. J. Sejnowski, "Slow feature analysis: unsupervised learning of invariances", Neural Computation 14,
2002. For a lag of one point the same as time-lagged independent component analysis: G. Perez-Hernandez et al.,
"Identification of slow molecular order parameters for Markov model construction", J. Chem. Phys. 139, 2013.
D. G. Clark, J. A. Livezey, K. E. Bouchard, "Unsupervised discovery of temporal structure in noisy data with dynamical
components analysis", NeurIPS 2019.
"""

import numpy as np
import scipy

PAST_POINTS = 2  # T, and as many future ones; with 5, what is found on some songs oscillates within a window
NOISE = 0.01  # variance of white noise added in every direction, as a fraction of all variance; at 0.001, as above
N_RANDOM_STARTS = 3
ORTHONORMALITY = 10.0  # weight that keeps columns orthonormal, as in the paper's code; the best ones pay nothing


def slow_features(series: np.ndarray, latent_dim: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what gives the slowest uncorrelated coordinates of variance 1, slowest first, and their delta values.

    A delta value is the mean square of a coordinate's difference between consecutive points: 0 where it stands still, 2
    for white noise.
    """
    differences = np.diff(series, axis=0)
    squares = differences.T @ differences / len(differences)
    delta_values, v = scipy.linalg.eigh(squares, series.T @ series / len(series))
    return v[:, :latent_dim], delta_values[:latent_dim]


def dynamical_components(series: np.ndarray, latent_dim: int, seed: int = 0) -> tuple[np.ndarray, float]:
    """Return the orthonormal projection of largest predictive information, and that information in nats.

    It is looked for from the first coordinates, the slowest, and random ones that the seed draws. Of all projections to
    the same space, which inform alike, it is the one to the principal axes, that of largest variance first.
    """
    covariances = lagged_covariances(series, 2 * PAST_POINTS)
    rng, shape = np.random.default_rng(seed), (series.shape[1], latent_dim)
    starts = [np.eye(*shape), slow_features(series, latent_dim)[0]]
    starts += [rng.normal(size=shape) for _ in range(N_RANDOM_STARTS)]
    found = [
        scipy.optimize.minimize(_cost, np.linalg.qr(start)[0].ravel(), (covariances, latent_dim), "L-BFGS-B", jac=True)
        for start in starts
    ]
    best = min(found, key=lambda each: each.fun).x.reshape(shape)
    basis = np.linalg.qr(best)[0]
    v = basis @ np.linalg.eigh(basis.T @ covariances[0] @ basis)[1][:, ::-1]
    return v, predictive_information(v, covariances)[0]


def lagged_covariances(series: np.ndarray, n_lags: int) -> np.ndarray:
    """Return the covariances of each point with the one `lag` points before it, ``(n_lags, n, n)``, and some noise.

    Sums over the pairs there are, divided by the number of points: they are those of a stationary process.
    """
    n_points, n = series.shape
    pairs = [(series[lag:], series[: max(0, n_points - lag)]) for lag in range(n_lags)]
    covariances = np.array([later.T @ earlier / n_points for later, earlier in pairs])
    covariances[0] += NOISE * np.trace(covariances[0]) * np.eye(n)
    return covariances


def predictive_information(v: np.ndarray, covariances: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mutual information of as many past and future points of a Gaussian process, and its gradient by `v`.

    Parameters
    ----------
    v : np.ndarray (n, latent_dim)
        Projection of the process; any of full rank that spans the same space has the same information.
    covariances : np.ndarray (2 * past points, n, n)
        Of the process, as `lagged_covariances` gives them.

    Returns
    -------
    nats : float
    gradient : np.ndarray (n, latent_dim)
    """
    halfway = covariances @ v
    projected = v.T @ halfway  # (n_lags, latent_dim, latent_dim)
    of_past, past_slopes = _log_determinant(projected[: len(projected) // 2])
    of_all, slopes = _log_determinant(projected)
    slopes = -0.5 * slopes
    slopes[: len(past_slopes)] += past_slopes
    gradient = halfway @ slopes.swapaxes(1, 2) + covariances.swapaxes(1, 2) @ v @ slopes
    return of_past - 0.5 * of_all, gradient.sum(axis=0)


def _log_determinant(covariances: np.ndarray) -> tuple[float, np.ndarray]:
    """The log-determinant of the covariance of as many consecutive points as there are lags, its gradient by lag."""
    n_lags, dim, _ = covariances.shape
    lag = np.subtract.outer(np.arange(n_lags), np.arange(n_lags))
    blocks = np.where((lag >= 0)[..., None, None], covariances[lag], covariances[-lag].swapaxes(2, 3))
    matrix = blocks.swapaxes(1, 2).reshape(n_lags * dim, n_lags * dim)
    inverse = np.linalg.inv(matrix).reshape(n_lags, dim, n_lags, dim).swapaxes(1, 2)
    slopes = np.array([inverse[lag == each].sum(axis=0) * (2 if each else 1) for each in range(n_lags)])
    return float(np.linalg.slogdet(matrix)[1]), slopes


def _cost(flat: np.ndarray, covariances: np.ndarray, latent_dim: int) -> tuple[float, np.ndarray]:
    """Minus the predictive information of a projection, plus what keeps it orthonormal; with the gradient."""
    v = flat.reshape(-1, latent_dim)
    nats, gradient = predictive_information(v, covariances)
    excess = v.T @ v - np.eye(latent_dim)
    cost = -nats + ORTHONORMALITY * np.sum(excess**2)
    return cost, (-gradient + 4 * ORTHONORMALITY * v @ excess).ravel()
