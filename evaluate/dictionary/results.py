"""Measures of the studies `drums` and `piano`, from stored results to stored results."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from embed.dictionary.encode import batch_encoder
from embed.dictionary.sparse_codes import SparseCodes
from evaluate.dictionary.comparison import compare_baselines
from evaluate.dictionary.measures import by_name, measure_denoising, measure_held_out, measure_shifts
from evaluate.dictionary.style import (
    has_chords,
    has_statistics,
    pieces_with_style,
    tell_chords,
    tell_style_from_codes,
    tell_style_from_statistics,
    why_no_style,
)
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
    """Measure and save what stands beside the runs; what is up to date stays, unless it is to be done again.

    What cannot be measured is left out, and a line tells why.
    """
    paths = []
    if parameters.baselines.methods and (force or not results.is_fresh(parameters, "baselines", root)):
        compared = compare_baselines(corpus, parameters, show_progress=show_progress)
        if len(compared["methods"]):
            paths.append(results.save(parameters, "baselines", compared, root))
    if reason := why_no_style(corpus, parameters):
        print(f"style is not measured: {reason}")
    elif has_statistics(corpus.kinds()) and (force or not results.is_fresh(parameters, "style_baselines", root)):
        told = tell_style_from_statistics(corpus, parameters)
        paths.append(results.save(parameters, "style_baselines", told, root))
    return paths


def measure_run(parameters: DictionaryParameters, corpus: Corpus, root: Path = ROOT) -> list[Path]:
    """Measure one run, print a line about it, and save what is found; returns the paths."""
    stored = results.load(parameters, "codes", root)
    codes = SparseCodes.from_arrays(stored)
    found = {"measures": _measure_dictionary(parameters, corpus, codes, root)}
    if len(pieces_with_style(corpus, parameters)):
        found["style"] = tell_style_from_codes(corpus, stored["mean_activity"], parameters)
    if has_chords(corpus, parameters):
        found["chords"] = tell_chords(corpus, codes, parameters)
    print(f"{parameters.run}: {describe(found)}")
    return [results.save(parameters, kind, arrays, root) for kind, arrays in found.items()]


def _measure_dictionary(
    parameters: DictionaryParameters, corpus: Corpus, codes: SparseCodes, root: Path = ROOT
) -> dict[str, Any]:
    """What the stored codes are worth; where every cell is a hit or none, shifts and noise too, coded by the model."""
    measures = measure_held_out(corpus, codes, parameters)
    if corpus.kinds_are_alike:
        model = keras.saving.load_model(results.usable_path(parameters, "dictionary", root))
        encode = batch_encoder(model)
        measures |= measure_shifts(corpus, encode, codes, parameters)
        measures |= measure_denoising(corpus, lambda piece: encode(piece[None])[0], codes, parameters)
    return measures


def describe(found: Mapping[str, Mapping[str, Any]]) -> str:
    """The numbers of a run that a reader would want."""
    measures = by_name(dict(found["measures"]))
    of_tokens = np.isnan(measures["f1"])
    right = f"exact tokens {measures['exact_tokens']:.3f}" if of_tokens else f"F1 {measures['f1']:.3f}"
    words = [f"MSE {measures['mse']:.4f}", right]
    if style := found.get("style"):
        words.append(f"style {style['accuracy']:.3f}")
    if chords := found.get("chords"):
        words.append(f"chords {chords['reconstructed']:.3f} (clean {chords['clean']:.3f})")
    return ", ".join(words)
