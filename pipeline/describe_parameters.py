"""Print all parameters of a study with their defaults and meanings, as a file to copy from."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pydantic.fields import FieldInfo

from pipeline import machine
from pipeline.parameters import studies, study_parameters
from pipeline.validation import section_of

SIGNS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}


def describe(study: str) -> Iterator[str]:
    """Yield the lines of a parameter file with every key of a study, commented out, and its default."""
    yield f'study = "{study}"'
    for name, field in study_parameters(study).model_fields.items():
        section = section_of(field)
        if section:
            yield f"\n# {(section.__doc__ or '').strip()}"
            yield f"[{name}]" if field.is_required() or field.default is not None else f"# [{name}]"
            for key, key_field in section.model_fields.items():
                yield from _describe_key(key, key_field)
    yield "\n# The runs to compare, each with what it changes.\n[runs.MY_RUN]"


def _describe_key(key: str, field: FieldInfo) -> Iterator[str]:
    yield f"# {field.description}{_describe_range(field)}"
    if field.is_required():
        yield f'# {key} = "..."  # must be given'
    elif field.default is None:
        yield f"# {key} = {_example_of(field)}  # not set by default"
    else:
        yield f"# {key} = {_to_toml(field.default)}"


def _example_of(field: FieldInfo) -> str:
    """Return an example value for a key without a default."""
    kinds = getattr(field.annotation, "__args__", ())
    choices = next((kind.__args__ for kind in kinds if get_origin(kind) is Literal), ())
    if choices or str in kinds:
        return json.dumps(choices[0] if choices else "...")
    if float in kinds:
        return "1.0"
    return "1" if any(get_args(kind)[:1] == (int,) for kind in kinds) or int in kinds else "[...]"


def _to_toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_to_toml(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value)


def _describe_range(field: FieldInfo) -> str:
    """Return the values a key may have, in brackets; empty where any of its type will do."""
    choices = getattr(field.annotation, "__args__", ())
    if choices and all(isinstance(choice, str) for choice in choices):
        return f" ({', '.join(choices)})"
    bounds = [
        f"{sign} {getattr(bound, name)}"
        for bound in field.metadata
        for name, sign in SIGNS.items()
        if hasattr(bound, name)
    ]
    return f" ({', '.join(bounds)})" if bounds else ""


@machine.unread_output_is_discarded()
def main(argv: list[str] | None = None) -> None:
    """Print what `describe` gives for the study named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", choices=studies())
    study = parser.parse_args(argv).study
    try:
        print("\n".join(describe(study)), flush=True)
    except BrokenPipeError:  # the reader, `head` for example, has gone
        return
    except OSError as error:
        sys.exit(f"error: {error.strerror}")


if __name__ == "__main__":
    machine.prepare_program()
    main()
