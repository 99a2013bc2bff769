"""Where results lie; saving them with their provenance, loading none that is stale or broken.

Which results a study has, which step makes each and what it depends on stands in ``pipeline/studies/<study>.py``.
Loading compares the parameters that a result depends on with those of the parameter file of today, and the digests of
what it was made from with the files of today, all the way back to the raw music.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from pipeline import provenance
from pipeline.atomic_write import atomic_write
from pipeline.parameters import ROOT, StudyParameters, describe_file
from pipeline.provenance import Provenance

UNFINISHED = "unfinished_*"  # folders in that of a run, of trainings that were stopped
Arrays: TypeAlias = Mapping[str, np.ndarray]  # of a result, by name


@dataclass(frozen=True)
class Result:
    """One kind of result of a study."""

    path: str  # below output/<name>/; {run} stands for the run's folder
    step: str  # module of the step that makes it
    sections: tuple[str, ...] = ()  # of the parameters, that it depends on by itself
    made_from: tuple[str, ...] = ()  # kinds of results, whose sections it depends on too


def folder_of(parameters: StudyParameters, root: Path = ROOT) -> Path:
    """Return the folder of a parameter file's results."""
    return root / "output" / parameters.name


def path_of(parameters: StudyParameters, kind: str, root: Path = ROOT) -> Path:
    """Return the path of a result."""
    return folder_of(parameters, root) / parameters.RESULTS[kind].path.format(run=parameters.run)


def figure_path(parameters: StudyParameters, name: str, root: Path = ROOT) -> Path:
    """Return the path of a figure, without ending."""
    return folder_of(parameters, root) / "figures" / name


def display_path(path: Path, root: Path = ROOT) -> str:
    """Return a path as messages give it: from the root of the repository if it lies there."""
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def save(
    parameters: StudyParameters, kind: str, arrays: Mapping[str, Any], root: Path = ROOT, raw: Iterable[Path] = ()
) -> Path:
    """Write arrays by name, with their provenance; `raw` are the files outside ``output/`` that they were made from."""
    path = path_of(parameters, kind, root)
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    stored = _make_provenance(parameters, kind, root, arrays, raw)
    with atomic_write(path) as temporary:
        np.savez(temporary, allow_pickle=False, **provenance.add_to_arrays(arrays, stored))
    return path


def save_model(parameters: StudyParameters, kind: str, model: Any, root: Path = ROOT) -> Path:
    """Write a Keras model, with its provenance."""
    path = path_of(parameters, kind, root)
    stored = _make_provenance(parameters, kind, root, _weights_of(model))
    with atomic_write(path) as temporary:
        model.save(temporary)
        provenance.add_to_model(temporary, stored)
    return path


def load(parameters: StudyParameters, kind: str, root: Path = ROOT) -> dict[str, np.ndarray]:
    """Return the arrays of a result by name.

    Raises
    ------
    FileNotFoundError
        If the result does not exist; the message names the step to run.
    ValueError
        If it is stale or broken; the message says how, and names the step to run.
    """
    check_fresh(parameters, kind, root)
    path = path_of(parameters, kind, root)
    try:
        arrays = provenance.read_arrays(path)
        provenance.check_digest(arrays, provenance.read(path))
        return arrays
    except ValueError as error:
        raise ValueError(f"{display_path(path, root)}: {error}; {hint(parameters, kind)}") from error


def load_fresh(runs: Iterable[StudyParameters], kind: str, root: Path = ROOT) -> dict[str, dict[str, np.ndarray]]:
    """Return the arrays of those runs whose result exists and can be used, by run."""
    stored = ((str(run.run), load_if_fresh(run, kind, root)) for run in runs)
    return {run: arrays for run, arrays in stored if arrays is not None}


def load_if_fresh(parameters: StudyParameters, kind: str, root: Path = ROOT) -> dict[str, np.ndarray] | None:
    """Return the arrays of a result that exists and can be used; else None."""
    try:  # not whether it is fresh before: to find out, all of it is read
        return load(parameters, kind, root)
    except (ValueError, FileNotFoundError):
        return None


def load_fresh_kinds(parameters: StudyParameters, kinds: Mapping[str, str], root: Path = ROOT) -> dict[str, dict]:
    """Return the arrays of those kinds of results of a run that exist and can be used, by the names given."""
    stored = ((name, load_if_fresh(parameters, kind, root)) for name, kind in kinds.items())
    return {name: arrays for name, arrays in stored if arrays is not None}


def usable_path(parameters: StudyParameters, kind: str, root: Path = ROOT) -> Path:
    """Return the path of a result that can be used, a model for Keras to load; raises as `load` does."""
    check_fresh(parameters, kind, root)
    path = path_of(parameters, kind, root)
    try:
        provenance.check_content(path)
    except ValueError as error:
        raise ValueError(f"{display_path(path, root)}: {error}; {hint(parameters, kind)}") from error
    return path


