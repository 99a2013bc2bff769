"""From arrays to the compact JSON that the atom page reads.

Music travels as bytes, a signed number of hundredths for each step and channel, base64.
"""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from embed.dictionary.excerpt import Excerpt
from embed.dictionary.sparse_codes import SparseCodes
from embed.dictionary.used_channels import used_channels
from embed.dictionary.uses import by_use, label_lifts, scaled_patterns, shares_of_use
from save_dataset.midi.above_bass import on_keys
from save_dataset.midi.corpus import Corpus

PER_UNIT = 100  # steps of a byte in 1: music to a hundredth, up to 1.27 either way
MAX_BYTE = 127


def describe_atoms(codes: SparseCodes, corpus: Corpus, n_atoms: int, places: Sequence[tuple[float, float]]) -> dict:
    """The most used atoms, the most used first, with where the sound of each stands."""
    numbers = by_use(codes)[:n_atoms]
    patterns, channels = on_keys(scaled_patterns(codes)[numbers], corpus.channels)
    shares, (labels, lifts) = shares_of_use(codes), label_lifts(codes, corpus)
    shown = used_channels(patterns, channels)
    atoms = [
        {
            "number": int(number),
            "share": round(float(shares[number]), 5),
            "lifts": [round(float(lift), 2) for lift in lifts[number]],
            "music": pack_music(pattern[:, shown]),
            "sound": [round(seconds, 4) for seconds in place],
        }
        for number, pattern, place in zip(numbers, patterns, places, strict=True)
    ]
    return {"labels": labels, "rows": _describe_rows(channels[shown]), "atoms": atoms}


def describe_piece(
    excerpt: Excerpt, codes: SparseCodes, corpus: Corpus, step_s: float, places: Sequence[tuple[float, float]]
) -> dict[str, Any]:
    """The piece above the atoms: its music, the reconstruction, and its code, an entry for each value that is not 0."""
    both, channels = on_keys(np.stack([excerpt.music, excerpt.reconstruction]), corpus.channels)
    shown = used_channels(both, channels)
    active = excerpt.active(by_use(codes))
    columns, rows = np.nonzero(excerpt.code[:, active])
    values = excerpt.code[:, active][columns, rows]
    return {
        "name": excerpt.name,
        "label": excerpt.label,
        "n_steps": len(excerpt.music),
        "step_s": step_s,
        "rows": _describe_rows(channels[shown]),
        "music": [pack_music(music[:, shown]) for music in both],
        "sounds": [[round(seconds, 4) for seconds in place] for place in places],
        "active": active.tolist(),
        "code": [
            [int(excerpt.begins[column]), int(row), round(float(value), 3)]
            for column, row, value in zip(columns, rows, values, strict=True)
        ],
    }


def _describe_rows(channels: np.ndarray) -> list[list]:
    """Kinds of channels in order, each with the names of its channels."""
    kinds: dict[str, list[str]] = {}
    for kind, _, name in (str(channel).partition(" ") for channel in channels):
        kinds.setdefault(kind, []).append(name)
    return [[kind, names] for kind, names in kinds.items()]


def pack_music(music: np.ndarray) -> str:
    """Values of ``(n_steps, n_channels)`` as bytes, step after step."""
    hundredths = np.clip(np.round(PER_UNIT * music), -MAX_BYTE, MAX_BYTE).astype(np.int8)
    return base64.b64encode(hundredths.tobytes()).decode()
