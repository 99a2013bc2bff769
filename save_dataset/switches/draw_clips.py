"""The figure of the clips, and the panel of a mel spectrogram for all figures that draw one."""

from collections.abc import Sequence
from pathlib import Path

import librosa
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from pipeline import figures, results
from pipeline.figures import PIXEL_COLOURS, new_panels
from pipeline.parameters import ROOT
from pipeline.sections.switches import Mel
from pipeline.studies.switches import Parameters
from save_dataset.switches.clips import check_switches, load_clips
from save_dataset.switches.mel import to_db

MAX_CLIPS = 16
TICKS_HZ = (100, 500, 1000, 2000, 5000, 10_000, 20_000)


def draw_clips(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw the spectrograms of sixteen of the stored clips, under the numbers of their switches; return the paths."""
    clips = load_clips(parameters, root)
    check_switches([parameters.figures.clip], len(clips.names), "figures.clip")  # first of all figures
    chosen = np.unique(np.linspace(0, len(clips.names) - 1, MAX_CLIPS).round().astype(int))
    titles = [f"{clip + 1}: {clips.names[clip]}" for clip in chosen]
    figure = draw_mels(titles, clips.mels[chosen], parameters.mel, float(clips.loudest_db))
    return figures.save(figure, results.figure_path(parameters, "clips", root))


def draw_mels(titles: Sequence[str], mels: Sequence[np.ndarray], mel: Mel, loudest_db: float) -> Figure:
    """Draw spectrograms ``(n_frames, n_mels)`` as `draw_mel` does, a panel for each, four in a row."""
    figure, panels = new_panels(len(titles), 2.6, 1.9 if len(titles) > 4 else 2.4)
    for axes, title, values in zip(panels, titles, mels, strict=True):
        image = draw_mel(axes, values, mel, loudest_db)
        axes.set_title(title, loc="left", fontsize="small")
    figure.supxlabel("time (s)", fontsize="medium")
    figure.supylabel("frequency (Hz)", fontsize="medium")
    figure.colorbar(image, ax=panels, label="level (dB relative to the loudest)", pad=0.01)
    return figure


def draw_mel(axes: Axes, values: np.ndarray, mel: Mel, loudest_db: float) -> AxesImage:
    """Draw what is stored or generated, ``(n_frames, n_mels)``, in dB below the loudest of all clips, over s and Hz."""
    hop_s = mel.hop_samples / mel.sample_rate_hz
    extent = (-hop_s / 2, (len(values) - 0.5) * hop_s, -0.5, mel.n_mels - 0.5)  # middles of frames and bands
    image = axes.imshow(
        to_db(values, mel, loudest_db).T - loudest_db, origin="lower", aspect="auto", extent=extent, cmap=PIXEL_COLOURS,
        vmin=-mel.range_db, vmax=0, interpolation="antialiased",
    )  # fmt: skip
    bands = librosa.hz_to_mel(TICKS_HZ) * (mel.n_mels + 1) / librosa.hz_to_mel(mel.sample_rate_hz / 2) - 1
    is_shown = bands < mel.n_mels
    axes.set_yticks(bands[is_shown], [str(hz) for hz, inside in zip(TICKS_HZ, is_shown, strict=True) if inside])
    return image