def load_model(parameters: StudyParameters, kind: str, root: Path = ROOT) -> Any:
    """Return a Keras model; raises as `load` does, also where another Keras saved what the one here cannot read."""
    import keras  # what reads arrays only needs no TensorFlow

    path = usable_path(parameters, kind, root)
    try:
        return keras.saving.load_model(path)
    except (*provenance.UNREADABLE, ImportError) as error:
        shown, saved_by, here = display_path(path, root), provenance.keras_version(path), keras.__version__
        again = hint(parameters, kind) + " --force" * (".step3_" not in parameters.RESULTS[kind].step)
        if saved_by == here:
            raise ValueError(f"{shown}: is not a model of the code of today; {again}") from error
        raise ValueError(
            f"{shown}: was saved by Keras {saved_by}, Keras {here} here cannot read it; "
            f"install the version that saved it, or {again}"
        ) from error


def is_fresh(parameters: StudyParameters, kind: str, root: Path = ROOT) -> bool:
    """Whether the result exists, is whole, and was made from the parameters and files of today."""
    try:
        usable_path(parameters, kind, root)
    except (ValueError, FileNotFoundError):
        return False
    return True


def left_out(parameters: StudyParameters, root: Path = ROOT) -> list[str]:
    """Return a line for each reason why results cannot be used, which names them, each once, and those not made yet."""
    told: dict[str, dict[str, None]] = {}  # results by reason
    for run in parameters.for_runs():
        for kind in filter(run.has, run.RESULTS):
            path = path_of(run, kind, root)
            try:
                usable_path(run, kind, root)
            except (ValueError, FileNotFoundError) as error:
                reason = str(error) if path.exists() else f"not made yet; {hint(run, kind)}"
                told.setdefault(reason, {})[display_path(path, root)] = None
    lines = []
    for reason, names in told.items():
        others = [name for name in names if not reason.startswith(f"{name}: ")]
        lines.append(f"{', '.join(others)}: {reason}" if others else reason)
    return lines


def check_fresh(parameters: StudyParameters, kind: str, root: Path = ROOT) -> None:
    """Raise as `load` does unless the result can be used; what it was made from is checked first."""
    sources = [source for source in _sources_of(parameters, kind) if path_of(parameters, source, root).exists()]
    for source in sources:
        check_fresh(parameters, source, root)
    stored = read_provenance(parameters, kind, root)
    if stale := next(_reasons_to_be_stale(parameters, kind, stored, sources, root), None):
        shown = display_path(path_of(parameters, kind, root), root)
        raise ValueError(f"{shown}: was made {stale}; {hint(parameters, kind)}")


def _reasons_to_be_stale(
    parameters: StudyParameters, kind: str, stored: Provenance, sources: Iterable[str], root: Path
) -> Iterator[str]:
    """Yield each difference between the provenance of a result and what it would be made from today, in words."""
    if stored["kind"] != kind:
        yield f"as another result, {stored['kind']}"
    today = parameters.model_dump(mode="json")
    for section in sections_of(parameters, kind):
        before = stored["parameters"].get(section)
        before = before if isinstance(before, dict) else {}
        for key, value in (today[section] or {}).items():
            if before.get(key) != value:
                toml = describe_file(parameters.name)
                yield f"with {section}.{key}={before.get(key)!r}, {toml} now says {value!r}"
    for source in sources:
        if read_provenance(parameters, source, root)["digest"] != stored["made_from"].get(source):
            yield f"from another {display_path(path_of(parameters, source, root), root)}"
    for raw, digest in stored["raw"].items():
        if (root / raw).is_file() and provenance.digest_file(root / raw) != digest:
            yield f"from another {raw}"


def _weights_of(model: Any) -> Arrays:
    return {str(index): array for index, array in enumerate(model.get_weights())}


def _sources_of(parameters: StudyParameters, kind: str) -> list[str]:
    return [source for source in parameters.RESULTS[kind].made_from if parameters.has(source)]


def sections_of(parameters: StudyParameters, kind: str) -> list[str]:
    """Return all sections that a result depends on, by itself or through what it is made from."""
    result = parameters.RESULTS[kind]
    inherited = [section for source in _sources_of(parameters, kind) for section in sections_of(parameters, source)]
    return list(dict.fromkeys([*inherited, *result.sections]))


def _make_provenance(
    parameters: StudyParameters, kind: str, root: Path, content: Arrays, raw: Iterable[Path] = ()
) -> Provenance:
    """Return the provenance of a result: its own digest, and those of the results and raw files it was made from."""
    sources = _sources_of(parameters, kind)
    return {
        "kind": kind,
        "parameters": parameters.model_dump(mode="json"),
        "step": parameters.RESULTS[kind].step,
        "digest": provenance.digest_arrays(content),
        "made_from": {source: read_provenance(parameters, source, root)["digest"] for source in sources},
        "raw": {display_path(path, root): provenance.digest_file(path) for path in raw},
        "versions": provenance.versions(),
        "commit": provenance.git_commit(root),
    }


def read_provenance(parameters: StudyParameters, kind: str, root: Path = ROOT) -> Provenance:
    """Return the provenance of a result; raises as `load` does if the file is missing, broken, or not a result."""
    path = path_of(parameters, kind, root)
    if not path.is_file():
        raise FileNotFoundError(f"{display_path(path, root)}: does not exist; {hint(parameters, kind)}")
    try:
        return provenance.read(path)
    except ValueError as error:
        raise ValueError(f"{display_path(path, root)}: {error}; {hint(parameters, kind)}") from error


def hint(parameters: StudyParameters, kind: str) -> str:
    """Return what to do for a result that cannot be used."""
    return f"run: python -m {parameters.RESULTS[kind].step} {parameters.name}"
