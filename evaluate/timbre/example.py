"""The example that figures show: one source, what each method makes of it for one target, and the target itself."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluate.timbre.methods import examples_of
from forecast.timbre.outputs import load_outputs
from pipeline.parameters import ROOT
from pipeline.studies.timbre import Parameters
from save_dataset.timbre.sounds import Sources, Targets, load_sources, load_targets


@dataclass(frozen=True)
class Example:
    """Sounds of an example, each ``(n_samples,)``."""

    source_name: str
    target_name: str
    source: np.ndarray
    target: np.ndarray  # what is learned of it
    outputs: dict[str, np.ndarray]  # by method
    sample_rate_hz: int


def load_example(parameters: Parameters, root: Path = ROOT) -> Example:
    """Return the example that `figures` names, with the outputs of those methods that have them.

    Raises
    ------
    ValueError
        If there is no such source, or if what is to be drawn begins after its end.
    """
    sources, targets = load_sources(parameters, root), load_targets(parameters, root)
    source, target = chosen_pair(parameters, sources, targets)
    outputs = {}
    for method, run in examples_of(parameters, "transfers", root).items():
        of_run = load_outputs(run, root)  # one at a time, for they are large
        row = row_of(of_run.source_names, of_run.target_names, of_run.held_out, source, target)
        if row is not None:
            outputs[method] = of_run.sound(row)
    return Example(
        source_name=source,
        target_name=target,
        source=sources.sound(sources.index_of(source)),
        target=targets.sound(targets.index_of(target), held_out=False),
        outputs=outputs,
        sample_rate_hz=parameters.stft.sample_rate_hz,
    )


def chosen_pair(parameters: Parameters, sources: Sources, targets: Targets) -> tuple[str, str]:
    """Return the names of the source and the target that are drawn; ValueError as `load_example`."""
    figures, names = parameters.figures, sources.names.tolist()
    source = names[0] if figures.source is None else figures.source
    if source not in names:
        raise ValueError(f"figures.source={source!r}: is none of the sources {', '.join(names)}")
    length_s = len(sources.sound(names.index(source))) / parameters.stft.sample_rate_hz
    for key, time_s in (("start_s", figures.start_s), ("spectrum_s", figures.spectrum_s)):
        if time_s is not None and time_s >= length_s:
            raise ValueError(f"figures.{key}={time_s:g}: must be before the end of {source}, at {length_s:.2f} s")
    return source, figures.target or str(targets.names[0])


def row_of(
    source_names: np.ndarray, target_names: np.ndarray, held_out: np.ndarray, source: str, target: str
) -> int | None:
    """Return the index of an output; of a run that blends targets into one that of its own; None if there is none."""
    of_source = (source_names == source) & ~held_out
    of_target = of_source & (target_names == target)
    if not of_target.any() and len({*target_names[of_source]}) == 1:
        of_target = of_source
    return int(np.flatnonzero(of_target)[0]) if of_target.any() else None
