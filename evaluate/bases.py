"""Measuring runs by the bases that they learned, in the studies `signal` and `digits`."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from models.complex_autoencoder import ComplexAutoencoder
from pipeline import results
from pipeline.parameters import ROOT, StudyParameters
from pipeline.results import Arrays


def measure_bases(
    parameters: StudyParameters,
    data: str,
    measure: Callable[..., tuple[Arrays, str]],
    root: Path = ROOT,
    runs: list[str] | None = None,
) -> list[Path]:
    """Measure the bases of each run on the data of a study, print a line, save the measures; return the paths.

    Parameters
    ----------
    data : str
        The kind of result that step 1 saves.
    measure : callable
        From the data, bases ``(2 * n_bases, n_values)`` and the parameters of the run to measures and a line of text.
    """
    arrays, paths = results.load(parameters, data, root), []
    for run in parameters.for_runs(runs):
        autoencoder: ComplexAutoencoder = results.load_model(run, "complex_autoencoder", root)
        measures, line = measure(arrays, np.asarray(autoencoder.bases.rows()), run)
        print(f"{run.run}: {line}")
        paths.append(results.save(run, "measures", measures, root))
    print(f"wrote {len(paths)} files to {results.display_path(results.folder_of(parameters, root), root)}")
    return paths
