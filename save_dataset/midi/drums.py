"""The corpus of the study `drums`: a collection of MIDI files as grids, and what of it cannot be used."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np

from pipeline.notes import BEATS_PER_BAR
from pipeline.parameters import ROOT
from pipeline.sections.symbolic import Grid
from pipeline.studies.drums import Parameters
from save_dataset.files import name_some
from save_dataset.midi.corpus import Corpus
from save_dataset.midi.drum_grid import KINDS, to_grid
from save_dataset.midi.files import MidiNotes
from save_dataset.midi.reading import Piece, join_pieces, read_pieces


def read_drums(parameters: Parameters, root: Path = ROOT, show_progress: bool = False) -> tuple[Corpus, list[Path]]:
    """Return the grids of a collection, and the files they were made from; print what is left out or lost."""
    grid = parameters.grid
    steps_per_beat = grid.steps_per_bar // BEATS_PER_BAR

    def count_steps(notes: MidiNotes) -> float:
        return float(notes.ends_beats.max() * steps_per_beat)

    pieces, paths = read_pieces(parameters.collection, partial(_why_not, grid), count_steps, root, show_progress)
    grids, counts = zip(*(to_grid(notes, grid.drums, grid.steps_per_bar) for _, notes in pieces), strict=True)
    _print_losses(pieces, counts, grid)
    corpus = join_pieces(
        pieces, grids,
        bpm=[_tempo_of(piece) for piece in pieces],
        channels=[f"{kind} {drum}" for kind in KINDS for drum in grid.drums],
        steps_per_beat=steps_per_beat,
    )  # fmt: skip
    return corpus, paths


def _why_not(grid: Grid, notes: MidiNotes) -> str:
    """Return why a file cannot be used; empty if it can. A file without a metre is in 4/4."""
    if not len(notes.pitches):
        return "without notes"
    if not notes.is_drum.any():
        return "no drum track"
    if (notes.time_signatures[:, :2] != BEATS_PER_BAR).any():  # a quarter note is a fourth of a bar, too
        return "not in 4/4"
    pitches = list(chain.from_iterable(grid.drums.values()))
    return "" if np.isin(notes.pitches[notes.is_drum], pitches).any() else "no pitch of grid.drums"


def _print_losses(pieces: Sequence[Piece], counts: Sequence[Mapping[str, int]], grid: Grid) -> None:
    total = {key: sum(of_piece[key] for of_piece in counts) for key in counts[0]}
    fraction = total["collisions"] / total["notes"]
    print(f"{total['notes']} notes, {total['collisions']} ({fraction:.1%}) lost to a louder one in the same step")
    if total["unknown_pitches"]:
        pitches = np.concatenate([notes.pitches[notes.is_drum] for _, notes in pieces])
        unknown = np.setdiff1d(pitches, list(chain.from_iterable(grid.drums.values())))
        print(f"left out: {total['unknown_pitches']} notes of pitches that grid.drums has not ({name_some(unknown)})")


def _tempo_of(piece: Piece) -> float:
    """Return the tempo of a piece: as the table gives it, else the first of the file."""
    entry, notes = piece
    return float(entry.row.get("bpm") or notes.tempo_bpm)
