"""The command line that all steps share: the name of a parameter file, and for some which runs to do."""

import argparse
import inspect
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.parameters import ROOT, describe_file, load


def main(run: Callable, argv: Sequence[str] | None = None) -> None:
    """Call a step's `run` with what stands on the command line; `--help` shows the docstring of the step's module.

    What a user can mend (ValueError, TypeError, OSError) is printed as one line, with exit status 1; Ctrl-C exits
    with 130.
    """
    given = vars(build_parser(run).parse_args(argv))
    arguments = {key: value for key, value in given.items() if value is not None}
    with_traceback = arguments.pop("traceback")
    try:
        check_study(run, arguments["name"])
        run(**arguments)
    except (ValueError, TypeError, OSError) as error:
        if with_traceback:
            raise
        sys.exit(f"error: {one_line(error)}")
    except KeyboardInterrupt:
        print("\nstopped; what is done is kept, the same command goes on from there", file=sys.stderr)
        sys.exit(130)


def check_study(run: Callable, name: str) -> None:
    """ValueError if `run` is that of a step that the study of the parameter file does not have."""
    step = Path(inspect.getfile(run)).stem
    if not step.startswith("step"):
        return
    steps = load(name).STEPS
    if any(module.endswith(f".{step}") for module in steps):
        return
    number = step.partition("_")[0]
    there = [f"python -m {module} {name}" for module in steps if f".{number}_" in module]
    remedy = f"run: {there[0]}" if there else f"its study has no {number}"
    raise ValueError(f"{describe_file(name)}: is of another study than {step}; {remedy}")


def build_parser(run: Callable) -> argparse.ArgumentParser:
    """The parser for a step: the options that its `run` takes."""
    taken = inspect.signature(run).parameters
    parser = argparse.ArgumentParser(
        description=sys.modules[run.__module__].__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", help="a file in parameters/, without .toml")
    if "runs" in taken:
        parser.add_argument("--run", nargs="+", dest="runs", metavar="RUN", help="only these runs of the file")
    if "again" in taken:
        parser.add_argument("--again", action="store_true", help="also what is there and up to date")
    if "first" in taken:
        parser.add_argument("--from", type=int, dest="first", metavar="N", help="begin with the step of this number")
    if "last" in taken:
        parser.add_argument("--to", type=int, dest="last", metavar="N", help="end with the step of this number")
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")
    return parser


def one_line(error: Exception) -> str:
    """The message of an error in one line, with the file first where the system raised it, paths from the root."""
    message = " ".join(str(error).split())
    if isinstance(error, OSError) and error.strerror:
        message = ": ".join(str(part) for part in (error.filename, error.strerror) if part)
    return message.replace(f"{ROOT}{os.sep}", "")


def has_terminal() -> bool:
    """Whether somebody is looking: without a terminal there is no progress bar."""
    return sys.stdout.isatty()
