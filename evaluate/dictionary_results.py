"""Measures of the studies `drums` and `piano`, from stored results to stored results."""

from pathlib import Path
from typing import Any

import keras

from embed.music_codes import batch_encoder, piece_encoder
from embed.sparse_codes import SparseCodes
from evaluate.dictionary_comparison import compare_baselines
from evaluate.dictionary_measures import by_name, measure_denoising, measure_held_out, measure_shifts
from evaluate.dictionary_style import (
    has_chords,
    has_statistics,
    pieces_with_style,
    tell_chords,
    tell_style_from_codes,
    tell_style_from_statistics,
)
from pipeline import results
from pipeline.dictionary_study import DictionaryParameters
from pipeline.parameters import ROOT
from save_dataset.corpus import Corpus


def save_baselines(
    parameters: DictionaryParameters,
    corpus: Corpus,
    root: Path = ROOT,
    *,
    again: bool = False,
    show_progress: bool = False,
) -> list[Path]:
    """Measure and save what stands beside the runs; what is up to date stays, unless it is to be done again."""
    paths = []
    if parameters.baselines.methods and (again or not results.is_fresh(parameters, "baselines", root)):
        compared = compare_baselines(corpus, parameters, show_progress=show_progress)
        paths.append(results.save(parameters, "baselines", compared, root))
    styled = len(pieces_with_style(corpus, parameters)) > 0 and has_statistics(corpus.kinds())
    if styled and (again or not results.is_fresh(parameters, "style_baselines", root)):
        told = tell_style_from_statistics(corpus, parameters)
        paths.append(results.save(parameters, "style_baselines", told, root))
    return paths


def measure_run(parameters: DictionaryParameters, corpus: Corpus, root: Path = ROOT) -> list[Path]:
    """Measure one run and save what is found; returns the paths."""
    stored = results.load(parameters, "codes", root)
    codes = SparseCodes.from_arrays(stored)
    model = keras.saving.load_model(results.usable_path(parameters, "dictionary", root))
    held_out = measure_held_out(corpus, codes, parameters)
    tests: dict[str, Any] = {}
    if corpus.kinds_are_alike:
        tests |= measure_shifts(corpus, batch_encoder(model), codes, parameters)
        tests |= measure_denoising(corpus, piece_encoder(model), codes, parameters)
    paths = [results.save(parameters, "measures", held_out | tests, root)]
    measures = by_name(held_out)
    print(f"{parameters.run}: MSE {measures['mse']:.4f}, F1 {measures['f1']:.3f}", end="")
    if len(pieces_with_style(corpus, parameters)):
        style = tell_style_from_codes(corpus, stored["mean_activity"], parameters)
        paths.append(results.save(parameters, "style", style, root))
        print(f", style {style['accuracy']:.3f}", end="")
    if has_chords(corpus):
        chords = tell_chords(corpus, codes, parameters)
        paths.append(results.save(parameters, "chords", chords, root))
        print(f", chords {chords['reconstructed']:.3f} (clean {chords['clean']:.3f})", end="")
    print()
    return paths
