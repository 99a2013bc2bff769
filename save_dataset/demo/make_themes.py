"""Synthetic pieces of the study `themes`: scores, their sound, and their reference patterns."""

import io
from collections.abc import Iterator
from pathlib import Path

import pretty_midi
import soundfile
from tqdm import tqdm

from pipeline.notes import MIDI_ENDINGS, SOUND_ENDINGS
from pipeline.parameters import ROOT
from pipeline.sections.recordings import ComposedThemes
from pipeline.studies.themes import Parameters
from save_dataset.demo.altered import alter_folder
from save_dataset.demo.files import check_folder, write_files
from save_dataset.demo.themes import compose_themes
from save_dataset.files import music_path
from save_dataset.midi.files import to_bytes
from save_dataset.sound.synthesiser import render
from save_dataset.themes.recordings import Pattern
from save_dataset.themes.score import patterns_to_text

SAMPLE_RATE_HZ = 22050


def make_themes(parameters: Parameters, root: Path = ROOT, show_progress: bool = False) -> list[Path]:
    """Write the pieces of a parameter file that makes them: MIDI, sound, patterns; returns the paths of the sound."""
    if parameters.made is None:
        raise ValueError(f"pieces.folder={parameters.pieces.folder!r}: is not what [composition] or [altered] makes")
    files: dict[str, bytes] = {}
    for name, midi, patterns in tqdm(pieces_of(parameters, root), "rendering", unit="piece", disable=not show_progress):
        files[f"{name}.mid"] = midi
        files[f"{name}.flac"] = _to_flac(midi)
        if patterns:
            files[f"{parameters.pieces.patterns}/{name}.txt"] = patterns_to_text(patterns).encode()
    paths = write_files(
        root / "music" / parameters.made.folder, parameters.made, files, endings=(*MIDI_ENDINGS, *SOUND_ENDINGS),
        what="music", sections="[composition] or [altered], and [pieces]",
    )  # fmt: skip
    return [path for path in paths if path.suffix == ".flac"]


def pieces_of(parameters: Parameters, root: Path) -> Iterator[tuple[str, bytes, list[Pattern]]]:
    """Yield name, MIDI and patterns of each piece that is to be made."""
    made = parameters.made
    if isinstance(made, ComposedThemes):
        yield from ((name, to_bytes(midi), patterns) for name, (midi, patterns) in compose_themes(made).items())
    elif made is not None:
        how = made.model_dump(include={"transpose_semitones", "tempo"})
        yield from alter_folder(music_path(made.original, root), parameters.pieces.patterns, **how)


def _to_flac(midi: bytes) -> bytes:
    buffer = io.BytesIO()
    samples = render(pretty_midi.PrettyMIDI(io.BytesIO(midi)), sample_rate_hz=SAMPLE_RATE_HZ)
    soundfile.write(buffer, samples, SAMPLE_RATE_HZ, format="FLAC", subtype="PCM_16")
    return buffer.getvalue()


def check_made(parameters: Parameters, root: Path = ROOT) -> None:
    """Refuse a folder of pieces that are to be made and are not, or are by other parameters."""
    if parameters.made is not None:
        section = "composition" if isinstance(parameters.made, ComposedThemes) else "altered"
        check_folder(parameters, parameters.made, section, root)
