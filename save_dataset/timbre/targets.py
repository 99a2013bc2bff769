"""Reading targets: one file is a recording, whose end is held out; of several, each is a note, and some are held out.

Notes are drawn at random, so that those held out, the last that are drawn, are spread over pitches.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from pipeline.notes import SOUND_ENDINGS
from pipeline.parameters import ROOT
from pipeline.provenance import digest_file
from pipeline.results import display_path
from pipeline.studies.timbre import Parameters
from save_dataset.files import find_files, music_path, name_some, nfc
from save_dataset.sound.files import read_sound
from save_dataset.sound.stft import stft
from save_dataset.timbre.checks import check_frames, check_sound, print_resampled
from save_dataset.timbre.levels import loud_level
from save_dataset.timbre.ranges import find_range
from save_dataset.timbre.sounds import Targets

MIN_LEARNED_S = 5.0


@dataclass(frozen=True)
class Piece:
    """A part of a target."""

    path: Path
    samples: np.ndarray  # (n_samples,)
    held_out: bool


def read_targets(parameters: Parameters, root: Path = ROOT, show_progress: bool = False) -> tuple[Targets, list[Path]]:
    """Return the targets of a parameter file, and the files they are read from.

    What is left out, and what is resampled, is printed.

    Raises
    ------
    FileNotFoundError
        If the folder or files of a list do not exist.
    ValueError
        If a target has no file, two have one in common, a file is no sound, a part is silent, or too little is there.
    """
    rate_hz = parameters.stft.sample_rate_hz
    folder = music_path(parameters.targets.folder, root)
    files = {name: _find(name, parameters, folder) for name in parameters.targets.files}
    check_apart(files)
    pieces = {name: read_pieces(name, [*paths.values()], parameters) for name, paths in files.items()}
    paths = list(dict.fromkeys(piece.path for of_target in pieces.values() for piece in of_target))
    print_resampled(paths, rate_hz)
    learned = [[piece.samples for piece in of_target if not piece.held_out] for of_target in pieces.values()]
    ranges = [find_range(sounds, rate_hz) for sounds in tqdm(learned, "pitch of targets", disable=not show_progress)]
    all_pieces = [piece for of_target in pieces.values() for piece in of_target]
    targets = Targets(
        names=np.array([*pieces]),
        lowest_hz=np.array([lowest for lowest, _ in ranges]),
        highest_hz=np.array([highest for _, highest in ranges]),
        levels=np.array([loud_level(stft(np.concatenate(sounds), **parameters.stft.framing)) for sounds in learned]),
        samples=np.concatenate([piece.samples for piece in all_pieces]),
        piece_ends=np.cumsum([len(piece.samples) for piece in all_pieces]),
        piece_targets=np.repeat(np.arange(len(pieces)), [len(of_target) for of_target in pieces.values()]),
        piece_held_out=np.array([piece.held_out for piece in all_pieces]),
        piece_files=np.array([nfc(display_path(piece.path, folder)) for piece in all_pieces]),
    )
    return targets, paths


def _find(name: str, parameters: Parameters, folder: Path) -> dict[str, Path]:
    """Return the files of a target by the digests of their bytes; those that are there already are printed."""
    files, key = parameters.targets.files[name], f"targets.files.{name}"
    folder_key = f"targets.folder={parameters.targets.folder!r}"
    paths = find_files(folder, files, SOUND_ENDINGS, folder_key=folder_key, files_key=key)
    if not paths:
        raise ValueError(f"{key}={files!r}: finds no sound in {folder}")
    found: dict[str, Path] = {}
    again = [path.name for path in paths if found.setdefault(digest_file(path), path) != path]
    if again:
        print(
            f"left out of {name}: {len(again)} of {len(paths)} files, with the same bytes as others: {name_some(again)}"
        )
    return found


def check_apart(files: Mapping[str, Mapping[str, Path]]) -> None:
    """Raise a ValueError if two targets have a file in common; files of each are given by the digests of their bytes.

    What is held out of one would be learned from with the other.
    """
    owners: dict[str, tuple[str, Path]] = {}
    for name, of_target in files.items():
        for digest, path in of_target.items():
            other, there = owners.setdefault(digest, (name, path))
            if other != name:
                same = "" if there == path else f" (as {there.name}, with the same bytes)"
                raise ValueError(
                    f"{path}: is of targets.files.{name} and of targets.files.{other}{same}: it must be of one target"
                )


def read_pieces(name: str, paths: Sequence[Path], parameters: Parameters) -> list[Piece]:
    """Return the pieces of a target, those that are learned from first; ValueError as `read_targets` raises."""
    section, fourier = parameters.targets, parameters.stft
    pieces = _read_recording(paths[0], parameters) if len(paths) == 1 else _read_notes(name, paths, parameters)
    window_s = fourier.window_samples / fourier.sample_rate_hz
    learned_s, held_out_s = (
        sum(len(piece.samples) for piece in pieces if piece.held_out == held_out) / fourier.sample_rate_hz
        for held_out in (False, True)
    )
    if learned_s < MIN_LEARNED_S or held_out_s < window_s:
        raise ValueError(
            f"targets.files.{name}: {learned_s:.2f} s to learn from and {held_out_s:.2f} s held out "
            f"(targets.max_s={section.max_s:g}, targets.holdout_fraction={section.holdout_fraction:g}): must be "
            f"at least {MIN_LEARNED_S:g} s and {window_s:.2f} s"
        )
    check_frames(round(learned_s * fourier.sample_rate_hz), fourier, "targets.max_s")
    for piece in pieces:
        check_sound(piece.path, piece.samples, "held out" if piece.held_out else "learned from")
    return pieces


def _read_recording(path: Path, parameters: Parameters) -> list[Piece]:
    section = parameters.targets
    samples = read_sound(path, sample_rate_hz=parameters.stft.sample_rate_hz, duration_s=section.max_s)
    learned, held_out = np.split(samples, [round(len(samples) * (1 - section.holdout_fraction))])
    return [Piece(path, learned, False), Piece(path, held_out, True)]


def _read_notes(name: str, paths: Sequence[Path], parameters: Parameters) -> list[Piece]:
    """Return notes drawn at random until there are enough; those that are shorter than a window are left out."""
    section, fourier = parameters.targets, parameters.stft
    notes: list[tuple[Path, np.ndarray]] = []
    ends, short = [0], []
    for index in np.random.default_rng(section.seed).permutation(len(paths)):
        samples = read_sound(paths[index], sample_rate_hz=fourier.sample_rate_hz, duration_s=section.max_s)
        if len(samples) < fourier.window_samples:
            short.append(paths[index].name)
            continue
        if ends[-1] + len(samples) > section.max_s * fourier.sample_rate_hz:
            break
        notes.append((paths[index], samples))
        ends.append(ends[-1] + len(samples))
    if short:
        print(f"left out of {name}: {len(short)} of {len(paths)} files, shorter than a window: {name_some(short)}")
    if len(notes) < 2:
        raise ValueError(
            f"targets.files.{name}: {len(notes)} of {len(paths)} notes can be used within "
            f"targets.max_s={section.max_s:g}, and at least 2 must be: raise it, or name one file, a recording"
        )
    first_held_out = ends[-1] * (1 - section.holdout_fraction)
    return [Piece(*note, end > first_held_out) for note, end in zip(notes, ends[1:], strict=True)]
