"""Measuring runs by the bases that they learned, in the studies `signal` and `digits`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from models.complex_autoencoder import ComplexAutoencoder
from pipeline import results
from pipeline.parameters import ROOT, StudyParameters
from pipeline.results import Arrays

Measure = Callable[[Arrays, np.ndarray, Any], tuple[Arrays, str]]  # data, bases, parameters: measures, a line


def measure_bases(
    parameters: StudyParameters, data: str, measure: Measure, root: Path = ROOT, runs: list[str] | None = None
) -> list[Path]:
    """Measure the bases of each run on the data of a study, print a line and save them; returns the paths.

    Parameters
    ----------
    data : str
        The kind of result that step 1 saves.
    measure : callable
        From the data, bases ``(2 * n_bases, n_values)`` and the parameters of the run to measures and a line of text.
    """
    arrays, paths = results.load(parameters, data, root), []
    for each in parameters.for_runs(runs):
        path = results.usable_path(each, "complex_autoencoder", root)
        autoencoder: ComplexAutoencoder = keras.saving.load_model(path)
        measures, line = measure(arrays, np.asarray(autoencoder.bases.rows()), each)
        print(f"{each.run}: {line}")
        paths.append(results.save(each, "measures", measures, root))
    print(f"wrote {len(paths)} files to {results.display_path(results.folder_of(parameters, root), root)}")
    return paths
