"""From arrays to the compact JSON that the atom page reads.

Music is packed as bytes, a signed number of hundredths for each step and channel, base64. Spans are start and duration
in s of a sound in the sound of the page.
"""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from embed.dictionary.excerpt import Excerpt
from embed.dictionary.sparse_codes import SparseCodes
from embed.dictionary.used_channels import used_channels
from embed.dictionary.uses import by_use, fractions_of_use, label_lifts, scaled_patterns
from save_dataset.midi.above_bass import on_keys
from save_dataset.midi.corpus import Corpus

PER_UNIT = 100  # steps of a byte in 1: music to a hundredth, up to 1.27 either way
MAX_BYTE = 127

Spans = Sequence[tuple[float, float]]


def describe_atoms(codes: SparseCodes, corpus: Corpus, n_atoms: int, spans: Spans) -> dict[str, Any]:
    """Return the most used atoms, the most used first, with the span of the sound of each."""
    numbers = by_use(codes)[:n_atoms]
    patterns, channels = on_keys(scaled_patterns(codes)[numbers], corpus.channels)
    fractions, (labels, lifts) = fractions_of_use(codes), label_lifts(codes, corpus)
    shown = used_channels(patterns, channels)
    atoms = [
        {
            "number": int(number),
            "fraction": round(float(fractions[number]), 5),
            "lifts": [round(float(lift), 2) for lift in lifts[number]],
            "music": pack_music(pattern[:, shown]),
            "sound": [round(seconds, 4) for seconds in span],
        }
        for number, pattern, span in zip(numbers, patterns, spans, strict=True)
    ]
    return {"labels": labels, "rows": _describe_rows(channels[shown]), "atoms": atoms}


def describe_piece(excerpt: Excerpt, codes: SparseCodes, corpus: Corpus, step_s: float, spans: Spans) -> dict[str, Any]:
    """Return the piece above the atoms: music, reconstruction, and code, an entry for each value that is not 0."""
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
        "sounds": [[round(seconds, 4) for seconds in span] for span in spans],
        "active": active.tolist(),
        "code": [
            [int(excerpt.begins[column]), int(row), round(float(value), 3)]
            for column, row, value in zip(columns, rows, values, strict=True)
        ],
    }


def _describe_rows(channels: np.ndarray) -> list[list]:
    """Return kinds of channels in order, each with the names of its channels."""
    kinds: dict[str, list[str]] = {}
    for kind, _, name in (str(channel).partition(" ") for channel in channels):
        kinds.setdefault(kind, []).append(name)
    return [[kind, names] for kind, names in kinds.items()]


def pack_music(music: np.ndarray) -> str:
    """Return values of ``(n_steps, n_channels)`` as bytes, step after step."""
    hundredths = np.clip(np.round(PER_UNIT * music), -MAX_BYTE, MAX_BYTE).astype(np.int8)
    return base64.b64encode(hundredths.tobytes()).decode()
