"""The player page: one HTML file in which a point moves along the trajectory of a song on the sound's own clock.

The page holds all it shows and asks for nothing from outside. What the browser does is in the folder `player`; here
arrays become the JSON that it reads.
"""

import base64
import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

import matplotlib
import numpy as np
from matplotlib.colors import to_hex

from embed.player.sound import encode_sound
from embed.player.spectrogram import describe_spectrogram
from embed.player.trajectories import check_runs, describe_runs
from pipeline.figures import TIME_COLOURS

SOURCES = Path(__file__).with_name("web")
SCRIPTS = (
    *("data", "sound", "clock", "colours", "canvas", "camera", "box", "panel", "timeline", "controls", "page", "start"),
)
N_TIME_COLOURS = 64


def build_page(
    title: str,
    embeddings: Mapping[str, Mapping[str, np.ndarray]],
    spectrogram: Mapping[str, np.ndarray],
    samples: np.ndarray,
    sample_rate_hz: int,
    *,
    sections: Sequence[tuple[float, str]] = (),
    forecasts: Mapping[str, Mapping[str, Mapping[str, np.ndarray]]] | None = None,
) -> str:
    """The text of the page.

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
    samples : np.ndarray (n_samples,)
        The sound that was embedded: time 0 of the arrays is its first sample.
    sample_rate_hz : int
        Its rate.
    sections : sequence of (float, str)
        Start in seconds and name of each; the same name gets the same colour.
    forecasts : mapping of str to mapping of str to mapping of str to np.ndarray
        By run and method: ``starts`` (n_starts,), indices of points, and ``forecast`` (n_starts, n_steps + 1,
        latent_dim) in the units of `z`, its first point the start itself.

    Raises
    ------
    ValueError
        If there is no embedding, or forecasts do not belong to the embeddings.
    """
    forecasts = forecasts or {}
    check_runs(embeddings, forecasts)
    described = {
        "title": title,
        "duration_s": len(samples) / sample_rate_hz,
        "runs": describe_runs(embeddings, forecasts),
        "methods": list(dict.fromkeys(method for methods in forecasts.values() for method in methods)),
        "sections": [[float(start_s), name] for start_s, name in sorted(sections)],
        "spectrogram": describe_spectrogram(spectrogram),
        "time_colours": [to_hex(c) for c in matplotlib.colormaps[TIME_COLOURS](np.linspace(0, 1, N_TIME_COLOURS))],
    }
    return fill_template(title, described, encode_sound(samples, sample_rate_hz))


def fill_template(title: str, described: dict[str, Any], sound: bytes) -> str:
    """The page with its style, scripts, data and sound in place; its policy lets no other script run."""
    style = (SOURCES / "player.css").read_text(encoding="utf-8")
    script = "\n".join((SOURCES / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    script = f'"use strict";\n{script}'
    policy = (
        f"default-src 'none'; script-src '{digest(script)}'; style-src '{digest(style)}'; media-src blob:; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return Template((SOURCES / "player.html").read_text(encoding="utf-8")).substitute(
        title=html.escape(title),
        policy=html.escape(policy, quote=False),
        style=style,
        script=script,
        data=json.dumps(described, allow_nan=False, ensure_ascii=False).replace("<", "\\u003c"),
        sound=base64.b64encode(sound).decode(),
    )


def digest(text: str) -> str:
    """How a Content-Security-Policy names the one script or style it allows."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
