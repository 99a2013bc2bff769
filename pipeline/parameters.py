"""The parameters of one song or data set: one TOML file in ``parameters/``, checked once, frozen afterwards.

A file names its study, and may name another file as its ``base``; it holds only what differs from the defaults. Each
table of the file is a section, a pydantic model in ``pipeline/studies/<study>.py`` that gives every key its default,
unit, range and effect (``python -m pipeline.describe_parameters <study>`` prints them). Under ``[runs.<run>]`` stands
what a run changes.
"""

import importlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pipeline.validation import TOO_DEEP, check

ROOT = Path(__file__).resolve().parents[1]
MAX_BASES = 20
NAME = re.compile(r"[a-z][a-z0-9_]*")
RUN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class Section(BaseModel):
    """One table of a parameter file: frozen, no unknown key, no silent conversion of types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @field_validator("*")
    @classmethod
    def check_that_no_text_holds_a_null_character(cls, value: Any) -> Any:
        """No file can be called so."""
        for text in _texts_in(value):
            if "\0" in text:
                raise ValueError(f"{text!r}: must not hold a null character")
        return value


class StudyParameters(Section):
    """What every study's parameters have: the sections of the study, and the runs that vary some of them."""

    STEPS: ClassVar[tuple[str, ...]]  # modules of the study's steps, in order
    SERVED: ClassVar[tuple[str, ...]] = ()  # those of them that serve a page until they are stopped
    RESULTS: ClassVar[Mapping[str, Any]]  # a `pipeline.results.Result` for each kind
    RUN_SECTIONS: ClassVar[tuple[str, ...]]  # what a run may change

    name: str  # the parameter file, without folder and ending; also the folder of the results below output/
    study: str
    run: str | None = None  # None for the file as a whole
    runs: dict[str, dict[str, Any]] = Field(min_length=1)  # what each run changes: section -> key -> value

    def has(self, kind: str) -> bool:
        """Whether the run has such a result; nothing is made of those that it does not have."""
        return kind in self.RESULTS

    def for_run(self, run: str) -> Self:
        """Return the parameters of one run: those of the file with the run's changes; ValueError for an unknown run."""
        if run not in self.runs:
            raise ValueError(f"run={run!r}: {describe_file(self.name)} has the runs {', '.join(self.runs)}")
        values = merge(self.model_dump(mode="json"), self.runs[run]) | {"run": run}
        return type(self).model_validate_json(json.dumps(values))

    def for_runs(self, runs: list[str] | None = None) -> list[Self]:
        """Return the parameters of the runs named, of all runs of the file when none is."""
        return [self.for_run(run) for run in runs or self.runs]


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple | dict):
        for each in (*value, *value.values()) if isinstance(value, dict) else value:
            yield from _texts_in(each)


def load(name: str, root: Path = ROOT) -> StudyParameters:
    """Return the checked parameters of ``parameters/<name>.toml``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the name cannot be one, the file is not a TOML file, or a key or value in it is wrong; the message names it.
    """
    values = _read_with_base(name, root, seen=())
    study = values.get("study")
    known = studies()
    if study not in known:
        raise ValueError(f"{describe_file(name)}: study={study!r}: must be one of {', '.join(known)}")
    for key in ("name", "run"):
        if key in values:
            raise ValueError(f"{describe_file(name)}: {key}: unknown key")
    model = study_parameters(study)
    parameters = check(model, values | {"name": name}, describe_file(name))
    for run, changes in parameters.runs.items():
        _check_run(model, parameters, run, changes)
    return parameters


def studies() -> list[str]:
    """Return the words of the studies there are."""
    folder = Path(__file__).parent / "studies"
    return sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


def study_parameters(study: str) -> type[StudyParameters]:
    """Return the class of a study's parameters."""
    return importlib.import_module(f"pipeline.studies.{study}").Parameters


def _read_with_base(name: str, root: Path, seen: tuple[str, ...]) -> dict[str, Any]:
    """Return the tables of a parameter file over those of the file it names as its base."""
    if not NAME.fullmatch(name):
        raise ValueError(
            f"name={name!r}: must be the name of a file in parameters/: lower case letters, digits, underscores"
        )
    if name in seen:
        raise ValueError(f"{describe_file(seen[-1])}: base={name!r}: the files are each other's base")
    if len(seen) > MAX_BASES:
        raise ValueError(
            f"{describe_file(seen[0])}: base={seen[1]!r}: more than {MAX_BASES} files are based on each other"
        )
    path = root / describe_file(name)
    if not path.is_file():
        there = ", ".join(sorted(other.stem for other in path.parent.glob("*.toml"))) or "none"
        asked = f", the base of {describe_file(seen[-1])}" if seen else ""
        raise FileNotFoundError(f"{describe_file(name)}: no such file{asked}; parameter files there are: {there}")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except RecursionError as error:
        raise ValueError(f"{describe_file(name)}: {TOO_DEEP}") from error
    except ValueError as error:  # also of UTF-8, and of a number of thousands of digits
        raise ValueError(f"{describe_file(name)}: is not a TOML file: {error}") from error
    base = values.pop("base", None)
    if base is None:
        return values
    if not isinstance(base, str):
        raise ValueError(f"{describe_file(name)}: base={base!r}: must be the name of a parameter file")
    return merge(_read_with_base(base, root, (*seen, name)), values)


def merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Return `below` with the values of `above` put over it, table by table."""
    merged = dict(below)
    for key, value in above.items():
        both_tables = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = merge(merged[key], value) if both_tables else value
    return merged


def _check_run(model: type[StudyParameters], parameters: StudyParameters, run: str, changes: dict[str, Any]) -> None:
    """ValueError unless the run has a proper name and changes only what a run may."""
    where = describe_file(parameters.name)
    if not RUN_NAME.fullmatch(run) or run == "figures":
        raise ValueError(f"{where}: runs.{run}: must be letters, digits and underscores, a name for a folder")
    for section in changes:
        if section in model.model_fields and section not in model.RUN_SECTIONS:
            raise ValueError(
                f"{where}: runs.{run}.{section}: is the same for all runs of a file; "
                f'for another, make a file of its own with base = "{parameters.name}"'
            )
    check(model, merge(parameters.model_dump(mode="json"), changes) | {"run": run}, where, f"runs.{run}.")


def describe_file(name: str) -> str:
    """Return the path of a parameter file, from the root of the repository."""
    return f"parameters/{name}.toml"
