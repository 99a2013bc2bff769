"""The atoms of a dictionary as MIDI and sound, each as it stands in the music on average."""

from pathlib import Path

import numpy as np

from embed.dictionary.render import Heard, Parameters, hear, write_heard
from embed.dictionary.sparse_codes import SparseCodes
from embed.dictionary.uses import by_use, scaled_patterns
from pipeline.parameters import ROOT
from save_dataset.midi.corpus import Corpus


def hear_atoms(parameters: Parameters, corpus: Corpus, codes: SparseCodes, root: Path = ROOT) -> dict[int, Heard]:
    """The most used atoms by number, the most used first, as many as `rendering.n_atoms` says, at `rendering.bpm`."""
    patterns = scaled_patterns(codes)
    first_kind = next(iter(corpus.kinds().values()))
    return {
        int(number): hear(
            patterns[number],
            parameters,
            bpm=parameters.rendering.bpm,
            threshold=hearing_threshold(patterns[number][:, first_kind]),
            root=root,
        )
        for number in by_use(codes)[: parameters.rendering.n_atoms]
    }


def hearing_threshold(hits: np.ndarray) -> float:
    """Half the largest value of hits or notes, so that something of a weak atom is heard; negative ones never are."""
    return max(0.0, float(hits.max()) / 2)


def write_atoms(atoms: dict[int, Heard], folder: Path, sample_rate_hz: int) -> list[Path]:
    """Write ``atom_012.mid`` and, where there is a note, ``atom_012.wav``; files of other atoms there are deleted."""
    paths = [
        path
        for number, heard in atoms.items()
        for path in write_heard(heard, folder / f"atom_{number:03d}", sample_rate_hz)
    ]
    for old in {*folder.glob("atom_*.mid"), *folder.glob("atom_*.wav")} - set(paths):
        old.unlink()
    return paths
