"""The clips of a parameter file, and phrases made of the same sounds, with all their features."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.memory import check_memory, half_of_machine_gb
from pipeline.parameters import ROOT
from pipeline.provenance import digest_file
from pipeline.sections.instruments import SCATTERINGS
from pipeline.studies.instruments import Parameters
from save_dataset.files import name_some
from save_dataset.instruments.clips import Clips
from save_dataset.instruments.collection import Sound, find_sounds
from save_dataset.instruments.cutting import read_clips
from save_dataset.instruments.features import check_octaves
from save_dataset.instruments.phrase_plans import Plan, read_phrase
from save_dataset.instruments.transforms import Make, compute_all, key_of

CACHE = Path("output", "instruments_cache")  # below the root of the repository
BYTES = 8  # of each bin of each frame of a phrase: of two bytes, joined when it is made and again when it is learned
PHRASES_FORMAT = 1  # another number, and all are made anew
FEATURES = ("cqt", "mfcc", "bag", *SCATTERINGS)


def read_sounds(
    parameters: Parameters, root: Path = ROOT, show_progress: bool = False
) -> tuple[Clips, list[Sound], list[Path]]:
    """Return the clips of all sounds, the sounds they are cut from, and all files, the manifest first.

    Sounds that cannot be read are printed and left out; clips that are padded are counted. FileNotFoundError or
    ValueError as `find_sounds` does, or if the sample rate is too low for the octaves, or no sound of a class can be
    read.
    """
    cqt, cutting = parameters.cqt, cutting_of(parameters)
    check_octaves(parameters.sounds.sample_rate_hz, cqt.min_frequency_hz, cqt.octaves, cqt.bins_per_octave)
    sounds, tables = find_sounds(parameters.sounds, root)
    keys = {sound.name: key_of(digest_file(sound.path), cutting, transform_of(parameters)) for sound in sounds}
    batches = {keys[sound.name]: partial(read_clips, sound.path, **cutting) for sound in reversed(sounds)}
    batches = {key: batches[key] for key in keys.values()}  # two files with the same bytes are one batch
    features = compute(batches, parameters, root, "sounds" if show_progress else "")
    readable = leave_out_broken(sounds, {sound.name: features[keys[sound.name]].get("broken") for sound in sounds})
    described = [(keys[sound.name], [sound] * len(features[keys[sound.name]]["cqt"])) for sound in readable]
    n_samples = np.concatenate([features[key]["n_samples"] for key, _ in described])
    if n_padded := np.count_nonzero(n_samples < parameters.sounds.clip_samples):
        clip_s = parameters.sounds.clip_samples / parameters.sounds.sample_rate_hz
        print(f"padded with silence: {n_padded} of {len(n_samples)} clips, shorter than {clip_s:.2f} s")
    clips = to_clips(described, features, class_names_of(parameters, sounds))
    return clips, readable, [*tables, *(sound.path for sound in readable)]


def read_phrases(
    parameters: Parameters, plans: Sequence[Plan], class_names: Sequence[str], root: Path = ROOT,
    show_progress: bool = False,
) -> Clips:  # fmt: skip
    """Return the phrases that are planned, with their features; ValueError if those do not fit into memory."""
    n_bytes = BYTES * len(plans) * parameters.sounds.clip_frames * parameters.cqt.n_bins
    asked = f"phrases.per_class={parameters.phrases.per_class}"
    check_memory(asked, n_bytes, "make fewer, or shorter clips", half_of_machine_gb())
    cutting = cutting_of(parameters)
    batches: dict[str, Make] = {}
    described = []
    for plan in plans:
        made_from = [digest_file(path) for path in plan.paths]
        key = key_of(PHRASES_FORMAT, made_from, plan.seed, plan.spawn_key, cutting, transform_of(parameters))
        batches[key] = partial(read_phrase, plan, **cutting)
        described.append((key, [plan.phrase]))
    features = compute(batches, parameters, root, "phrases" if show_progress else "")
    return to_clips(described, features, class_names)


def leave_out_broken(sounds: Sequence[Sound], why: Mapping[str, str | None]) -> list[Sound]:
    """Return the sounds that no reason is given why they cannot be read; print the others.

    ValueError if none of a class can be read.
    """
    broken = {name: reason for name, reason in why.items() if reason}
    readable = [sound for sound in sounds if sound.name not in broken]
    labels = {sound.label for sound in readable}
    for sound in sounds:
        if sound.label not in labels:
            raise ValueError(f"{broken[sound.name]}; no sound of {sound.label} can be read")
    if broken:
        first = next(iter(broken.values()))
        print(f"left out: {len(broken)} of {len(sounds)} sounds, which cannot be read ({name_some(broken)}): {first}")
    return readable


def compute(batches: Mapping[str, Make], parameters: Parameters, root: Path, progress: str) -> dict[str, dict]:
    """Return all features of batches by key; those that cannot be made have `broken` instead."""
    return compute_all(batches, transform_of(parameters), parameters.scattering.kinds, root / CACHE, progress)


def to_clips(
    described: Sequence[tuple[str, Sequence[Sound]]], features: Mapping[str, dict], class_names: Sequence[str]
) -> Clips:
    """Return the clips of batches: for each its key, and what each of its clips is.

    The features are taken from their mapping, as they would be in memory twice.
    """
    sounds = [sound for _, of_batch in described for sound in of_batch]
    none = np.zeros((len(sounds), 0), np.float32)  # of a scattering that is not computed
    joined: dict[str, np.ndarray] = {}
    for name in FEATURES:
        parts = [features[key][name] for key, _ in described if name in features[key]]
        joined[name] = np.concatenate(parts) if parts else none
        del parts
        for arrays in features.values():
            arrays.pop(name, None)
    return Clips(
        class_names=np.array(class_names),
        labels=np.array([class_names.index(sound.label) for sound in sounds]),
        groups=np.array([sound.group for sound in sounds]),
        sources=np.array([sound.source for sound in sounds]),
        collections=np.array([sound.collection for sound in sounds]),
        paths=np.array([sound.name for sound in sounds]),
        pitches=np.array([sound.pitch for sound in sounds]),
        **joined,
    )


def class_names_of(parameters: Parameters, sounds: Sequence[Sound]) -> tuple[str, ...]:
    """Return the classes in order: that of the parameters, else by name."""
    return parameters.sounds.classes or tuple(sorted({sound.label for sound in sounds}))


def cutting_of(parameters: Parameters) -> dict[str, int]:
    """Return the arguments of `read_clips`."""
    sounds = parameters.sounds
    return {name: getattr(sounds, name) for name in ("sample_rate_hz", "clip_samples", "max_clips")}


def transform_of(parameters: Parameters) -> dict[str, Any]:
    """Return the arguments of `log_cqt`."""
    of_sounds = parameters.sounds.model_dump(include={"sample_rate_hz", "hop_samples"})
    of_cqt = parameters.cqt.model_dump(include={"min_frequency_hz", "bins_per_octave"})
    return {**of_sounds, **of_cqt, "n_bins": parameters.cqt.n_bins}


def describe(clips: Clips) -> str:
    """Return number of classes, and of clips by collection and by class, in words."""
    collections, counts = np.unique(clips.collections, return_counts=True)
    by_collection = ", ".join(f"{name} {n}" for name, n in zip(collections, counts, strict=True))
    by_class = np.bincount(clips.labels, minlength=len(clips.class_names))
    classes = ", ".join(f"{name} {n}" for name, n in zip(clips.class_names, by_class, strict=True))
    return f"{len(clips.labels)} clips ({by_collection}) of {len(clips.class_names)} classes ({classes})"
