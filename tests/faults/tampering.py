"""What comes of results that were tampered with: `python -m tests.faults.tampering [study ...]` prints the table.

Of each study all steps are done on something small. Each result is changed in many ways under its old record, and
loaded; some are also given to the steps that read them. It must be refused in one line with the step to run, or hold
what it held.
"""

import io
import json
import random
import resource
import shutil
import struct
import sys
import tempfile
import zipfile
from contextlib import redirect_stdout
from pathlib import Path

import matplotlib
import numpy as np

from pipeline import results
from pipeline.parameters import load
from tests.done_steps import QUICK_STYLE
from tests.faults.crashes import do
from tests.faults.disk import contents
from tests.faults.tally import ONE_LINE, WHOLE, Tally
from tests.faults.tiny import TINY, begin

N_FLIPS = 5  # in each region of a file
N_CUTS = 4
MEMORY_MB = 200  # more than which no refusal takes
BOMB_MB = 400
RECORDS = (
    {"kind": "another"}, {"kind": None}, {"digest": 0}, {"digest": ""}, {"made_from": []}, {"made_from": {}},
    {"parameters": {}}, {"parameters": []}, {"parameters": {"sound": []}}, {"step": None}, {"versions": []}, {"raw": 0},
)  # fmt: skip
WRONG_RECORDS = ("", "[]", "{}", "null", "[" * 5000, '{"kind": ' + "1" * 5000 + "}", "\ud800")


