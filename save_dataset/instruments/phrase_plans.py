"""Which phrases are made, and of which sounds: drawn in advance, so that processes can make them in any order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np

from pipeline.sections.instruments import Phrases
from save_dataset.instruments.collection import Sound, suggest
from save_dataset.instruments.phrases import make_phrase
from save_dataset.sound.files import read_sound

N_SOUNDS = 12  # of a phrase, at most
CHORDS = ("piano", "guitar")  # classes with one of these in their name have chords
KEPT_SOUNDS = 256  # in memory of each process


@dataclass(frozen=True)
class Plan:
    """A phrase: what it is, and what it is made of; `seed` and `spawn_key` are those of its generator."""

    phrase: Sound
    paths: tuple[Path, ...]
    seed: int
    spawn_key: tuple[int, int]

    @property
    def has_chords(self) -> bool:
        """Whether it has several notes at once."""
        return any(name in self.phrase.label for name in CHORDS)


def plan_phrases(section: Phrases, sounds: Sequence[Sound]) -> list[Plan]:
    """Return the phrases of each collection and class, made of sounds of theirs; a class without sounds has none."""
    there = sorted({sound.collection for sound in sounds})
    if unknown := [name for name in section.collections if name not in there]:
        raise ValueError(f"phrases.collections={unknown[0]!r}: is no collection; {suggest(unknown[0], there)}")
    plans: list[Plan] = []
    for collection in section.collections:
        for label in sorted({sound.label for sound in sounds}):
            of_both = [sound for sound in sounds if (sound.collection, sound.label) == (collection, label)]
            if of_both:
                plans += [plan_phrase(of_both, section.seed, index) for index in range(section.per_class)]
            else:
                print(f"no phrases of {label} in {collection}: it has no sounds of it")
    return plans


def plan_phrase(sounds: Sequence[Sound], seed: int, index: int) -> Plan:
    """Return one phrase of sounds of one collection and class: of one source, drawn by the root of its sounds."""
    first = sounds[0]
    spawn_key = crc32(f"{first.collection}/{first.label}".encode()), index
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(*spawn_key, 0)))
    sources, counts = np.unique([sound.source for sound in sounds], return_counts=True)
    source = str(rng.choice(sources, p=np.sqrt(counts) / np.sqrt(counts).sum()))
    paths = [sound.path for sound in sounds if sound.source == source]
    drawn = rng.choice(len(paths), size=min(N_SOUNDS, len(paths)), replace=False)
    name = f"phrases/{first.collection}/{first.label}/{index:04d}"
    phrase = replace(first, path=Path(name), name=name, source=source, group="", pitch=np.nan)
    return Plan(phrase, tuple(paths[i] for i in drawn), seed, spawn_key)


def read_phrase(plan: Plan, *, sample_rate_hz: int, clip_samples: int, max_clips: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a phrase as a clip, ``(1, clip_samples)``, and how many samples are sound, ``(1,)``: all."""
    longest_s = (max_clips + 1) * clip_samples / 2 / sample_rate_hz  # no more of a sound than its clips
    sounds = [_read(path, sample_rate_hz, longest_s) for path in plan.paths]
    rng = np.random.default_rng(np.random.SeedSequence(plan.seed, spawn_key=(*plan.spawn_key, 1)))
    phrase = make_phrase(sounds, clip_samples, sample_rate_hz, rng, has_chords=plan.has_chords)
    return phrase[None], np.array([clip_samples])


@lru_cache(maxsize=KEPT_SOUNDS)
def _read(path: Path, sample_rate_hz: int, duration_s: float) -> np.ndarray:
    return read_sound(path, sample_rate_hz=sample_rate_hz, duration_s=duration_s)
