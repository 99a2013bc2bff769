"""The player page: one HTML file in which a point moves along the trajectory of a song on the sound's own clock.

What the browser does is in the folder `web`; here arrays become the JSON that it reads.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.colors import to_hex

from embed.pages.html import WITH_CLOCK, fill_page
from embed.pages.mp3 import BITS_PER_S, encode_sound, rates_for
from embed.song.player.spectrogram import describe_spectrogram
from embed.song.player.trajectories import Embedding, Forecasts, check_runs, describe_runs, thin_forecasts
from pipeline.figures import METHOD_COLOURS, METHOD_NAMES, TIME_COLOURS

WEB = Path(__file__).with_name("web")
SCRIPTS = f"{WITH_CLOCK} data camera box panel timeline controls page start"
WORDS = {"medium": "audio", "subject": "song"}
N_TIME_COLOURS = 64


def build_page(
    title: str,
    embeddings: Mapping[str, Embedding],
    spectrogram: Mapping[str, np.ndarray],
    samples: np.ndarray,
    sample_rate_hz: int,
    *,
    sections: Sequence[tuple[float, str]] = (),
    forecasts: Mapping[str, Forecasts] | None = None,
) -> str:
    """Return the text of the page.

    Parameters
    ----------
    title : str
        The name of the song.
    embeddings : mapping of str to mapping of str to np.ndarray
        By run, as stored by step 3: ``z`` (n_points, latent_dim), ``starts_s``, ``times_s`` and ``ends_s`` (n_points,).
        The first is the reference to which the others are aligned. Of more than three dimensions the first three
        principal components are shown.
    spectrogram : mapping of str to np.ndarray
        As stored by step 1.
    samples, sample_rate_hz : np.ndarray (n_samples,), int
        The sound that was embedded: time 0 of the arrays is its first sample.
    sections : sequence of (float, str)
        Start in seconds and name of each; the same name gets the same colour.
    forecasts : mapping of str to mapping of str to mapping of str to np.ndarray
        By run and method, such as ``knn``: ``starts`` (n_starts,), indices of points, and ``forecast`` (n_starts,
        n_steps + 1, latent_dim) in the units of `z`, its first point the start itself.

    Raises
    ------
    ValueError
        If there is no embedding, or forecasts do not belong to the embeddings.
    """
    described = describe_trajectories(embeddings, len(samples) / sample_rate_hz, sections, forecasts)
    described["strip"] = describe_spectrogram(spectrogram)
    encoded_rate_hz, bits_per_s = rates_for(described["duration_s"])
    if bits_per_s < BITS_PER_S:
        described["notes"].append(f"sound of {bits_per_s // 1000} kbit/s")
    sound = encode_sound(samples, sample_rate_hz, encoded_rate_hz=encoded_rate_hz, bits_per_s=bits_per_s)
    return fill_page(WEB, "player", SCRIPTS, title=title, data=described, sound=sound, words=WORDS)


def describe_trajectories(
    embeddings: Mapping[str, Embedding],
    duration_s: float,
    sections: Sequence[tuple[float, str]] = (),
    forecasts: Mapping[str, Forecasts] | None = None,
) -> dict[str, Any]:
    """Return what a page has of trajectories, forecasts and sections, for JSON; the rest is as in `build_page`."""
    check_runs(embeddings, forecasts or {})
    forecasts, thinned = thin_forecasts(forecasts or {})
    methods = dict.fromkeys(method for of_run in forecasts.values() for method in of_run)
    return {
        "duration_s": duration_s,
        "runs": describe_runs(embeddings, forecasts),
        "methods": {method: {"name": METHOD_NAMES[method], "colour": METHOD_COLOURS[method]} for method in methods},
        "sections": [[float(start_s), name] for start_s, name in sorted(sections)],
        "notes": [thinned] if thinned else [],
        "time_colours": [to_hex(c) for c in matplotlib.colormaps[TIME_COLOURS](np.linspace(0, 1, N_TIME_COLOURS))],
    }
