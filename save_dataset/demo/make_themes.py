"""Pieces of the study `themes` that are made, not found: scores, their sound, and the patterns known of them."""

import io
from collections.abc import Iterator
from pathlib import Path

import pretty_midi
import soundfile
from tqdm import tqdm

from pipeline.parameters import ROOT
from pipeline.sections.recordings import ComposedThemes
from pipeline.studies.themes import Parameters
from save_dataset.demo.altered import alter_folder
from save_dataset.demo.files import check_folder, write_files
from save_dataset.demo.themes import compose_themes
from save_dataset.midi.files import to_bytes
from save_dataset.sound.synthesiser import render
from save_dataset.themes.files import SOUND_ENDINGS
from save_dataset.themes.recordings import Pattern
from save_dataset.themes.score import patterns_to_text

SAMPLE_RATE_HZ = 22050
ENDINGS = (".mid", ".midi", *SOUND_ENDINGS)


def make_themes(parameters: Parameters, root: Path = ROOT, show_progress: bool = False) -> list[Path]:
    """Write the pieces of a parameter file that makes them: MIDI, sound, patterns; returns the paths of the sound.

    Raises
    ------
    FileNotFoundError
        If there is nothing to alter.
    ValueError
        If nothing is to be made, or the folder holds music that was not made here.
    """
    if parameters.made is None:
        raise ValueError(f"pieces.folder={parameters.pieces.folder!r}: is not what [composition] or [altered] makes")
    files: dict[str, bytes] = {}
    for name, midi, patterns in tqdm(pieces_of(parameters, root), "rendering", unit="piece", disable=not show_progress):
        files[f"{name}.mid"] = midi
        files[f"{name}.flac"] = _to_flac(midi)
        files[f"{parameters.pieces.patterns}/{name}.txt"] = patterns_to_text(patterns).encode()
    folder = root / "music" / parameters.made.folder
    sections = "[composition] or [altered], and [pieces]"
    paths = write_files(folder, parameters.made, files, endings=ENDINGS, what="music", sections=sections)
    return [path for path in paths if path.suffix == ".flac"]


def pieces_of(parameters: Parameters, root: Path) -> Iterator[tuple[str, bytes, list[Pattern]]]:
    """Name, MIDI and patterns of each piece that is to be made."""
    made = parameters.made
    if isinstance(made, ComposedThemes):
        yield from ((name, to_bytes(midi), patterns) for name, (midi, patterns) in compose_themes(made).items())
    elif made is not None:
        folder = root / "music" / Path(made.original).expanduser()
        how = made.model_dump(include={"transpose_semitones", "tempo"})
        yield from alter_folder(folder, parameters.pieces.patterns, **how)


def _to_flac(midi: bytes) -> bytes:
    """The sound of a MIDI file as a FLAC file."""
    buffer = io.BytesIO()
    samples = render(pretty_midi.PrettyMIDI(io.BytesIO(midi)), sample_rate_hz=SAMPLE_RATE_HZ)
    soundfile.write(buffer, samples, SAMPLE_RATE_HZ, format="FLAC", subtype="PCM_16")
    return buffer.getvalue()


def check_made(parameters: Parameters, root: Path = ROOT) -> None:
    """Refuse a folder of pieces that are to be made and are not, or are by other parameters.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or a file is missing.
    ValueError
        If its marker tells of other pieces, or it has none.
    """
    if parameters.made is not None:
        section = "composition" if isinstance(parameters.made, ComposedThemes) else "altered"
        hint = f"run: python -m {parameters.STEPS[0]} {parameters.name}"
        check_folder(root / "music" / parameters.made.folder, parameters.made, section, hint)
