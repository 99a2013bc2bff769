"""Measures of the studies `drums` and `piano`, from stored results to stored results."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from embed.dictionary.encode import batch_encoder
from embed.dictionary.sparse_codes import SparseCodes
from evaluate.dictionary.chord_accuracy import has_chords, measure_chords
from evaluate.dictionary.comparison import compare_baselines
from evaluate.dictionary.measures import by_name, measure_denoising, measure_held_out, measure_shifts
from evaluate.dictionary.music_statistics import has_statistics
from evaluate.dictionary.style import classify_style, classify_style_by_statistics, pieces_with_style
from pipeline import results
from pipeline.parameters import ROOT
from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.midi.corpus import Corpus


def save_baselines(
    parameters: DictionaryParameters,
    corpus: Corpus,
    root: Path = ROOT,
    *,
    force: bool = False,
    show_progress: bool = False,
) -> list[Path]:
    """Measure and save what the runs are compared with, unless it is up to date; `force` measures it in any case.

    What cannot be measured is left out, and a line says why.
    """
    paths = []
    if parameters.baselines.methods and (force or not results.is_fresh(parameters, "baselines", root)):
        compared = compare_baselines(corpus, parameters, show_progress=show_progress)
        if len(compared["methods"]):
            paths.append(results.save(parameters, "baselines", compared, root))
    pieces, reason = pieces_with_style(corpus, parameters)
    if reason:
        print(f"style is not measured: {reason}")
    elif has_statistics(corpus.kinds()) and (force or not results.is_fresh(parameters, "style_baselines", root)):
        measures = classify_style_by_statistics(corpus, pieces, parameters)
        paths.append(results.save(parameters, "style_baselines", measures, root))
    return paths


def measure_run(parameters: DictionaryParameters, corpus: Corpus, root: Path = ROOT) -> list[Path]:
    """Measure one run, print a line about it, and save the measures; returns the paths."""
    stored = results.load(parameters, "codes", root)
    codes = SparseCodes.from_arrays(stored)
    measured = {"measures": _measure_dictionary(parameters, corpus, codes, root)}
    pieces, _ = pieces_with_style(corpus, parameters)
    if len(pieces):
        measured["style"] = classify_style(corpus, pieces, stored["mean_activity"][pieces], parameters)
    if has_chords(corpus, parameters):
        measured["chords"] = measure_chords(corpus, codes, parameters)
    print(f"{parameters.run}: {_describe(measured)}")
    return [results.save(parameters, kind, arrays, root) for kind, arrays in measured.items()]


def _measure_dictionary(
    parameters: DictionaryParameters, corpus: Corpus, codes: SparseCodes, root: Path
) -> dict[str, Any]:
    """Measure the stored codes; where every cell is a hit or none, shifts and noise too, which the model encodes."""
    measures = measure_held_out(corpus, codes, parameters)
    if corpus.kinds_are_alike:
        model = results.load_model(parameters, "dictionary", root)
        encode = batch_encoder(model)
        measures |= measure_shifts(corpus, encode, codes, parameters)
        measures |= measure_denoising(corpus, lambda piece: encode(piece[None])[0], codes, parameters)
    return measures


def _describe(measured: Mapping[str, Mapping[str, Any]]) -> str:
    measures = by_name(measured["measures"])
    of_tokens = np.isnan(measures["f1"])
    right = f"exact tokens {measures['exact_tokens']:.3f}" if of_tokens else f"F1 {measures['f1']:.3f}"
    words = [f"MSE {measures['mse']:.4f}", right]
    if style := measured.get("style"):
        words.append(f"style {style['accuracy']:.3f}")
    if chords := measured.get("chords"):
        words.append(f"chords {chords['reconstructed']:.3f} (clean {chords['clean']:.3f})")
    return ", ".join(words)
