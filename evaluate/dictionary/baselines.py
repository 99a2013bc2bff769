"""Other dictionaries, fitted on the same windows as the autoencoder's, which must be better than they are.

Each is a set of atoms and a way to code a window with them; the reconstruction is ``mean + codes @ atoms``. Windows are
rows: ``(n_windows, dim)``, their steps and channels in one axis. Principal components are atoms too. A method is fitted
once for all numbers of winners, but for MOD, whose atoms depend on it.

Methods: zeros and mean give the same for every window; pca codes with all components, pca_first with the first k,
pca_largest with the k of largest magnitude; kmeans with the nearest centre; nmf, dictionary_learning and mod with k
winners, found by orthogonal matching pursuit.
"""

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from sklearn.cluster import KMeans
from sklearn.decomposition import NMF, PCA, MiniBatchDictionaryLearning
from sklearn.exceptions import ConvergenceWarning

from evaluate.dictionary.pursuit import as_codes, fit_mod, normalised, orthogonal_matching_pursuit

MAX_SLOW_WINDOWS = 6000  # that NMF and dictionary learning see; they take seconds for them, minutes for all
DICTIONARY_LEARNING = {"alpha": 1.0, "max_iter": 8, "batch_size": 256}
NMF_ITERATIONS = 60  # measured on bars and beats of Groove: 200 take three times as long, and k parts then code worse

Encoder = Callable[[np.ndarray], Any]
Fitted = tuple[int, np.ndarray, np.ndarray, Encoder]  # k, atoms, mean, encode


