"""How tables, figures and printed lines name and round what is measured."""

from collections.abc import Iterable

import numpy as np

from pipeline.studies.instruments import Parameters


def percent(value: float | np.ndarray) -> str:
    """Return a fraction in percent, without its sign; "" of what could not be measured."""
    return f"{100 * value:.1f}" if np.isfinite(value) else ""


def plus_minus(values: np.ndarray) -> str:
    """Return the mean in percent, with the standard deviation where values differ, for one seed has none."""
    mean = percent(np.mean(values))
    return f"{mean} ± {percent(np.std(values, ddof=1))}" if np.ptp(values) > 0 else mean


def interval_text(low: float | np.ndarray, high: float | np.ndarray) -> str:
    """Return an interval in percent."""
    return f"{percent(low)} to {percent(high)}"


def split_of(run: Parameters) -> str:
    """Return what a run learned from, phrases included, and what it was tested on."""
    learned = " and phrases" if learns_phrases(run) else ""
    return f"{name_of(run.split.train)}{learned} to {name_of(run.split.test)}"


def name_of(collections: Iterable[str]) -> str:
    """Return collections in one word, whatever their order."""
    return "+".join(sorted(collections))


def learns_phrases(run: Parameters) -> bool:
    """Whether there are phrases among what a run learned from."""
    return run.phrases.per_class > 0 and run.split.phrases and bool({*run.split.train} & {*run.phrases.collections})
