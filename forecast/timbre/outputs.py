"""What sources became by one run: an output for each pair of a source and a target, and for what is held out."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline import results
from pipeline.parameters import ROOT, StudyParameters
from save_dataset.stored import Stored


@dataclass(frozen=True)
class Outputs(Stored):
    """Outputs of a run, one after the other in one array.

    First every source becomes every target; then what is held out of a target becomes that target, the reconstruction
    of it. A run that blends targets has one target, named after those it blends.
    """

    source_names: np.ndarray  # (n_outputs,), of what is held out the name of the target
    target_names: np.ndarray  # (n_outputs,)
    held_out: np.ndarray  # (n_outputs,), whether it is the reconstruction of what is held out
    samples: np.ndarray  # (n_samples,) float32
    ends: np.ndarray  # (n_outputs,), sample after the last of each
    gains: np.ndarray  # (n_outputs,), 1, or less where the sound was made softer so that it does not clip

    @property
    def sound_names(self) -> list[str]:
        """Names of outputs that differ, for files."""
        rows = zip(self.source_names, self.target_names, self.held_out, strict=True)
        return [f"{source}{'_held_out' if held_out else ''}_to_{target}" for source, target, held_out in rows]

    def sound(self, output: int) -> np.ndarray:
        """Return the sound of an output, ``(n_samples,)``."""
        return np.split(self.samples, self.ends[:-1])[output]


def load_outputs(parameters: StudyParameters, root: Path = ROOT) -> Outputs:
    """Return the stored outputs of a run; raises as `results.load` does."""
    return Outputs.from_arrays(results.load(parameters, "transfers", root))
