"""The figure of clips: the constant-Q transform of a clip of each class."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline import figures, results
from pipeline.figures import PIXEL_COLOURS, new_panels
from pipeline.parameters import ROOT
from pipeline.studies.instruments import Parameters
from save_dataset.instruments.clips import Clips, load_clips

PANEL_IN = (2.6, 1.9)
TICKS_HZ = (100, 200, 500, 1000, 2000, 5000, 10_000)


def draw_clips(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw the figure `clips` from the stored ones; returns paths."""
    clips = load_clips(parameters, root)
    hop_s = parameters.sounds.hop_samples / parameters.sounds.sample_rate_hz
    cqt = parameters.cqt
    figure = draw_classes(clips, hop_s, cqt.min_frequency_hz, cqt.bins_per_octave)
    return figures.save(figure, results.figure_path(parameters, "clips", root))


def draw_classes(clips: Clips, hop_s: float, min_frequency_hz: float, bins_per_octave: int) -> Figure:
    """Draw a clip of each class, in a grid with time and frequency."""
    figure, panels = new_panels(len(clips.class_names), *PANEL_IN)
    for label, axes in enumerate(panels):
        clip = typical_clip(clips, label)
        _draw_clip(axes, clips.cqt[clip].astype(float), hop_s, min_frequency_hz, bins_per_octave)
        axes.set_title(f"{clips.class_names[label]} ({clips.collections[clip]})", loc="left")
    figure.supxlabel("time (s)", fontsize="medium")
    figure.supylabel("frequency (Hz)", fontsize="medium")
    return figure


def typical_clip(clips: Clips, label: int) -> int:
    """Return the clip of a class whose mean is the median of its class."""
    of_class = np.flatnonzero(clips.labels == label)
    means = clips.cqt[of_class].mean(axis=(1, 2), dtype=float)
    return int(of_class[np.argsort(means, kind="stable")[len(means) // 2]])


def _draw_clip(axes: Axes, frames: np.ndarray, hop_s: float, min_frequency_hz: float, bins_per_octave: int) -> None:
    """Draw a transform, ``(clip_frames, n_bins)``, from silence to its loudest point."""
    n_frames, n_bins = frames.shape
    extent = (-hop_s / 2, (n_frames - 0.5) * hop_s, -0.5, n_bins - 0.5)
    axes.imshow(
        frames.T, origin="lower", aspect="auto", extent=extent, cmap=PIXEL_COLOURS, vmin=0,
        vmax=max(frames.max(), 1e-3), interpolation="antialiased",
    )  # fmt: skip
    ticks_hz = np.array(TICKS_HZ)
    bins = bins_per_octave * np.log2(ticks_hz / min_frequency_hz)
    is_shown = (bins > -0.5) & (bins < n_bins - 0.5)
    axes.set_yticks(bins[is_shown], [str(hz) for hz in ticks_hz[is_shown]])
