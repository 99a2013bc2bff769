"""kymatio's scattering along time, in NumPy, and its filters as ours."""

import warnings

import numpy as np
import pytest
import scipy.special

from models.filter_banks import Filter
from models.time_scattering import TimeScattering

SMALLEST = 1e-7  # of a filter's maximum: what is left out


def kymatio_scattering(**settings):
    """Return kymatio's transform; the test is skipped without kymatio.

    Version 0.3.0 imports `scipy.special.sph_harm`, which scipy no longer has, for scattering in three dimensions.
    """
    if not hasattr(scipy.special, "sph_harm"):
        scipy.special.sph_harm = lambda m, n, theta, phi: scipy.special.sph_harm_y(n, m, phi, theta)
    pytest.importorskip("kymatio")
    from kymatio.numpy import Scattering1D

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Scattering1D(**settings)


class WithFilters(TimeScattering):
    """Scattering with kymatio's filters and paths; the signal comes padded."""

    def __init__(self, theirs, **settings):
        super().__init__(1000.0, octaves=1, **settings)
        self.theirs = theirs

    def make_banks(self, n_samples):
        theirs = self.theirs
        return (
            cut({**theirs.phi_f, "xi": 0.0}, n_samples),
            *([cut(psi, n_samples) for psi in bank] for bank in (theirs.psi1_f, theirs.psi2_f)),
        )

    def followers(self, path):
        first = self.theirs.psi1_f[path[0]]
        return [index for index, psi in enumerate(self.theirs.psi2_f) if psi["j"] > first["j"]]


def cut(psi, n_samples):
    """One of kymatio's filters where it is not negligible, up to the Nyquist frequency."""
    values = psi["levels"][0].ravel()[: n_samples // 2 + 1].real
    inside = np.flatnonzero(np.abs(values) > SMALLEST * values.max())
    start = 0 if psi["xi"] == 0 else max(1, inside[0])
    band = values[start : inside[-1] + 1].astype(np.float32)
    return Filter(int(start), band, psi["xi"] * n_samples, psi["sigma"] * n_samples)


def pad_as_they_do(theirs, signals):
    """Signals ``(n, n_samples)`` continued by reflection to kymatio's length."""
    return np.pad(signals, ((0, 0), (theirs.pad_left, theirs.pad_right)), mode="reflect")


def make_analytic(theirs):
    """Take from kymatio's filters what they let through of negative frequencies, which ours do not."""
    for psi in (*theirs.psi1_f, *theirs.psi2_f):
        values = psi["levels"][0].reshape(-1)  # of the full rate
        values[len(values) // 2 + 1 :] = 0
