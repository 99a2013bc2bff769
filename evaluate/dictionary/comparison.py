"""Baselines on the corpus: every other way of making a dictionary, on the windows that the runs are evaluated on."""

import numpy as np
from tqdm import tqdm

from evaluate.dictionary.baselines import Baseline, fit_baselines
from evaluate.dictionary.held_out import (
    check_that_a_window_fits,
    held_out_pieces,
    long_pieces,
    window_steps_of,
    windows_of,
)
from evaluate.dictionary.reconstruction import Reconstruction, measure_codes
from pipeline.memory import check_memory, half_of_machine_gb
from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.midi.corpus import Corpus

COPIES = 3  # of codes, and of products of atoms with each other


def compare_baselines(
    corpus: Corpus, parameters: DictionaryParameters, *, show_progress: bool = False
) -> dict[str, np.ndarray]:
    """Fit the baselines on the train split and measure them on the pieces held out.

    They encode windows of their own size, and are evaluated on the windows that the runs are evaluated on. A method
    that cannot be fitted is left out, and a line says why.

    Returns
    -------
    dict
        ``methods (n,)``; ``k (n,)``, 0 where there is no such limit; ``cpu_s (n,)``; ``names (m,)`` of the measures and
        their ``values (n, m)``. All are empty if no method can be fitted.

    Raises
    ------
    ValueError
        If no piece is held out, or the pieces of the train split or those held out are shorter than a window.
    """
    settings = parameters.baselines
    n_steps = settings.window_steps or corpus.steps_per_beat
    held_out = held_out_pieces(corpus, parameters)
    for split in ("train", parameters.evaluation.split):
        check_that_a_window_fits(corpus, split, n_steps, "baselines.window_steps")
    firsts = corpus.windows(corpus.pieces_of("train"), n_steps)
    chosen = np.random.default_rng(settings.seed).permutation(len(firsts))[: settings.max_windows]
    firsts, dim = firsts[np.sort(chosen)], n_steps * corpus.steps.shape[1]
    for key, size, of_each in (
        ("k", max(settings.k, default=0), len(firsts)),
        ("n_atoms", settings.n_atoms, settings.n_atoms + dim),
    ):
        check_memory(f"baselines.{key}={size}", COPIES * 8 * size * of_each, "take fewer", half_of_machine_gb())
    fitted = [
        baseline
        for method in tqdm(settings.methods, desc="baselines", disable=not show_progress)
        for baseline in _fit(method, corpus.cut(firsts, n_steps).reshape(-1, dim), parameters)
    ]
    rows = [_measure_baseline(baseline, corpus, held_out, n_steps, parameters) for baseline in fitted]
    return {
        "methods": np.array([baseline.method for baseline in fitted]),
        "k": np.array([baseline.k or 0 for baseline in fitted]),
        "cpu_s": np.array([baseline.cpu_s for baseline in fitted]),
        "names": np.array([*rows[0]] if rows else [], str),
        "values": np.array([[*row.values()] for row in rows]),
    }


def _fit(method: str, train: np.ndarray, parameters: DictionaryParameters) -> list[Baseline]:
    settings = parameters.baselines
    try:
        return fit_baselines(method, train, n_atoms=settings.n_atoms, ks=settings.k, seed=settings.seed)
    except ValueError as error:  # too little music for n_atoms; the other methods may do with it
        tqdm.write(f"baseline {method} is left out: {error}; see [baselines]")
        return []


def _measure_baseline(
    baseline: Baseline, corpus: Corpus, pieces: np.ndarray, n_steps: int, parameters: DictionaryParameters
) -> dict[str, float]:
    """Measure a baseline on pieces; a piece's end that fills none of its windows of `n_steps` is left out."""
    window_steps, reconstruction = window_steps_of(corpus, parameters), Reconstruction(corpus.kinds())
    n_all, n_used = 0, np.zeros(len(baseline.atoms), int)
    for piece in long_pieces(corpus, pieces, n_steps):
        windows = windows_of(corpus.piece(piece), n_steps)
        estimated, usage = baseline.reconstruct(windows.reshape(len(windows), -1))
        reference = windows.reshape(-1, windows.shape[2])
        n_all, n_used = n_all + len(reference), n_used + usage
        if len(reference) >= window_steps:
            music = reference, estimated.reshape(reference.shape)
            reconstruction.update(*(windows_of(steps, window_steps) for steps in music))
    return reconstruction.result() | measure_codes(n_used, n_all / corpus.steps_per_bar)
