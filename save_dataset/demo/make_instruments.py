"""Synthetic notes of the study `instruments`: their sounds, and the manifest that says what each is."""

import csv
import io
from pathlib import Path

from tqdm import tqdm

from pipeline.notes import SOUND_ENDINGS
from pipeline.parameters import ROOT
from pipeline.studies.instruments import Parameters
from save_dataset.demo.files import check_folder, to_flac, write_files
from save_dataset.demo.instruments import KINDS, RECORDINGS, SAMPLE_RATE_HZ, make_note

MANIFEST = "manifest.csv"
COLUMNS = ("path", "source", "class", "group", "pitch")


def make_instruments(parameters: Parameters, root: Path = ROOT, show_progress: bool = False) -> list[Path]:
    """Write the notes of a parameter file that makes them, and their manifest; returns the paths of the sounds."""
    if parameters.notes is None or not parameters.is_made:
        raise ValueError(f"sounds.folder={parameters.sounds.folder!r}: is not what [notes] makes")
    files: dict[str, bytes] = {}
    table = io.StringIO(newline="")
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(COLUMNS)
    which = [
        (source, kind, n) for source in RECORDINGS for kind in KINDS for n in range(parameters.notes.notes_per_kind)
    ]
    for source, kind, index in tqdm(which, "synthesising", unit="note", disable=not show_progress):
        note = make_note(kind, source, index, parameters.notes.seed)
        path = f"{source}/{kind}/{index:03}_{note.pitch}.flac"
        files[path] = to_flac(note.samples, SAMPLE_RATE_HZ)
        rows.writerow((path, source, kind, f"{source}_{kind}_{note.pitch}", note.pitch))
    files[MANIFEST] = table.getvalue().encode()
    paths = write_files(
        root / "music" / parameters.notes.folder, parameters.notes, files, endings=SOUND_ENDINGS, what="sound",
        sections="[notes] and [sounds]",
    )  # fmt: skip
    return [path for path in paths if path.suffix == ".flac"]


def check_made(parameters: Parameters, root: Path = ROOT) -> None:
    """Refuse a folder of notes that are to be made and are not, or are by other parameters."""
    if parameters.is_made:
        check_folder(parameters, parameters.notes, "notes", root)
