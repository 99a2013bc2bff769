"""Methods, which figures and tables compare: single runs, and groups of runs that differ only by chance."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from evaluate.timbre.measures import Measures
from pipeline import results
from pipeline.figures import OTHER_COLOURS
from pipeline.parameters import ROOT
from pipeline.studies.timbre import Parameters

Methods: TypeAlias = Mapping[str, Sequence[Measures]]  # by name, the measures of the runs of each

SOURCE_COLOUR, TARGET_COLOUR = "0.5", "0.87"
COLOURS = ("tab:red", "tab:blue", *OTHER_COLOURS, "goldenrod", "teal")


def names_of_runs(parameters: Parameters) -> dict[str, str]:
    """Return for each run the name of its method: that of its group, or its own."""
    group_of = {run: group for group, runs in parameters.figures.groups.items() for run in runs}
    return {run: group_of.get(run, run) for run in parameters.runs}


def colours_of(parameters: Parameters) -> dict[str, str]:
    """Return the colour of each method; that of sources for the identity."""
    names = names_of_runs(parameters)
    kinds = {names[str(run.run)]: run.method.kind for run in parameters.for_runs()}
    others = [name for name, kind in kinds.items() if kind != "identity"]
    colours = {name: COLOURS[index % len(COLOURS)] for index, name in enumerate(others)}
    return {name: colours.get(name, SOURCE_COLOUR) for name in kinds}


def load_runs(parameters: Parameters, root: Path = ROOT) -> dict[str, Measures]:
    """Return the measures of the runs that are measured."""
    stored = results.load_fresh(parameters.for_runs(), "measures", root)
    return {run: Measures.from_arrays(arrays) for run, arrays in stored.items()}


def by_method(parameters: Parameters, runs: Mapping[str, Measures]) -> Methods:
    """Return the measures of runs by the name of their method, in the order of the file."""
    names, methods = names_of_runs(parameters), dict[str, list[Measures]]()
    for run, measures in runs.items():
        methods.setdefault(names[run], []).append(measures)
    return methods


def examples_of(parameters: Parameters, kind: str, root: Path = ROOT) -> dict[str, Parameters]:
    """Return for each method one run that has a result, the first of a group; not the identity, which is the source."""
    names, examples = names_of_runs(parameters), dict[str, Parameters]()
    for run in parameters.for_runs():
        if run.method.kind != "identity" and results.is_fresh(run, kind, root):
            examples.setdefault(names[str(run.run)], run)
    return examples
