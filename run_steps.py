"""Run the steps of a study in order for one parameter file: `python run_steps.py demo --from 2 --to 3`.

Prints how long each step took, and at the end the figures that were drawn.
"""

import importlib
import re
import sys
import time
from pathlib import Path

if sys.flags.safe_path:  # Python has not put the repository where it looks for modules
    sys.path.insert(0, str(Path(__file__).resolve().parent))

from pipeline import command_line, results
from pipeline.parameters import ROOT, load


def run(name, first=0, last=9, root=ROOT):
    """Run the steps with numbers from `first` to `last`."""
    parameters = load(name, root)
    numbered = [(int(re.search(r"\.step(\d+)_", module)[1]), module) for module in parameters.STEPS]
    wanted = [(number, module) for number, module in numbered if first <= number <= last]
    if not wanted:
        numbers = ", ".join(str(number) for number in dict(numbered))
        raise ValueError(f"no step has a number from {first} to {last}; steps: {numbers}")
    started = time.time()
    for number, module in wanted:
        if module in parameters.SERVED:
            print(f"\n== step {number}: serves a page; to open it, run: python -m {module} {name}")
            continue
        print(f"\n== step {number}: python -m {module} {name}")
        began = time.perf_counter()
        importlib.import_module(module).run(name, root=root)
        print(f"== step {number} took {time.perf_counter() - began:.1f} s")
    print("\nfigures:")
    for path in sorted((results.folder_of(parameters, root) / "figures").glob("*.png")):
        if path.stat().st_mtime >= started:
            print(f"  {results.display_path(path, root)}")


if __name__ == "__main__":
    command_line.answer(__file__)
    command_line.main(run)
