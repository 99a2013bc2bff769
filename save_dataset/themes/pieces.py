"""The recordings of the study `themes`: pieces with scores and patterns, training pieces, and the split."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from pipeline.memory import check_memory
from pipeline.parameters import ROOT
from pipeline.provenance import digest_file
from pipeline.results import display_path
from pipeline.studies.themes import Parameters
from save_dataset.files import find_named, is_midi, music_path, nfc, path_below
from save_dataset.midi.files import CACHE as PARSED
from save_dataset.midi.files import read_all
from save_dataset.midi.reading import print_mended
from save_dataset.themes.files import find_pieces, find_training_pieces
from save_dataset.themes.recordings import Pattern, Recordings
from save_dataset.themes.score import Score, check_length, read_patterns, read_score
from save_dataset.themes.transforms import CACHE, TransformedSound, transform_files

BYTES_OF_PAIR = 44  # of patches of a piece, while they are compared and searched
MAX_GB = 8  # for all pairs: 20 minutes of music by default


@dataclass(frozen=True)
class Piece:
    """A recording, and what is known of it."""

    path: Path
    sound: TransformedSound
    split: str
    is_searched: bool
    score: Score | None = None
    patterns: Sequence[Pattern] = ()
    patterns_path: Path | None = None


def read_recordings(
    parameters: Parameters, root: Path = ROOT, show_progress: bool = False
) -> tuple[Recordings, list[Path]]:
    """Return the recordings, and the files they were made from: sound, scores, patterns.

    FileNotFoundError or ValueError name files that are missing or broken, or scores that are not of the recordings.
    """
    section, cqt = parameters.pieces, parameters.cqt.model_dump()
    paths = find_pieces(section, root)
    training_pieces = _without_copies(find_training_pieces(section, root), paths)
    transform = partial(
        transform_files, cache=root / CACHE, cqt=cqt, channel=section.channel, show_progress=show_progress
    )
    sounds = transform(paths)
    training_sounds = transform(training_pieces, max_s=section.max_training_piece_s)
    folder = path_below(music_path(section.folder, root), section.patterns)
    bpm = {nfc(name): tempo for name, tempo in section.bpm.items()}
    splits = ["none"] * len(paths) if section.training_pieces else split_last(len(paths), section.validation_fraction)
    training_splits = split_last(len(training_pieces), section.validation_fraction)
    pieces = [
        _piece_of(path, sound, split, bpm.get(nfc(path.stem)), folder)
        for path, sound, split in zip(paths, sounds, splits, strict=True)
    ]
    pieces += [
        Piece(path, sound, split, is_searched=False)
        for path, sound, split in zip(training_pieces, training_sounds, training_splits, strict=True)
    ]
    hop_s = parameters.cqt.hop_samples / parameters.cqt.sample_rate_hz
    raw = [path for piece in pieces for path in (piece.path, *(piece.score.paths if piece.score else ()))]
    _print_mended(raw, root)
    patterns = [piece.patterns_path for piece in pieces if piece.patterns_path and piece.patterns]
    return _to_recordings(pieces, hop_s, root), list(dict.fromkeys([*raw, *patterns]))


def _print_mended(paths: Sequence[Path], root: Path) -> None:
    midi = [path for path in dict.fromkeys(paths) if is_midi(path)]
    parsed, _ = read_all(midi, root / PARSED)
    print_mended({path.name: notes for path, notes in zip(midi, parsed, strict=True) if notes})


def _piece_of(path: Path, sound: TransformedSound, split: str, bpm: float | None, folder: Path) -> Piece:
    score = read_score(path, bpm)
    if score is not None:
        check_length(score, sound.lead_in_s, sound.duration_s, path)
    known = find_named(folder, path.stem, [".txt"])
    return Piece(path, sound, split, True, score, read_patterns(known, score) if known else (), known)


def _without_copies(training_pieces: Sequence[Path], paths: Sequence[Path]) -> list[Path]:
    """Return the training pieces that are neither a piece nor an earlier one, in the order of their digests.

    That order has nothing to do with names, so that the last ones are held out as if they were drawn.
    """
    searched = {digest_file(path) for path in paths} if training_pieces else set()
    by_digest: dict[str, Path] = {}
    for path in training_pieces:
        digest = digest_file(path)
        if digest in searched or digest in by_digest:
            print(f"left out of the training pieces: {path.name}: is the same as another file")
        else:
            by_digest[digest] = path
    if training_pieces and not by_digest:
        raise ValueError(f"{training_pieces[0].parent}: every training piece is a piece that is searched")
    return [by_digest[digest] for digest in sorted(by_digest)]


def split_last(n_files: int, fraction: float) -> list[str]:
    """Return the part of each file: the last ones are held out, one at least, and one at least is not.

    >>> split_last(2, 0.9), split_last(1, 0.2)
    (['train', 'validation'], ['train'])
    """
    n_held_out = max(min(max(round(fraction * n_files), 1), n_files - 1), 0)
    return ["train"] * (n_files - n_held_out) + ["validation"] * n_held_out


def check_lengths(recordings: Recordings, parameters: Parameters) -> None:
    """Raise a ValueError if a piece that is searched is shorter than a patch of a run, or too long to be compared."""
    for run in parameters.for_runs():
        for piece in range(recordings.n_searched):
            n_patches = recordings.count_patches(piece, run.model.patch_frames)
            hop = f"cqt.hop_samples={parameters.cqt.hop_samples}"
            hint = f"{recordings.names[piece]} has {n_patches} frames, any two of which are compared: raise it"
            check_memory(hop, BYTES_OF_PAIR * n_patches**2, hint, MAX_GB)


def check_split(splits: np.ndarray, parameters: Parameters) -> None:
    """Raise a ValueError unless there are recordings to learn from and others that are held out."""
    n_files = np.count_nonzero(np.isin(splits, ("train", "validation")))
    if n_files < 2:
        folder = Path("music", parameters.pieces.training_pieces or parameters.pieces.folder)
        fraction = f"pieces.validation_fraction={parameters.pieces.validation_fraction}"
        raise ValueError(f"{fraction}: needs at least 2 files, {folder} has {n_files}")


def _to_recordings(pieces: Sequence[Piece], hop_s: float, root: Path = ROOT) -> Recordings:
    scores = [np.insert(piece.score.notes, 0, index, axis=1) for index, piece in enumerate(pieces) if piece.score]
    for score in scores:
        score[:, 1] += pieces[int(score[0, 0])].sound.lead_in_s
    truth = [
        (piece_index, pattern_index, occurrence_index, onset, pitch)
        for piece_index, piece in enumerate(pieces)
        for pattern_index, pattern in enumerate(piece.patterns)
        for occurrence_index, occurrence in enumerate(pattern)
        for onset, pitch in occurrence
    ]
    sounds = [piece.sound for piece in pieces]
    return Recordings(
        frames=np.concatenate([sound.frames for sound in sounds]),
        starts=np.cumsum([0, *(len(sound.frames) for sound in sounds)]),
        names=np.array([nfc(piece.path.stem) for piece in pieces]),
        paths=np.array([display_path(piece.path, root) for piece in pieces]),
        splits=np.array([piece.split for piece in pieces]),
        is_searched=np.array([piece.is_searched for piece in pieces]),
        lead_ins_s=np.array([sound.lead_in_s for sound in sounds]),
        durations_s=np.array([sound.duration_s for sound in sounds]),
        bpm=np.array([piece.score.bpm if piece.score else np.nan for piece in pieces]),
        notes=np.concatenate([np.zeros((0, 4)), *scores]),
        truth=np.array(truth, float).reshape(-1, 5),
        hop_s=hop_s,
    )


def describe(recordings: Recordings) -> str:
    """Return pieces, scores and patterns, files and minutes of the parts of the split, in words."""
    n_scores, n_known = (len(np.unique(rows[:, 0])) for rows in (recordings.notes, recordings.truth))
    n_patterns = len(np.unique(recordings.truth[:, :2], axis=0))
    known = f"scores of {n_scores}, patterns known of {n_known} ({n_patterns} in all)"
    parts = [f"{_count(recordings.n_searched, 'piece')} to search, {known}"]
    for split, words in (("train", "to learn from"), ("validation", "held out")):
        there = recordings.pieces_of(split)
        minutes = recordings.durations_s[there].sum() / 60
        parts.append(f"{words}: {_count(len(there), 'file')}, {minutes:.1f} min")
    return "; ".join(parts)


def _count(n: int, thing: str) -> str:
    return f"{n} {thing}{'s' * (n != 1)}"
