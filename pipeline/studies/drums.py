"""Parameters, results and steps of the study `drums`: shift-invariant dictionaries of grids of drum MIDI."""

from typing import ClassVar, Literal

from pipeline.results import Result
from pipeline.sections.dictionary_study import DictionaryParameters, results_of, steps_of
from pipeline.sections.symbolic import Grid

STEPS = steps_of("drums")
RESULTS = results_of(STEPS, "grid")


class Parameters(DictionaryParameters):
    """All sections of the study `drums`."""

    STEPS: ClassVar[tuple[str, ...]] = STEPS
    RESULTS: ClassVar[dict[str, Result]] = RESULTS

    study: Literal["drums"]
    grid: Grid = Grid()
