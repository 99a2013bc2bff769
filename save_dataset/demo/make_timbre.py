"""Synthetic sounds of the study `timbre`: writing them, and checking that what is there is what the parameters say."""

from pathlib import Path

from pipeline.notes import MIDI_ENDINGS, SOUND_ENDINGS
from pipeline.parameters import ROOT
from pipeline.studies.timbre import Parameters
from save_dataset.demo.files import check_folder, to_flac, write_files
from save_dataset.demo.instruments import SAMPLE_RATE_HZ
from save_dataset.demo.timbre import compose_chords, compose_melody, make_reed_notes, sing
from save_dataset.midi.files import to_bytes


def make_timbre(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Write the sounds of a parameter file that makes them; returns their paths."""
    synthesis = parameters.synthesis
    if synthesis is None or not parameters.is_made:
        raise ValueError(f"targets.folder={parameters.targets.folder!r}: is not what [synthesis] makes")
    files = {
        f"target/{index:03}_{pitch}.flac": to_flac(samples, SAMPLE_RATE_HZ)
        for index, (pitch, samples) in enumerate(make_reed_notes(synthesis.target_s, synthesis.seed))
    }
    files["sources/voice.flac"] = to_flac(sing(synthesis.source_s, synthesis.seed), SAMPLE_RATE_HZ)
    files["sources/melody.mid"] = to_bytes(compose_melody(synthesis.seed))
    files["sources/chords.mid"] = to_bytes(compose_chords())
    return write_files(
        root / "music" / synthesis.folder, synthesis, files, endings=(*SOUND_ENDINGS, *MIDI_ENDINGS), what="sound",
        sections="[synthesis] and [targets]",
    )  # fmt: skip


def check_made(parameters: Parameters, root: Path = ROOT) -> None:
    """Refuse a folder of sounds that are to be made and are not, or are by other parameters."""
    if parameters.is_made:
        check_folder(parameters, parameters.synthesis, "synthesis", root)
