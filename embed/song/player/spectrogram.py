"""The spectrogram as the player page shows it: a small image and the ticks of its frequency axis."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from embed.pages.image import image_uri

MAX_COLUMNS = 2400
MAX_TICKS = 5
LABELS = {"magnitude": "cube root of magnitude", "db": "dB", "log_mel": "dB in mel bands"}


def describe_spectrogram(spectrogram: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return a stored spectrogram ready for JSON.

    Returns
    -------
    dict
        ``image``, a data: URI; ``span_s``, the times of its left and right edge; ``ticks``, pairs of position (0 the
        bottom, 1 the top) and frequency in Hz; ``label``, what a pixel is.
    """
    scale = str(spectrogram["scale"])
    frames = spectrogram["frames"]
    visible = np.cbrt(frames) if scale == "magnitude" else frames  # linear magnitude is all but black
    times_s, half_hop_s = spectrogram["times_s"], float(spectrogram["hop_s"]) / 2
    return {
        "image": image_uri(shorten(visible).T[::-1]),
        "span_s": [float(times_s[0]) - half_hop_s, float(times_s[-1]) + half_hop_s],
        "ticks": place_ticks(spectrogram["frequencies_hz"]),
        "label": LABELS[scale],
    }


def shorten(frames: np.ndarray) -> np.ndarray:
    """Return at most 2400 columns ``(n_columns, n_bins)``, the maximum over the frames that each stands for."""
    n_columns = min(len(frames), MAX_COLUMNS)
    firsts = np.arange(n_columns) * len(frames) // n_columns
    return np.maximum.reduceat(frames, firsts, axis=0)


def place_ticks(frequencies_hz: np.ndarray) -> list[list[float]]:
    """Return pairs of position, from 0 below the lowest bin to 1 above the highest, and round frequency there."""
    ticks_hz = MaxNLocator(MAX_TICKS, steps=(1, 2, 5, 10)).tick_values(frequencies_hz[0], frequencies_hz[-1])
    inside = ticks_hz[(ticks_hz >= frequencies_hz[0]) & (ticks_hz <= frequencies_hz[-1])]
    bins = np.interp(inside, frequencies_hz, np.arange(len(frequencies_hz)))
    return np.stack([(bins + 0.5) / len(frequencies_hz), inside], axis=1).tolist()
