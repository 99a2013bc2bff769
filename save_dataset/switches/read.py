"""Cutting recordings into the clips of the study `switches`.

What a list of files names must be usable; of what a pattern finds, the rest is left out, which is printed. Of each
recording only spectrograms stay in memory, and of all no more than are used.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import librosa
import numpy as np

from pipeline.memory import check_memory
from pipeline.notes import SOUND_ENDINGS
from pipeline.parameters import ROOT
from pipeline.results import display_path
from pipeline.sections.switches import Clips as ClipsSection
from pipeline.sections.switches import Mel
from pipeline.studies.switches import Parameters
from save_dataset.demo.make_song import check_composition
from save_dataset.files import find_files, music_path, nfc
from save_dataset.sound.files import read_sound
from save_dataset.switches.clips import Clips
from save_dataset.switches.mel import bands_of, measure_power, scale

MARGIN_S = 0.1  # that is read beyond the last clip: resampling rounds lengths
BYTES = 16  # of each cell of all spectrograms, while they are scaled and joined
LEVEL_DB = -30.0  # of all clips where they are made equally loud: peaks of music stay below full scale
SILENT_DB = -70.0  # as the absolute gate of loudness in ITU-R BS.1770


class Cut(NamedTuple):
    """A clip of a recording."""

    path: Path
    rank: int  # among the clips of its file
    start_s: float
    gain_db: float
    power: np.ndarray  # (n_frames, n_mels)


def find_recordings(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Return the recordings; raises as `find_files` does, and if there is none or not the demo of [composition]."""
    section, composition = parameters.clips, parameters.composition
    if composition is not None and parameters.is_composed:
        hint = f"run: python -m {parameters.STEPS[0]} {parameters.name}"
        check_composition(composition, music_path(composition.file, root), hint)
    folder = music_path(section.folder, root)
    keys = {"folder_key": f"clips.folder={section.folder!r}", "files_key": "clips.files"}
    paths = find_files(folder, section.files, SOUND_ENDINGS, **keys)
    if not paths:
        raise ValueError(f"clips.files={section.files!r}: finds no sound in {folder}")
    return paths


def read_clips(parameters: Parameters, root: Path = ROOT) -> tuple[Clips, list[Path]]:
    """Return the clips, those of one recording after the other, and the files that they are cut from.

    Raises as `find_recordings` does; if a file of a list is no sound or too short, or there are fewer than two clips.
    """
    section, mel, paths = parameters.clips, parameters.mel, find_recordings(parameters, root)
    cuts: list[Cut] = []
    n_of_file = min(section.clips_per_file, section.max_clips)
    for path in paths:
        with unusable_left_out(section):
            cuts += cut_recording(path, n_of_file, section, mel)
        check_memory(
            f"clips.max_clips={section.max_clips}", BYTES * len(cuts) * mel.n_frames * mel.n_mels, "take fewer"
        )
        if len(cuts) >= section.max_clips:
            cuts = sorted(cuts, key=lambda cut: cut.rank)[: section.max_clips]  # of all files alike many
            n_of_file = cuts[-1].rank
        if not n_of_file:
            break
    if len(cuts) < 2:
        raise ValueError(
            f"clips.files={section.files!r}: finds {len(cuts)} clips of {mel.clip_s:.2f} s, must find at least 2; "
            "add files, raise clips.clips_per_file, or lower clips.step_s or mel.n_frames"
        )
    cuts.sort(key=lambda cut: (paths.index(cut.path), cut.rank))
    return _gather(cuts, music_path(section.folder, root), mel), list(dict.fromkeys(cut.path for cut in cuts))


@contextmanager
def unusable_left_out(section: ClipsSection) -> Iterator[None]:
    """Print what is wrong with a file, a ValueError, unless it is one of a list."""
    try:
        yield
    except ValueError as error:
        if not isinstance(section.files, str):
            raise
        print(f"left out: {error}")


