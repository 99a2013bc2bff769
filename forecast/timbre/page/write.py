"""The listening page of the study `timbre`, ``listen.html``: inputs, what each run made of them, and targets.

Sounds have the level at which they are stored, but for one factor that is common to all.
"""

import base64
import math
from pathlib import Path
from typing import Any

import librosa
import numpy as np

from embed.pages.html import fill_page
from embed.pages.image import image_uri
from embed.pages.mp3 import encode_sound
from forecast.timbre.page.rows import Cell, read_rows
from pipeline import results
from pipeline.atomic_write import write_text
from pipeline.parameters import ROOT
from pipeline.studies.timbre import Parameters

WEB = Path(__file__).with_name("web")
SCRIPTS = "elements times canvas player cells page"
RATE_HZ = 32000
BITS_PER_S = 64_000
HEADROOM = 0.85  # resampling and MP3 raise peaks
N_MELS, N_COLUMNS = 72, 240  # pixels of a spectrogram
MIN_DB, MAX_DB = -80.0, -10.0  # of its pixels, 0 dB being a sine as loud as the loudest peak of all sounds


def write_page(parameters: Parameters, root: Path = ROOT) -> Path:
    """Write ``listen.html`` with the runs whose outputs can be used; returns its path, raises as `read_rows` does."""
    rows, about = read_rows(parameters, root)
    rate_hz = parameters.stft.sample_rate_hz
    peak = max(float(np.abs(cell.samples).max()) for cells in rows.values() for cell in cells)
    described = [
        {
            **row._asdict(),
            "duration_s": len(cells[0].samples) / rate_hz,
            "cells": [describe_cell(cell, rate_hz, peak) for cell in cells],
        }
        for row, cells in rows.items()
    ]
    title, data = parameters.name.replace("_", " "), {"about": about, "rows": described}
    page = fill_page(WEB, "listen", SCRIPTS, title=title, data=data)
    return write_text(results.folder_of(parameters, root) / "listen.html", page)


def draw_page(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Write the page again if there is a run to listen to, with what was measured; returns its path."""
    has_outputs = any(results.is_fresh(run, "transfers", root) for run in parameters.for_runs())
    return [write_page(parameters, root)] if has_outputs else []


def describe_cell(cell: Cell, sample_rate_hz: int, peak: float) -> dict[str, Any]:
    """Return a cell for JSON; `peak` is that of all sounds, whose level is changed alike."""
    samples = HEADROOM / max(1.0, peak) * cell.samples
    mp3 = encode_sound(samples, sample_rate_hz, encoded_rate_hz=RATE_HZ, bits_per_s=BITS_PER_S)
    return {
        "column": cell.column,
        "notes": cell.notes,
        "sound": base64.b64encode(mp3).decode(),
        "image": draw_spectrogram(cell.samples, sample_rate_hz, peak),
    }


def draw_spectrogram(samples: np.ndarray, sample_rate_hz: int, peak: float) -> str:
    """Return the ``data:`` URI of an image of a sound, dB in mel bands; `peak` is that of all sounds."""
    hop = math.ceil(len(samples) / N_COLUMNS)
    power = librosa.feature.melspectrogram(y=samples, sr=sample_rate_hz, hop_length=hop, n_mels=N_MELS, norm=None)
    power_of_sine = (max(peak, 1e-6) * 2048 / 4) ** 2  # in the middle of a bin, with librosa's window of 2048 samples
    decibels = librosa.power_to_db(power, ref=power_of_sine, top_db=None)
    return image_uri(np.clip((decibels - MIN_DB) / (MAX_DB - MIN_DB), 0, 1)[::-1])
