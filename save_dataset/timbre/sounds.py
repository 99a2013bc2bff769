"""The sounds of the study `timbre`: what is learned and what is passed through, each after the other in one array."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline import results
from pipeline.parameters import ROOT, StudyParameters
from save_dataset.stored import Stored


@dataclass(frozen=True)
class Named(Stored):
    """Sounds that have names."""

    names: np.ndarray  # (n_sounds,)

    def index_of(self, name: str) -> int:
        """Return the index of the sound of a name; ValueError if there is none."""
        return self.names.tolist().index(name)


@dataclass(frozen=True)
class Targets(Named):
    """Timbres that are learned, each from pieces: notes, or what is learned of a recording and what is held out."""

    lowest_hz: np.ndarray  # (n_targets,), lowest pitch that is learned from, NaN if none is found
    highest_hz: np.ndarray  # (n_targets,)
    levels: np.ndarray  # (n_targets,), root mean square of magnitudes of its loud frames (99th percentile)
    samples: np.ndarray  # (n_samples,) float32, all pieces one after the other
    piece_ends: np.ndarray  # (n_pieces,), sample after the last of each piece
    piece_targets: np.ndarray  # (n_pieces,), index of the target that each belongs to
    piece_held_out: np.ndarray  # (n_pieces,), whether it is held out from learning
    piece_files: np.ndarray  # (n_pieces,), the file, from the folder on

    def pieces(self, target: int, *, held_out: bool) -> list[np.ndarray]:
        """Return the sounds of a target that are learned from, or that are held out."""
        sounds = np.split(self.samples, self.piece_ends[:-1])
        chosen = (self.piece_targets == target) & (self.piece_held_out == held_out)
        return [sounds[index] for index in np.flatnonzero(chosen)]

    def sound(self, target: int, *, held_out: bool) -> np.ndarray:
        """Return the same, one after the other, ``(n_samples,)``."""
        return np.concatenate(self.pieces(target, held_out=held_out))


@dataclass(frozen=True)
class Sources(Named):
    """Sounds that are passed through, by the name of their file without ending; of MIDI that is rendered with notes."""

    lowest_hz: np.ndarray  # (n_sources,), lowest pitch, NaN if none is found
    highest_hz: np.ndarray  # (n_sources,)
    samples: np.ndarray  # (n_samples,) float32, one source after the other
    ends: np.ndarray  # (n_sources,), sample after the last of each
    note_sources: np.ndarray  # (n_notes,), index of the source that each note is of
    note_starts_s: np.ndarray  # (n_notes,), from the beginning of the source
    note_ends_s: np.ndarray  # (n_notes,)
    note_pitches: np.ndarray  # (n_notes,), MIDI pitch

    def sound(self, source: int) -> np.ndarray:
        """Return the sound of a source, ``(n_samples,)``."""
        return np.split(self.samples, self.ends[:-1])[source]


def load_targets(parameters: StudyParameters, root: Path = ROOT) -> Targets:
    """Return the stored targets of a parameter file; raises as `results.load` does."""
    return Targets.from_arrays(results.load(parameters, "targets", root))


def load_sources(parameters: StudyParameters, root: Path = ROOT) -> Sources:
    """Return the stored sources of a parameter file; raises as `results.load` does."""
    return Sources.from_arrays(results.load(parameters, "sources", root))