def cut_recording(path: Path, n_clips: int, section: ClipsSection, mel: Mel) -> list[Cut]:
    """Return the clips of a recording, at most so many, but for silent ones, which are printed."""
    step_s, cuts = section.step_s or mel.clip_s, list[Cut]()
    samples = read_part(path, mel, section.start_s, (n_clips - 1) * step_s + mel.clip_s)
    for position in range(n_clips):
        start = round(position * step_s * mel.sample_rate_hz)
        clip = samples[start : start + mel.clip_samples]
        if len(clip) < mel.clip_samples:
            break
        start_s = section.start_s + start / mel.sample_rate_hz
        try:
            power, gain_db = measure_clip(clip, section, mel)
        except ValueError as error:
            print(f"left out: {path} from {start_s:.2f} s on: {error}")
        else:
            cuts.append(Cut(path, len(cuts), start_s, gain_db, power))
    return cuts


def read_part(path: Path, mel: Mel, start_s: float, duration_s: float) -> np.ndarray:
    """Return the samples of a part of a recording, to its end at most; ValueError if it is no sound or too short."""
    rate_hz = mel.sample_rate_hz
    samples = read_sound(path, sample_rate_hz=rate_hz, duration_s=start_s + duration_s + MARGIN_S)
    start = round(start_s * rate_hz)
    if len(samples) < start + mel.clip_samples:
        raise ValueError(f"{path}: lasts {len(samples) / rate_hz:.2f} s: must be at least {start_s + mel.clip_s:.2f} s")
    return samples[start:]


def measure_clip(samples: np.ndarray, section: ClipsSection, mel: Mel) -> tuple[np.ndarray, float]:
    """Return the mel power of a clip, ``(n_frames, n_mels)``, as loud as all, and its gain; ValueError if silent."""
    level_db = measure_level_db(samples, mel.sample_rate_hz)
    if level_db < SILENT_DB:
        raise ValueError(f"is silent: its level is {level_db:.0f} dB (A), below {SILENT_DB:g} dB")
    gain_db = LEVEL_DB - level_db if section.loudness else 0.0
    return measure_power(samples, mel) * np.float32(librosa.db_to_power(gain_db)), gain_db


def measure_level_db(samples: np.ndarray, sample_rate_hz: int) -> float:
    """Return the A-weighted level (IEC 61672-1) of ``(n_samples,)``, in dB of a square wave of 1; -inf of silence."""
    power = 2 * np.square(np.abs(np.fft.rfft(samples)[1:])) / len(samples) ** 2
    weights = librosa.db_to_power(librosa.A_weighting(np.fft.rfftfreq(len(samples), 1 / sample_rate_hz)[1:]))
    with np.errstate(divide="ignore"):
        return float(10 * np.log10(power @ weights))


def _gather(cuts: Sequence[Cut], folder: Path, mel: Mel) -> Clips:
    """Return clips as they are stored; print how many bands are always empty."""
    if n_empty := np.count_nonzero(~bands_of(mel).any(axis=1)):
        print(f"mel.n_mels={mel.n_mels}: {n_empty} bands are empty: lower it, or raise mel.window_samples")
    loudest_db = float(librosa.power_to_db(max(cut.power.max() for cut in cuts), amin=1e-30, top_db=None))
    files, starts_s = [nfc(display_path(cut.path, folder)) for cut in cuts], [cut.start_s for cut in cuts]
    return Clips(
        names=np.array(name_clips(files, starts_s)),
        files=np.array(files),
        starts_s=np.array(starts_s),
        gains_db=np.array([cut.gain_db for cut in cuts]),
        mels=np.stack([scale(cut.power, mel, loudest_db) for cut in cuts]),
        loudest_db=np.array(loudest_db),
    )


def name_clips(files: Sequence[str], starts_s: Sequence[float]) -> list[str]:
    """Return a name for each clip: its file, without folder and ending where no other is called so, and its beginning.

    >>> name_clips(["a/rock.wav", "a/rock.wav"], [5.94, 65.0])
    ['rock 0:06', 'rock 1:05']
    """
    counts = Counter(Path(file).stem for file in set(files))
    for width, n_decimals in ((2, 0), (5, 2), (7, 4)):
        names = []
        for file, start_s in zip(files, starts_s, strict=True):
            minutes, seconds = divmod(round(start_s, n_decimals), 60)
            stem = Path(file).stem if counts[Path(file).stem] == 1 else file
            names.append(f"{stem} {minutes:.0f}:{seconds:0{width}.{n_decimals}f}")
        if len(set(names)) == len(names):
            break
    return names
