"""The recordings of the study `themes`: pieces with scores and patterns, training pieces, and the split."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.parameters import ROOT
from pipeline.results import display_path
from pipeline.studies.themes import Parameters
from save_dataset.themes.files import find_pieces, find_training_pieces, folder_of
from save_dataset.themes.recordings import Pattern, Recordings
from save_dataset.themes.score import Score, check_length, read_patterns, read_score
from save_dataset.themes.transforms import CACHE, TransformedSound, digest_of, transform_files


@dataclass(frozen=True)
class Piece:
    """A recording, and what is known of it."""

    path: Path
    sound: TransformedSound
    split: str
    is_searched: bool
    score: Score | None = None
    patterns: Sequence[Pattern] = ()


def read_recordings(
    parameters: Parameters, root: Path = ROOT, show_progress: bool = False
) -> tuple[Recordings, list[Path]]:
    """The recordings, and the files they were made from: sound, scores, patterns.

    Raises
    ------
    FileNotFoundError, ValueError
        If files are missing or broken, or scores are not those of the recordings; the message names them.
    """
    section, cqt = parameters.pieces, parameters.cqt.model_dump()
    paths = find_pieces(section, root)
    training_pieces = _without_copies(find_training_pieces(section, root), paths)
    options: dict[str, Any] = {"show_progress": show_progress}
    sounds = transform_files(paths, root / CACHE, cqt, **options)
    training_sounds = transform_files(
        training_pieces, root / CACHE, cqt, longest_s=section.max_training_piece_s, **options
    )
    folder = folder_of(section, root) / section.patterns
    splits = ["none"] * len(paths) if section.training_pieces else split_last(len(paths), section.validation_fraction)
    training_splits = split_last(len(training_pieces), section.validation_fraction)
    pieces = [
        _piece_of(path, sound, split, section.bpm.get(path.stem), folder)
        for path, sound, split in zip(paths, sounds, splits, strict=True)
    ]
    pieces += [
        Piece(path, sound, split, is_searched=False)
        for path, sound, split in zip(training_pieces, training_sounds, training_splits, strict=True)
    ]
    hop_s = parameters.cqt.hop_samples / parameters.cqt.sample_rate_hz
    patterns = [folder / f"{piece.path.stem}.txt" for piece in pieces if piece.patterns]
    raw = [path for piece in pieces for path in (piece.path, *(piece.score.paths if piece.score else ()))]
    return _to_recordings(pieces, hop_s, root), list(dict.fromkeys([*raw, *patterns]))


def _piece_of(path: Path, sound: TransformedSound, split: str, bpm: float | None, folder: Path) -> Piece:
    """A piece that is searched, with its score and its patterns if it has them."""
    score = read_score(path, bpm)
    if score is not None:
        check_length(score, sound.lead_in_s, sound.duration_s, path)
    known = folder / f"{path.stem}.txt"
    patterns = read_patterns(known, score) if known.is_file() else []
    return Piece(path, sound, split, True, score, patterns)


def _without_copies(training_pieces: Sequence[Path], paths: Sequence[Path]) -> list[Path]:
    """The training pieces that are neither a piece nor an earlier one, which is printed, in the order of their digests.

    That order has nothing to do with names, so that the last ones are held out as if they were drawn.
    """
    searched = {digest_of(path) for path in paths} if training_pieces else set()
    by_digest: dict[str, Path] = {}
    for path in training_pieces:
        digest = digest_of(path)
        if digest in searched or digest in by_digest:
            print(f"left out of the training pieces: {path.name}: is the same as another file")
        else:
            by_digest[digest] = path
    if training_pieces and not by_digest:
        raise ValueError(f"{training_pieces[0].parent}: every training piece is a piece that is searched")
    return [by_digest[digest] for digest in sorted(by_digest)]


def split_last(n_files: int, share: float) -> list[str]:
    """The part of each file: the last ones are held out, one at least, and one at least is not."""
    n_held_out = max(min(max(round(share * n_files), 1), n_files - 1), 0)
    return ["train"] * (n_files - n_held_out) + ["validation"] * n_held_out


def check_lengths(recordings: Recordings, parameters: Parameters) -> None:
    """ValueError if a piece that is searched is shorter than a patch of a run."""
    for run in parameters.for_runs():
        for piece in range(recordings.n_searched):
            recordings.count_moments(piece, run.model.patch_frames)


def check_split(splits: np.ndarray, parameters: Parameters) -> None:
    """ValueError unless there are recordings to learn from and others that are held out."""
    n_files = np.count_nonzero(np.isin(splits, ("train", "validation")))
    if n_files < 2:
        folder = Path("music", parameters.pieces.training_pieces or parameters.pieces.folder)
        share = f"pieces.validation_fraction={parameters.pieces.validation_fraction}"
        raise ValueError(f"{share}: needs at least 2 files, {folder} has {n_files}")


def _to_recordings(pieces: Sequence[Piece], hop_s: float, root: Path = ROOT) -> Recordings:
    """Pieces as arrays."""
    scores = [np.insert(piece.score.notes, 0, number, axis=1) for number, piece in enumerate(pieces) if piece.score]
    for score in scores:
        score[:, 1] += pieces[int(score[0, 0])].sound.lead_in_s
    sounds = [piece.sound for piece in pieces]
    return Recordings(
        frames=np.concatenate([sound.frames for sound in sounds]),
        starts=np.cumsum([0, *(len(sound.frames) for sound in sounds)]),
        names=np.array([piece.path.stem for piece in pieces]),
        paths=np.array([display_path(piece.path, root) for piece in pieces]),
        splits=np.array([piece.split for piece in pieces]),
        is_searched=np.array([piece.is_searched for piece in pieces]),
        lead_ins_s=np.array([sound.lead_in_s for sound in sounds]),
        durations_s=np.array([sound.duration_s for sound in sounds]),
        bpm=np.array([piece.score.bpm if piece.score else np.nan for piece in pieces]),
        notes=np.concatenate([np.zeros((0, 4)), *scores]),
        truth=np.array(_rows_of([piece.patterns for piece in pieces]), float).reshape(-1, 5),
        hop_s=hop_s,
    )


def _rows_of(patterns_of_pieces: Sequence[Sequence[Pattern]]) -> list[tuple[float, ...]]:
    """All notes of all patterns: piece, pattern, occurrence, onset in beats, pitch."""
    return [
        (piece, number, count, onset, pitch)
        for piece, patterns in enumerate(patterns_of_pieces)
        for number, pattern in enumerate(patterns)
        for count, occurrence in enumerate(pattern)
        for onset, pitch in occurrence
    ]


def describe(recordings: Recordings) -> str:
    """Pieces, scores and patterns, files and minutes of the parts of the split, in words."""
    n_scores, n_known = (len(np.unique(rows[:, 0])) for rows in (recordings.notes, recordings.truth))
    n_patterns = len(np.unique(recordings.truth[:, :2], axis=0))
    known = f"scores of {n_scores}, patterns known of {n_known} ({n_patterns} in all)"
    parts = [f"{count(recordings.n_searched, 'piece')} to search, {known}"]
    for split, words in (("train", "to learn from"), ("validation", "held out")):
        there = recordings.pieces_of(split)
        minutes = recordings.durations_s[there].sum() / 60
        parts.append(f"{words}: {count(len(there), 'file')}, {minutes:.1f} min")
    return "; ".join(parts)


def count(n: int, thing: str) -> str:
    """So many things, in words."""
    return f"{n} {thing}{'s' * (n != 1)}"
