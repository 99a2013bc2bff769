"""Arrays that belong together, under names: one class says what a result holds, its shapes and its meaning."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np


@dataclass(frozen=True)
class Stored:
    """What is stored as one array for each field."""

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return what `to_arrays` gave."""
        return cls(**{name: arrays[name] for name in cls.__dataclass_fields__})

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return its fields by name, for `pipeline.results.save`."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}
