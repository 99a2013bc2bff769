"""The figure of the sounds: spectrograms of the beginnings of targets and sources."""

from collections.abc import Mapping
from pathlib import Path

import librosa
import numpy as np
from matplotlib.figure import Figure

from pipeline import figures, results
from pipeline.figures import PIXEL_COLOURS, new_panels
from pipeline.parameters import ROOT
from pipeline.sections.timbre import ShortTimeFourier
from pipeline.studies.timbre import Parameters
from save_dataset.sound.stft import stft
from save_dataset.timbre.sounds import load_sources, load_targets

MAX_SOUNDS = 6  # of either kind
EXCERPT_S = 4.0
SILENCE_DB = 40.0  # below the loudest: silence before the excerpt
FLOOR_DB = -80.0


def draw_sounds(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw the figure `sounds` of the stored targets and sources; returns paths."""
    targets, sources = load_targets(parameters, root), load_sources(parameters, root)
    sounds = {f"target {name}": targets.sound(i, held_out=False) for i, name in enumerate(targets.names[:MAX_SOUNDS])}
    sounds |= {f"source {name}": sources.sound(i) for i, name in enumerate(sources.names[:MAX_SOUNDS])}
    return figures.save(draw_excerpts(sounds, parameters.stft), results.figure_path(parameters, "sounds", root))


def draw_excerpts(sounds: Mapping[str, np.ndarray], transform: ShortTimeFourier) -> Figure:
    """Draw the first seconds of sounds, from where each begins."""
    starts = {name: librosa.effects.trim(samples, top_db=SILENCE_DB)[1][0] for name, samples in sounds.items()}
    return draw_spectrograms({name: sounds[name][start:] for name, start in starts.items()}, transform, EXCERPT_S)


def draw_spectrograms(
    sounds: Mapping[str, np.ndarray], transform: ShortTimeFourier, duration_s: float, time_label: str = "time (s)"
) -> Figure:
    """Draw the magnitudes of the beginnings of sounds by their titles, in dB below the loudest of each."""
    rate_hz, hop = transform.sample_rate_hz, transform.hop_samples
    n_samples = round(duration_s * rate_hz) + transform.window_samples  # so that no edge is drawn
    figure, panels = new_panels(len(sounds), 2.6, 2.1)
    for axes, (title, samples) in zip(panels, sounds.items(), strict=True):
        magnitudes = np.abs(stft(samples[:n_samples], **transform.framing))
        levels_db = librosa.amplitude_to_db(magnitudes, ref=magnitudes.max() or 1.0, top_db=None)
        extent = (0, len(levels_db) * hop / rate_hz, 0, rate_hz / 2000)
        image = axes.imshow(
            levels_db.T, origin="lower", aspect="auto", extent=extent, cmap=PIXEL_COLOURS, vmin=FLOOR_DB, vmax=0,
            interpolation="antialiased",
        )  # fmt: skip
        axes.set_title(title, loc="left")
    panels[0].set_xlim(0, duration_s)
    figure.supxlabel(time_label, fontsize="medium")
    figure.supylabel("frequency (kHz)", fontsize="medium")
    figure.colorbar(image, ax=panels, label="level (dB)", pad=0.01)
    return figure
