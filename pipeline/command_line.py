"""The command line that all steps share: the name of a parameter file, and for some which runs to do."""

import argparse
import ast
import inspect
import os
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from pipeline import machine, quiet, results
from pipeline.parameters import ROOT, StudyParameters, describe_file, load

TO_MEND = (ValueError, TypeError, OSError, MemoryError)  # by the user
MAX_MESSAGE = 1000  # letters of a line
STOP_AGAIN_S = 0.05
STOPPED = "\nstopped; what is done is kept, the same command resumes from there"

machine.overrule_keras_settings()  # before a step imports Keras


@machine.unread_output_is_discarded()
def answer(file: str) -> None:
    """Answer what needs nothing heavy, where a step is run as a program, before TensorFlow or Matplotlib is imported.

    `--help`, a wrong argument, a wrong parameter file, and a step whose results are all up to date end the program.
    Else TensorFlow's lines about the machine are held back, unless `--traceback` asks for them.

    Parameters
    ----------
    file : str
        Of the step; its docstring and the arguments of its `run` are read from the source.
    """
    machine.prepare_program()
    sys.excepthook, sys.unraisablehook = _hook_of_errors, _hook_of_callbacks
    step = Path(file)
    tree = ast.parse(step.read_text(encoding="utf-8"))
    run = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "run")
    taken = [argument.arg for argument in run.args.args]
    arguments = parse(ast.get_docstring(tree), taken, argv=None)
    with_traceback = arguments.pop("traceback")
    with _errors_in_one_line(with_traceback):
        parameters = _check_study(step.stem, arguments["name"])
        runs = parameters.for_runs(arguments.get("runs"))
        is_asked = arguments.get("force") or "switches" in taken  # step 6 also writes sounds that are missing
        if "force" in taken and not is_asked and are_up_to_date(runs, f"{step.parent.name}.{step.stem}"):
            sys.exit(0)
    if not with_traceback:
        quiet.hold_back_lines_of_tensorflow()


@machine.unread_output_is_discarded()
def main(run: Callable, argv: Sequence[str] | None = None) -> None:
    """Call a step's `run` with what stands on the command line; `--help` shows the docstring of the step's module.

    What a user can mend, `TO_MEND`, is printed as one line, with exit status 1; Ctrl-C exits with 130. Where the reader
    of a pipe has gone, the step ends at the next line it prints, with 1.
    """
    arguments = parse(sys.modules[run.__module__].__doc__, inspect.signature(run).parameters, argv)
    with _errors_in_one_line(arguments.pop("traceback")):
        _check_study(Path(inspect.getfile(run)).stem, arguments["name"])
        run(**arguments)


def _hook_of_errors(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Tell of Ctrl-C where nothing catches it: while modules are imported, which takes seconds."""
    if _was_stopped(error):
        _tell_stopped()
    else:
        sys.__excepthook__(kind, error, trace)


def _was_stopped(error: BaseException | None) -> bool:
    """Whether an error is Ctrl-C, or came of it, as where a library fails to close what it had half written."""
    return error is not None and (isinstance(error, KeyboardInterrupt) or _was_stopped(error.__context__))


def _hook_of_callbacks(unraisable: "sys.UnraisableHookArgs") -> None:
    """Stop a moment later where Ctrl-C fell into what cannot raise, as a callback of the garbage collector."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        threading.Timer(STOP_AGAIN_S, os.kill, (os.getpid(), signal.SIGINT)).start()
    else:
        sys.__unraisablehook__(unraisable)


def _tell_stopped() -> None:
    """Print a line; what is left half made may complain when it is deleted, which a program then does not print."""
    print(STOPPED, file=sys.stderr)
    if sys.unraisablehook is _hook_of_callbacks:
        sys.unraisablehook = lambda unraisable: None


@contextmanager
def _errors_in_one_line(with_traceback: bool) -> Iterator[None]:
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of the output, `head` for example, has gone
        sys.exit(1)
    except BaseException as error:
        if _was_stopped(error):
            _tell_stopped()
            sys.exit(130)
        if with_traceback or not isinstance(error, TO_MEND):
            raise
        sys.exit(f"error: {one_line(error)}")


def _check_study(step: str, name: str) -> StudyParameters:
    """Return the parameters of a file; ValueError if its study does not have the step."""
    parameters = load(name)
    if not step.startswith("step") or any(module.endswith(f".{step}") for module in parameters.STEPS):
        return parameters
    numbered = step.partition("_")[0]
    commands = [f"python -m {module} {name}" for module in parameters.STEPS if f".{numbered}_" in module]
    hint = f"run: {commands[0]}" if commands else f"its study has no {numbered}"
    raise ValueError(f"{describe_file(name)}: is of another study than {step}; {hint}")


def are_up_to_date(runs: Sequence[StudyParameters], step: str, root: Path = ROOT) -> bool:
    """Whether all that a step makes for each run is up to date; if so, print a line for each run."""
    lines = []
    for run in runs:
        kinds = [kind for kind, result in run.RESULTS.items() if result.step == step and run.has(kind)]
        paths = [results.path_of(run, kind, root) for kind in kinds]
        was_stopped = any(any(path.parent.glob(results.UNFINISHED)) for path in paths)
        if was_stopped or not all(results.is_fresh(run, kind, root) for kind in kinds):
            return False
        names = ", ".join(path.name for path in paths)
        lines.append(f"{run.run}: {names or 'nothing to do'}{' up to date' if kinds else ''}")
    print("\n".join(lines))
    return True


def parse(description: str | None, taken: Collection[str], argv: Sequence[str] | None) -> dict[str, Any]:
    """Return the arguments on the command line by name, of the options that a step's `run` takes."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="a file in parameters/, without .toml")
    if "runs" in taken:
        parser.add_argument("--run", nargs="+", dest="runs", metavar="RUN", help="only these runs of the file")
    if "force" in taken:
        parser.add_argument("--force", action="store_true", help="also what is there and up to date")
    if "switches" in taken:
        parser.add_argument("--switches", metavar="SETTING", help='only this setting, switches by number: "3=1,7=0.5"')
    if "first" in taken:
        parser.add_argument("--from", type=int, dest="first", metavar="N", help="begin with the step of this number")
    if "last" in taken:
        parser.add_argument("--to", type=int, dest="last", metavar="N", help="end with the step of this number")
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")
    return {key: value for key, value in vars(parser.parse_args(argv)).items() if value is not None}


def one_line(error: Exception) -> str:
    """Return the message of an error in one line, the file first where the system raised it, paths from the root.

    Of one that shows very long content the middle is left out.
    """
    message = " ".join(str(error).split())
    if isinstance(error, OSError) and error.strerror:
        message = ": ".join(str(part) for part in (error.filename, error.strerror) if part)
    if isinstance(error, MemoryError):
        message = f"not enough memory: {message}" if message else "not enough memory"
    message = message.replace(f"{ROOT}{os.sep}", "")
    half = MAX_MESSAGE // 2
    return message if len(message) <= MAX_MESSAGE else f"{message[:half]} ... {message[-half:]}"


def has_terminal() -> bool:
    """Whether the output is a terminal: without one there is no progress bar."""
    return sys.stdout.isatty()
