"""Synthetic pieces of the studies `drums` and `piano`: MIDI, and the chords of piano."""

from pathlib import Path

from pipeline.sections.dictionary_study import DictionaryParameters
from pipeline.sections.symbolic import Pieces
from save_dataset.demo.drums import compose_drums
from save_dataset.demo.files import check_folder, write_files
from save_dataset.demo.piano import compose_piano, to_csv
from save_dataset.files import is_midi
from save_dataset.midi.chord_labels import CSV_ENDING
from save_dataset.midi.files import to_bytes


def files_of(study: str, composition: Pieces) -> dict[str, bytes]:
    """Return what the files of a composition hold, by name from the folder on: drums, or piano with its chords."""
    if study == "drums":
        return {name: to_bytes(midi) for name, midi in compose_drums(composition).items()}
    files = {}
    for name, (midi, spans) in compose_piano(composition).items():
        files[name] = to_bytes(midi)
        files[name.removesuffix(".mid") + CSV_ENDING] = to_csv(spans).encode()
    return files


def make_pieces(parameters: DictionaryParameters, root: Path) -> list[Path]:
    """Write the pieces of a parameter file that composes them; returns the paths of the MIDI."""
    composition = parameters.composition
    if composition is None or not parameters.is_composed:
        raise ValueError(f"collection.folder={parameters.collection.folder!r}: is not what [composition] makes")
    files = files_of(parameters.study, composition)
    paths = write_files(root / "music" / composition.folder, composition, files)
    return [path for path in paths if is_midi(path)]


def check_made(parameters: DictionaryParameters, root: Path) -> None:
    """Refuse a folder of pieces that are to be composed and are not, or are by another [composition]."""
    if parameters.is_composed:
        check_folder(parameters, parameters.composition, "composition", root)
