"""Values against a pydantic model, and what is wrong with them in one line: ``key=value: what must hold``."""

import json
import re
import reprlib
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

Checked = TypeVar("Checked", bound=BaseModel)

TOO_DEEP = "tables or lists lie too deep in each other"
RENAMED = {  # keys of parameter files by their names of before
    "lessons": "training_pieces",
    "lesson_files": "training_files",
    "longest_lesson_s": "max_training_piece_s",
    "longest_training_piece_s": "max_training_piece_s",
    "published": "nieto_farbood",
    "hearing": "rendering",
    "share": "fraction",
    "validation_share": "validation_fraction",
    "test_share": "test_fraction",
    "most_themes": "max_themes",
    "largest_train": "max_train",
    "largest_test": "max_test",
    "largest_angle_deg": "max_angle_deg",
    "largest_side_px": "max_side_px",
    "longest_period_s": "max_period_s",
    "turn_deg_per_s": "rotation_deg_per_s",
    "lowest_hz": "min_frequency_hz",
    "first_k": "k_max",
    "stretches_per_batch": "batch_samples",
    "samples_per_stretch": "batch_samples",
    "revive": "reinitialise",
}


def check(model: type[Checked], values: dict[str, Any] | bytes, where: str, prefix: str = "") -> Checked:
    """Return `values`, or what is written as JSON, as checked parameters; ValueError that names the first wrong key."""
    try:  # through JSON, where a list may become a tuple although types are strict
        text = values if isinstance(values, bytes) else json.dumps(values, default=_describe_date)
        return model.model_validate_json(text)
    except RecursionError:
        raise ValueError(f"{where}: {TOO_DEEP}") from None
    except ValidationError as error:
        raise ValueError(f"{where}: {_explain(model, error.errors()[0], prefix)}") from None


def _explain(model: type[BaseModel], error: Any, prefix: str = "") -> str:
    """Return an error of pydantic in the form ``key=value: what must hold``."""
    location = [str(part) for part in error["loc"]]
    key = prefix + ".".join(location)
    if error["type"] == "extra_forbidden":
        if new := RENAMED.get(location[-1]):
            return f"{key}: is now called {new}"
        return f"{key}: unknown key; {_suggest(location[-1], _keys_at(model, location[:-1]))}"
    if error["type"] == "json_invalid" and "recursion" in error["msg"]:
        return TOO_DEEP
    if error["type"] == "json_invalid" or not location and error["type"] == "model_type":
        return re.sub("^Input should", "must", error["msg"])
    if error["type"] == "missing":
        return f"{key}: is missing"
    if error["type"] == "value_error":  # a check of ours, which says all there is to say
        return f"{key.rstrip('.')}: {error['ctx']['error']}" if key else str(error["ctx"]["error"])
    return f"{key}={reprlib.repr(error['input'])}: {re.sub('^(Input|String) should', 'must', error['msg'])}"


def _describe_date(value: Any) -> dict[str, str]:
    """Return a date of TOML, which no parameter is, in a form that is refused everywhere."""
    return {"date": str(value)}


def _suggest(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known keys: {', '.join(known)}"


def _keys_at(model: type[BaseModel], location: list[str]) -> list[str]:
    for part in location:
        model = section_of(model.model_fields[part]) or model
    return [key for key in model.model_fields if key not in ("name", "run")]


def section_of(field: FieldInfo) -> type[BaseModel] | None:
    """Return the class of a section, also of an optional one; None for a field that is no section."""
    choices = getattr(field.annotation, "__args__", (field.annotation,))
    return next((kind for kind in choices if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
