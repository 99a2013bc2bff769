"""Parameters, results and steps of the study `drums`: shift-invariant dictionaries of grids of drum MIDI."""

from typing import Literal

from pipeline.sections.dictionary_study import DictionaryParameters, results_of, steps_of
from pipeline.sections.symbolic import Grid


class Parameters(DictionaryParameters):
    """All sections of the study `drums`."""

    STEPS = steps_of("drums")
    RESULTS = results_of(STEPS, "grid")

    study: Literal["drums"]
    grid: Grid = Grid()
