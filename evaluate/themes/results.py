"""Measures of the study `themes`, from stored results to stored results."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from embed.themes.features import EncodePatches
from embed.themes.matrices import encoder_of
from evaluate.themes.invariance import PITCH_SHIFTS_BINS, TIME_SHIFTS_FRAMES, draw_starts, measure_invariance
from evaluate.themes.measures import CRITERION, best_of, measure_run
from evaluate.themes.pattern_scores import METRICS
from evaluate.themes.phases import measure_phases
from evaluate.themes.tables import NAMES, percent
from evaluate.themes.upper_bound import known_pieces, measure_upper_bound
from pipeline import results
from pipeline.parameters import ROOT
from pipeline.studies.themes import Parameters
from save_dataset.themes.recordings import Recordings

SHOWN_SHIFT_BINS = 12


def save_upper_bound(parameters: Parameters, recordings: Recordings, root: Path = ROOT) -> list[Path]:
    """Save the upper bound of the scores; where no patterns are known a line says that there are no scores."""
    if not len(known_pieces(recordings)):
        print("themes are not scored: no piece has both a score and reference patterns (pieces.patterns)")
        return []
    return [results.save(parameters, "upper_bound", measure_upper_bound(recordings), root)]


def save_measures(
    parameters: Parameters, recordings: Recordings, root: Path = ROOT, show_progress: bool = False
) -> list[Path]:
    """Measure one run, print a line about it, and save what is found; returns the paths.

    Scores are left out where no patterns are known. Invariance is that of features: a run that compares patches in any
    transposition has those of the run without.
    """
    found = {}
    if len(known_pieces(recordings)):
        matrices, themes = (results.load(parameters, kind, root) for kind in ("matrices", "themes"))
        found["scores"] = measure_run(parameters, recordings, matrices, themes, show_progress)
    if not parameters.similarity.transpositions:
        found["invariance"] = measure_features(parameters, recordings, encoder_of(parameters, root))
    paths = [results.save(parameters, kind, arrays, root) for kind, arrays in found.items()]
    print(f"{parameters.run}: {describe(found) or 'nothing to measure'}")
    return paths


def measure_features(
    parameters: Parameters, recordings: Recordings, encode: EncodePatches | None
) -> dict[str, np.ndarray]:
    """How invariant the magnitudes of a run are, and, of features that have phases, what these tell of shifts.

    `encode` is that of the run; None where the patches themselves are the features.
    """
    rng = np.random.default_rng(parameters.invariance.seed)
    patch_frames, training = parameters.model.patch_frames, parameters.training
    starts = draw_starts(recordings, patch_frames, parameters.invariance.n_patches, rng)
    arrays = measure_invariance(recordings, patch_frames, starts, encode or (lambda patches: {"magnitudes": patches}))
    if parameters.has("complex_autoencoder") and encode:
        largest = (training.pitch_shift_bins, min(training.time_shift_frames, TIME_SHIFTS_FRAMES[-1]))
        arrays |= measure_phases(recordings, patch_frames, starts, encode, largest, rng)
    return arrays


def describe(found: Mapping[str, Mapping[str, Any]]) -> str:
    """The numbers of a run that a reader would want."""
    words = []
    if scores := found.get("scores"):
        how, best = best_of(scores)
        shown = [f"{NAMES[name[:-2]]} {percent(best[:, METRICS.index(name)].mean())}" for name in CRITERION]
        words.append(f"F: {', '.join(shown)} % ({how})")
    if invariance := found.get("invariance"):
        share = invariance["pitch_found"][PITCH_SHIFTS_BINS.index(SHOWN_SHIFT_BINS)]
        words.append(f"{percent(share)} % of patches found when moved by {SHOWN_SHIFT_BINS} bins")
    return "; ".join(words)
