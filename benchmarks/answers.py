"""Processor seconds until each step answers what needs nothing heavy: `--help`, a wrong argument, a wrong file.

The import of Keras, which a step that needs it would wait for, stands first.
"""

import subprocess
import sys
from resource import RUSAGE_CHILDREN, getrusage

from pipeline.parameters import ROOT

WORDS = {"--help": ["--help"], "wrong argument": ["demo", "--nothing"], "wrong file": ["no_such_song"]}


def processor_seconds(*words):
    """What a Python process of these words takes, whether it fails or not."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, check=False)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    print(f"{'import keras':40} {processor_seconds('-c', 'import keras'):8.2f} s")
    print(f"{'step':40} " + " ".join(f"{name:>14}" for name in WORDS))
    for path in [*sorted(ROOT.glob("*/step*.py")), ROOT / "run_steps.py"]:
        taken = " ".join(f"{processor_seconds(path, *words):12.2f} s" for words in WORDS.values())
        print(f"{path.stem:40} {taken}")


if __name__ == "__main__":
    main()
