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
from evaluate.themes.upper_bound import measure_upper_bound, pieces_with_reference
from pipeline import results
from pipeline.parameters import ROOT
from pipeline.studies.themes import Parameters
from save_dataset.themes.recordings import Recordings

SHOWN_SHIFT_BINS = 12


def save_upper_bound(parameters: Parameters, recordings: Recordings, root: Path = ROOT) -> list[Path]:
    """Save the upper bound of the scores; without reference patterns a line says that there are no scores."""
    if not len(pieces_with_reference(recordings)):
        print("themes are not scored: no piece has both a score and reference patterns (pieces.patterns)")
        return []
    return [results.save(parameters, "upper_bound", measure_upper_bound(recordings), root)]


def save_measures(
    parameters: Parameters, recordings: Recordings, root: Path = ROOT, show_progress: bool = False
) -> list[Path]:
    """Measure one run, print a line about it, and save the measures; return the paths.

    Scores are left out without reference patterns. Invariance is that of features: a run that compares patches in any
    transposition has those of the run without.
    """
    measures = {}
    if len(pieces_with_reference(recordings)):
        matrices, themes = (results.load(parameters, kind, root) for kind in ("matrices", "themes"))
        measures["scores"] = measure_run(parameters, recordings, matrices, themes, show_progress)
    if not parameters.similarity.transpositions:
        measures["invariance"] = measure_features(parameters, recordings, encoder_of(parameters, root))
    paths = [results.save(parameters, kind, arrays, root) for kind, arrays in measures.items()]
    print(f"{parameters.run}: {describe(measures) or 'nothing to measure'}")
    return paths


def measure_features(
    parameters: Parameters, recordings: Recordings, encode: EncodePatches | None
) -> dict[str, np.ndarray]:
    """Measure how invariant the magnitudes of a run are, and how well phases, where it has any, predict shifts.

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


def describe(measures: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the numbers of a run that a reader would want."""
    words = []
    if scores := measures.get("scores"):
        how, best = best_of(scores)
        shown = [f"{NAMES[name[:-2]]} {percent(best[:, METRICS.index(name)].mean())}" for name in CRITERION]
        words.append(f"F: {', '.join(shown)} % ({how})")
    if invariance := measures.get("invariance"):
        accuracy = invariance["pitch_found"][PITCH_SHIFTS_BINS.index(SHOWN_SHIFT_BINS)]
        words.append(f"{percent(accuracy)} % of patches retrieved when shifted by {SHOWN_SHIFT_BINS} bins")
    return "; ".join(words)
