"""Parameters, results and steps of the study `piano`: shift-invariant dictionaries of rolls of piano MIDI."""

from typing import ClassVar, Literal

from pipeline.results import Result
from pipeline.sections.dictionary_study import DictionaryParameters, results_of, steps_of
from pipeline.sections.symbolic import Roll

STEPS = steps_of("piano")
RESULTS = results_of(STEPS, "roll")


class Parameters(DictionaryParameters):
    """All sections of the study `piano`."""

    STEPS: ClassVar[tuple[str, ...]] = STEPS
    RESULTS: ClassVar[dict[str, Result]] = RESULTS

    study: Literal["piano"]
    roll: Roll = Roll()
