"""Parameters, results and steps of the study `piano`: shift-invariant dictionaries of rolls of piano MIDI."""

from typing import Literal

from pipeline.sections.dictionary_study import DictionaryParameters, results_of, steps_of
from pipeline.sections.symbolic import Roll


class Parameters(DictionaryParameters):
    """All sections of the study `piano`."""

    STEPS = steps_of("piano")
    RESULTS = results_of(STEPS, "roll")

    study: Literal["piano"]
    roll: Roll = Roll()
