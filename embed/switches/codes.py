"""The codes that switches become, their principal components, and what each of these does: sliders.

A setting is a code: the mean of the codes of the switches that are on, weighted by how far, or of all clips where none
is; and the sliders' steps away from it, each in standard deviations of the clips along a principal component.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA

from pipeline import results
from pipeline.parameters import ROOT, StudyParameters
from save_dataset.stored import Stored

MAX_POSITION = 100.0  # of a slider, standard deviations to either side: music ends long before
NO_VARIANCE = 1e-12  # of a component, as a fraction of that of the first: what rounding leaves


@dataclass(frozen=True)
class Codes(Stored):
    """Codes of all switches of one run, and the sliders; the components of most variance first."""

    codes: np.ndarray  # (n_clips, units)
    mean: np.ndarray  # (units,)
    components: np.ndarray  # (n_sliders, units), unit vectors; n_sliders is at most n_clips - 1
    deviations: np.ndarray  # (n_sliders,), standard deviation of the codes along each
    explained: np.ndarray  # (n_sliders,), fraction of their variance
    properties: np.ndarray  # (n_properties,), see `embed.switches.sliders.WORDS`
    correlations: np.ndarray  # (n_sliders, n_properties), of a slider with properties of what is generated
    change_db: np.ndarray  # (n_sliders,), mean change of the spectrogram from -2 to 2 deviations

    @property
    def n_switches(self) -> int:
        """Number of switches, one for each clip."""
        return len(self.codes)

    @property
    def n_sliders(self) -> int:
        """Number of sliders, one for each component."""
        return len(self.components)

    def code_of(self, switches: np.ndarray, sliders: np.ndarray | None = None) -> np.ndarray:
        """Return the code ``(units,)`` of a setting: how far each switch is on ``(n_switches,)``, sliders ``(n,)``.

        ValueError if a switch is below 0, a slider beyond 100 standard deviations, or there are others than these; it
        is the first `n` sliders that are given.
        """
        switches, sliders = np.asarray(switches, float), np.asarray([] if sliders is None else sliders, float)
        if switches.shape != (self.n_switches,) or not (np.isfinite(switches) & (switches >= 0)).all():
            raise ValueError(f"switches: must be {self.n_switches} numbers of at least 0")
        if sliders.ndim != 1 or len(sliders) > self.n_sliders or not (np.abs(sliders) <= MAX_POSITION).all():
            raise ValueError(f"sliders: must be at most {self.n_sliders} numbers from -100 to 100")
        code = self.mean.astype(float)
        if switches.any():
            weights = switches / switches.max()  # first, so that no sum is infinite
            code = weights / weights.sum() @ self.codes
        return code + sliders * self.deviations[: len(sliders)] @ self.components[: len(sliders)]

    def sliders_of(self, code: np.ndarray) -> np.ndarray:
        """Return the position of all sliders, ``(n_sliders,)``, with which no switch need be on for a code.

        Codes of switches and their blends come back exactly, of any other what sliders reach. It takes many codes too.
        """
        return (code - self.mean) @ self.components.T / self.deviations


def as_array(positions: Mapping[str, float], size: int) -> np.ndarray:
    """Return positions of switches or sliders by number, from 1 on, as an array ``(size,)``; 0 where there is none."""
    return np.array([positions.get(str(number), 0.0) for number in range(1, size + 1)])


def find_components(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return components of codes ``(n_codes, units)``, the standard deviation along each, and the fraction it explains.

    There are those along which codes differ at all; the sign of each is not determined. ValueError if all are the same.
    """
    codes = np.asarray(codes, float)
    if (codes == codes[0]).all():
        raise ValueError("the codes of all switches are the same, so that there are no sliders")
    analysis = PCA(svd_solver="full").fit(codes)
    variances = analysis.explained_variance_
    kept = slice(min(len(codes) - 1, np.count_nonzero(variances > NO_VARIANCE * variances[0])))
    return analysis.components_[kept], np.sqrt(variances[kept]), analysis.explained_variance_ratio_[kept]


def load_codes(parameters: StudyParameters, root: Path = ROOT) -> Codes:
    """Return the codes of a run that step 3 stored."""
    return Codes.from_arrays(results.load(parameters, "embedding", root))