@dataclass(frozen=True)
class Baseline:
    """A fitted dictionary and its way of coding."""

    method: str
    k: int  # atoms that a window may have: 0 for a constant, all for pca
    atoms: np.ndarray  # (n_atoms, dim), none for a constant
    mean: np.ndarray  # (dim,), added to every window
    encode: Encoder  # from windows (n_windows, dim) to codes (n_windows, n_atoms), an array or a sparse one
    cpu_s: float  # of the fit

    def reconstruct(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return reconstructed windows, float32, ``(n_windows, dim)``, and the uses of each atom, ``(n_atoms,)``."""
        if x.ndim != 2 or x.shape[1] != len(self.mean) or not np.isfinite(x).all():
            raise ValueError(f"x of shape {x.shape}: must be (n_windows, {len(self.mean)}), finite")
        codes = self.encode(x)
        usage = np.asarray((codes != 0).sum(axis=0)).ravel()
        return (self.mean + codes @ self.atoms).astype(np.float32), usage


def fit_baselines(method: str, train: np.ndarray, *, n_atoms: int, ks: Sequence[int], seed: int = 0) -> list[Baseline]:
    """Fit the dictionaries of one of `METHODS` on windows ``(n_windows, dim)``: for each k, or one if it has no choice.

    PCA has no more atoms than dim. The seed draws first atoms and windows. For memory, k-means works on the windows
    in place, and leaves them as they were but for rounding.

    Raises
    ------
    ValueError
        If the method is unknown, k is not 1 to n_atoms, a value is not finite or there are fewer windows than atoms.
    """
    _validate(method, train, n_atoms, ks)
    groups = [(k,) for k in ks] if method == "mod" else [tuple(ks)]
    baselines = []
    for group in groups:
        before_s = time.process_time()
        fitted = METHODS[method](train, n_atoms, group, seed)
        cpu_s = time.process_time() - before_s
        baselines += [Baseline(method, *dictionary, cpu_s) for dictionary in fitted]
    return baselines


def _validate(method: str, train: np.ndarray, n_atoms: int, ks: Sequence[int]) -> None:
    if method not in METHODS:
        raise ValueError(f"method={method}: must be one of {', '.join(METHODS)}")
    if train.ndim != 2 or not train.size or not np.isfinite(train).all():
        raise ValueError(f"train of shape {train.shape}: must be (n_windows, dim), finite and not empty")
    if not 1 <= n_atoms <= len(train):
        raise ValueError(f"n_atoms={n_atoms}: must be 1 to the {len(train)} windows of train")
    if wrong := [k for k in ks if not 1 <= k <= n_atoms]:
        raise ValueError(f"k={wrong[0]}: must be 1 to n_atoms={n_atoms}")


def _constant(mean: np.ndarray) -> list[Fitted]:
    return [(0, np.zeros((0, len(mean))), mean, lambda x: np.zeros((len(x), 0)))]


def _fit_pca(
    keep: Callable[[np.ndarray, int], Any], train: np.ndarray, n_atoms: int, ks: Sequence[int], seed: int
) -> list[Fitted]:
    """Fit principal components, at most `n_atoms`, of which `keep` chooses k."""
    pca = PCA(min(n_atoms, *train.shape), random_state=seed).fit(train)

    def encode(x: np.ndarray, k: int) -> Any:
        return keep(pca.transform(x), k)

    return [(k, pca.components_, pca.mean_, partial(encode, k=k)) for k in ks]


def _keep_first(values: np.ndarray, k: int) -> np.ndarray:
    return np.where(np.arange(values.shape[1]) < k, values, 0)


def _keep_largest(values: np.ndarray, k: int) -> csr_array:
    """Return the k values of largest magnitude of each row, the rest 0."""
    k = min(k, values.shape[1])
    chosen = np.argpartition(-np.abs(values), k - 1, axis=1)[:, :k]
    return as_codes(chosen, np.take_along_axis(values, chosen, axis=1), values.shape[1])


def _fit_kmeans(train: np.ndarray, n_atoms: int, ks: Sequence[int], seed: int) -> list[Fitted]:
    """Fit centres of clusters; a window is coded as the nearest."""
    kmeans = KMeans(n_atoms, init="random", n_init=1, random_state=seed, copy_x=False).fit(train)

    def encode(x: np.ndarray) -> csr_array:
        nearest = kmeans.predict(np.asarray(x, kmeans.cluster_centers_.dtype))[:, None]
        return as_codes(nearest, np.ones((len(x), 1), np.float32), n_atoms)

    return [(1, kmeans.cluster_centers_, np.zeros(train.shape[1]), encode)]


def _fit_nmf(train: np.ndarray, n_atoms: int, ks: Sequence[int], seed: int) -> list[Fitted]:
    """Fit non-negative parts; a column with negative values counts as two, what is above 0 and what is below."""
    is_signed = (train < 0).any(axis=0)
    drawn = _draw(train, n_atoms, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # parts that are not final are parts too
        nmf = NMF(n_atoms, max_iter=NMF_ITERATIONS, random_state=seed)
        nmf.fit(np.hstack([drawn, -drawn[:, is_signed]]).clip(0))
    parts, below = np.split(nmf.components_, [train.shape[1]], axis=1)
    parts[:, is_signed] -= below
    return _with_pursuit(parts, ks)


def _fit_dictionary_learning(train: np.ndarray, n_atoms: int, ks: Sequence[int], seed: int) -> list[Fitted]:
    """Fit scikit-learn's dictionary, whose codes are sparse by the sum of magnitudes."""
    learner = MiniBatchDictionaryLearning(n_atoms, **DICTIONARY_LEARNING, random_state=seed)
    return _with_pursuit(learner.fit(_draw(train, n_atoms, seed)).components_, ks)


def _draw(train: np.ndarray, n_atoms: int, seed: int) -> np.ndarray:
    """Draw `MAX_SLOW_WINDOWS` windows, but no fewer than atoms, and keep their order."""
    order = np.random.default_rng(seed).permutation(len(train))
    return train[np.sort(order[: max(n_atoms, MAX_SLOW_WINDOWS)])]


def _fit_mod_of_one_k(train: np.ndarray, n_atoms: int, ks: Sequence[int], seed: int) -> list[Fitted]:
    (k,) = ks
    return _with_pursuit(fit_mod(train, n_atoms, k, seed=seed), ks)


def _with_pursuit(atoms: np.ndarray, ks: Sequence[int]) -> list[Fitted]:
    """Return atoms at unit norm, coded by orthogonal matching pursuit; atoms of zeros are left out."""
    atoms = normalised(atoms[atoms.any(axis=1)])
    zero = np.zeros(atoms.shape[1])
    return [(k, atoms, zero, partial(orthogonal_matching_pursuit, atoms=atoms, k=min(k, len(atoms)))) for k in ks]


METHODS: dict[str, Callable[[np.ndarray, int, Sequence[int], int], list[Fitted]]] = {
    "zeros": lambda train, *_: _constant(np.zeros(train.shape[1])),
    "mean": lambda train, *_: _constant(train.mean(axis=0)),
    "pca": lambda train, n_atoms, ks, seed: _fit_pca(_keep_first, train, n_atoms, [min(n_atoms, *train.shape)], seed),
    "pca_first": partial(_fit_pca, _keep_first),
    "pca_largest": partial(_fit_pca, _keep_largest),
    "nmf": _fit_nmf,
    "kmeans": _fit_kmeans,
    "dictionary_learning": _fit_dictionary_learning,
    "mod": _fit_mod_of_one_k,
}
