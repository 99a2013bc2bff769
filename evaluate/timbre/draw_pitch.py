"""The figure of pitch: the curve of the source, and over it that of each output."""

from collections.abc import Mapping
from pathlib import Path

import librosa
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from evaluate.timbre.example import chosen_pair, row_of
from evaluate.timbre.measures import Measures, load_measures
from evaluate.timbre.methods import SOURCE_COLOUR, colours_of, examples_of
from pipeline import figures
from pipeline.figures import new_panels
from pipeline.parameters import ROOT
from pipeline.studies.timbre import Parameters
from save_dataset.timbre.sounds import load_sources, load_targets

MARGIN_SEMITONES = 7  # above and below the curve of the source; octave errors go beyond


def draw_pitch(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw the pitch of the example's outputs, if any is measured and the source has a pitch; return the paths."""
    pair = chosen_pair(parameters, load_sources(parameters, root), load_targets(parameters, root))
    found = {}
    for method, run in examples_of(parameters, "measures", root).items():
        measures = load_measures(run, root)
        row = row_of(measures.source_names, measures.target_names, measures.held_out, *pair)
        if row is not None and np.isfinite(measures.pitch_kept[row]):
            found[method] = (measures, row)
    if not found:
        return []
    figure = draw_curves(found, (parameters.figures.start_s, parameters.figures.duration_s), colours_of(parameters))
    return figures.save_all({"pitch": figure}, parameters, root)


def draw_curves(
    found: Mapping[str, tuple[Measures, int]], excerpt_s: tuple[float, float], colours: Mapping[str, str]
) -> Figure:
    """Draw a panel for each method, from its measures and the index of its output; `excerpt_s`: start and length."""
    start_s, duration_s = excerpt_s
    figure, panels = new_panels(len(found), 2.8, 1.9)
    seen = []
    for axes, (method, (measures, row)) in zip(panels, found.items(), strict=True):
        hop_s = float(measures.curve_hop_s)
        frames = slice(round(start_s / hop_s), round((start_s + duration_s) / hop_s))
        output, source = (librosa.hz_to_midi(curve[frames]) for curve in measures.curves(row))
        times_s = hop_s * np.arange(frames.start, frames.start + len(source))
        axes.plot(times_s, source, color=SOURCE_COLOUR, linewidth=3.5, alpha=0.6, label="source")
        axes.plot(times_s, output, color=colours[method], linewidth=1.0)
        axes.set_title(f"{method}: {100 * measures.pitch_kept[row]:.0f} % kept", loc="left", color=colours[method])
        axes.grid(axis="y")
        seen.append(source[np.isfinite(source)])
    pitches = np.concatenate(seen)
    if len(pitches):
        panels[0].set_ylim(pitches.min() - MARGIN_SEMITONES, pitches.max() + MARGIN_SEMITONES)
    panels[0].yaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 3, 4, 6, 10], integer=True))
    panels[0].yaxis.set_major_formatter(lambda midi, _: librosa.midi_to_note(midi, unicode=False))
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    figure.supxlabel("time (s); kept: of all voiced frames of the source", fontsize="medium")
    figure.supylabel("pitch", fontsize="medium")
    return figure