def members_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_members(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def record_of(path):
    members = members_of(path)
    if path.suffix == ".keras":
        return "record.json", json.loads(members["record.json"])
    return "record.npy", json.loads(str(np.load(io.BytesIO(members["record.npy"]))))


def with_record(path, text):
    name, _ = record_of(path)
    return members_of(path) | {name: text.encode("utf-8", "replace") if name == "record.json" else npy(np.array(text))}


def changes_of_arrays(path):
    """Other members of an archive of arrays, by what was done."""
    members = members_of(path)
    for name in members:
        array = np.load(io.BytesIO(members[name]))
        if name == "record.npy":
            continue
        without = {other: content for other, content in members.items() if other != name}
        yield "an array is missing", without
        if array.dtype.kind in "fiub" and array.size:
            other = array.copy()
            other.flat[array.size // 2] = not other.flat[array.size // 2]
            if not np.array_equal(other, array):
                yield "a value is another", without | {name: npy(other)}
            yield "another type", without | {name: npy(array.astype("f2" if array.dtype != "f2" else "f8"))}
            yield "pickled", without | {name: npy(array.astype(object))}
        if array.ndim:
            yield "another shape", without | {name: npy(array.reshape(-1) if array.ndim > 1 else array[:, None])}
            claimed = npy(array).replace(f"'shape': ({len(array)},".encode(), b"'shape': (99999999999,", 1)
            yield "a size that is claimed", without | {name: claimed}
        yield "under another name", without | {f"x{name}": members[name]}
    yield "an array more", members | {"more.npy": npy(np.zeros(3))}


def changes_of_model(path, others):
    """Other members of the archive of a model, by what was done."""
    members = members_of(path)
    weights, config = members["model.weights.h5"], members["config.json"]
    for name in ("model.weights.h5", "config.json", "metadata.json"):
        yield "a member is missing", {other: content for other, content in members.items() if other != name}
        yield "a member is empty", members | {name: b""}
        yield "a member is cut", members | {name: members[name][:-20]}
        for other in others:
            yield "a member of another model", members | {name: members_of(other)[name]}
    for before, after in ((b"relu", b"tanh"), (b'"units": ', b'"units": 99999999'), (b"{", b"["), (b"keras", b"os")):
        if before in config:
            yield "another configuration", members | {"config.json": config.replace(before, after)}
    for place in np.linspace(0, len(weights) - 1, 12).astype(int):
        changed = bytearray(weights)
        changed[place] ^= 0xFF
        yield "other weights", members | {"model.weights.h5": bytes(changed)}
    yield "a member more", members | {"assets/a.py": b"import os"}


def changes_of_record(path):
    _, record = record_of(path)
    for change in RECORDS:
        yield with_record(path, json.dumps(record | change))
    for key in record:
        yield with_record(path, json.dumps({name: value for name, value in record.items() if name != key}))
    for text in WRONG_RECORDS:
        yield with_record(path, text)


def regions_of(whole):
    """Spans of the headers of the archive, of what follows them, and of its list of members."""
    listed = whole.index(b"PK\x01\x02")
    starts, start = [], whole.find(b"PK\x03\x04")
    while 0 <= start < listed:
        starts.append(start)
        start = whole.find(b"PK\x03\x04", start + 4)
    chosen = {*starts[:2], starts[-1]}
    spans = [("a header", start, start + 60) for start in chosen]
    spans += [("a header of an array", start + 60, start + 200) for start in chosen]
    return [*spans, ("what is held", 200, listed), ("the list of members", listed, len(whole))]


def flips_of(whole, chooser):
    for region, start, end in regions_of(whole):
        for _ in range(N_FLIPS):
            place, flipped = chooser.randrange(start, min(end, len(whole))), bytearray(whole)
            flipped[place] ^= 1 << chooser.randrange(8)
            yield f"a bit is flipped in {region}", bytes(flipped)


def with_claimed_sizes(whole):
    """The archive with each 4-byte size of its list of members as large as it can be."""
    place = whole.find(b"PK\x01\x02")
    while place >= 0:
        for offset in (20, 24):
            yield whole[: place + offset] + struct.pack("<I", 0xFFFFFFF0) + whole[place + offset + 4 :]
        place = whole.find(b"PK\x01\x02", place + 4)


class Results:
    """All results of a small study that is done, to be tampered with."""

    def __init__(self, study, root):
        self.study, self.root, self.chooser = study, root, random.Random(440)
        for module in begin(study, root):
            line = do(root, module)
            assert line == "", line
        of_runs = [(run, kind) for run in load("small", root).for_runs() for kind in run.RESULTS if run.has(kind)]
        paths = {results.path_of(run, kind, root): (run, kind) for run, kind in of_runs}
        self.paths = {path: result for path, result in paths.items() if path.is_file()}
        of_kinds = {kind: path for path, (_, kind) in reversed(self.paths.items())}  # of the first run that has it
        self.results = {path: self.paths[path] for path in of_kinds.values()}
        self.held = {path: self.load(path) for path in self.results}

    def load(self, path):
        """What a result holds."""
        run, kind = self.results[path]
        if path.suffix == ".npz":
            return results.load(run, kind, self.root)
        model = results.load_model(run, kind, self.root)
        return dict(enumerate(model.get_weights())) | {"config": np.array(model.to_json())}

    def outcome(self, path):
        """What comes of loading a result that was tampered with."""
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            with redirect_stdout(io.StringIO()):
                held = self.load(path)
            same = held.keys() == self.held[path].keys() and all(
                np.array_equal(array, self.held[path][name], equal_nan=array.dtype.kind == "f")
                for name, array in held.items()
            )
            outcome = WHOLE if same else "other content, without a word"
        except (ValueError, FileNotFoundError) as error:
            text = str(error)
            shown = results.display_path(path, self.root)
            outcome = ONE_LINE if shown in text and "; run: python -m " in text and "\n" not in text else text
        except BaseException as error:  # noqa: BLE001
            outcome = f"{type(error).__name__}: {error}"
        used_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        return outcome if used_mb < MEMORY_MB else f"{used_mb:.0f} MB"

    def tampered(self, path):
        """Yield what was done to a result each time it is another."""
        whole = path.read_bytes()
        alike = [other for other in self.paths if other != path and other.suffix == path.suffix]
        for other in alike:
            if path.suffix == ".keras" or members_of(other).keys() == members_of(path).keys():
                shutil.copyfile(other, path)
                yield "exchanged for another"
        path.write_bytes(whole)
        changes = changes_of_arrays(path) if path.suffix == ".npz" else changes_of_model(path, alike)
        for what, members in [*changes, *(("another record", members) for members in changes_of_record(path))]:
            write_members(path, members)
            yield what
        path.write_bytes(whole)
        write_members(path, members_of(path), zipfile.ZIP_DEFLATED)
        yield "compressed"
        for claimed in with_claimed_sizes(whole):
            path.write_bytes(claimed)
            yield "a size that is claimed"
        for what, flipped in flips_of(whole, self.chooser):
            path.write_bytes(flipped)
            yield what
        for _ in range(N_CUTS):
            path.write_bytes(whole[: self.chooser.randrange(len(whole))])
            yield "cut"
        path.write_bytes(whole)

    def bomb(self, path):
        """Let a result hold zeros without end, compressed."""
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("more.npy", "w") as file:
            for _ in range(BOMB_MB):
                file.write(bytes(1_000_000))

    def steps_that_read(self, path):
        """What comes of the steps that are given a result of which a value is another, by step."""
        run, kind = self.results[path]
        made = run.RESULTS.items()
        readers = {result.step for _, result in made if kind in result.made_from} - {run.RESULTS[kind].step}
        before = contents(self.root)
        whole = path.read_bytes()
        changed = next(
            members
            for what, members in (changes_of_arrays(path) if path.suffix == ".npz" else changes_of_model(path, []))
            if what in ("a value is another", "another shape", "other weights")
        )
        for step in sorted(readers):
            write_members(path, changed)
            line = do(self.root, step)
            shown = path.name
            if line:
                yield step, ONE_LINE if line.startswith("error: ") and shown in line and "run: " in line else line
                continue
            now = contents(self.root)
            differ = [
                other
                for other in before
                if now.get(other) != before[other] and other != str(path.relative_to(self.root))
            ]
            yield step, f"differ: {differ}" if differ else WHOLE
        path.write_bytes(whole)


def main(studies):
    """Print the table of the studies named, or of all."""
    matplotlib.rcParams.update(QUICK_STYLE)
    tally = Tally()
    for study in studies or TINY:
        with tempfile.TemporaryDirectory() as folder:
            done = Results(study, Path(folder))
            for path in done.results:
                name = f"{study}: {path.relative_to(folder)}"
                for what in done.tampered(path):
                    tally.add(f"{path.suffix[1:]} | {what}", done.outcome(path), name)
                for step, outcome in done.steps_that_read(path):
                    tally.add(f"{path.suffix[1:]} | a step that reads another value", outcome, f"{name}: {step}")
            for path in {path.suffix: path for path in done.results}.values():
                whole = path.read_bytes()
                done.bomb(path)
                tally.add(f"{path.suffix[1:]} | {BOMB_MB} MB of zeros, compressed", done.outcome(path), str(path))
                path.write_bytes(whole)
        print(study, file=sys.stderr, flush=True)
    print(tally.table(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
