"""Baselines on the corpus: every other way of making a dictionary, on the windows the runs are judged on."""

import numpy as np
from tqdm import tqdm

from evaluate.dictionary_baselines import fit_baselines
from evaluate.reconstruction import measure_codes, measure_reconstruction
from pipeline.dictionary_study import DictionaryParameters
from save_dataset.corpus import Corpus


def compare_baselines(
    corpus: Corpus, parameters: DictionaryParameters, *, show_progress: bool = False
) -> dict[str, np.ndarray]:
    """Fit the baselines on the train split and measure them on the pieces held out.

    Returns
    -------
    dict
        ``methods (n,)``; ``k (n,)``, 0 where there is no such limit; ``cpu_s (n,)``; ``names (m,)`` of the measures and
        their ``values (n, m)``.
    """
    settings, kinds = parameters.baselines, corpus.kinds()
    train, test = (windows_in(corpus, split, settings.window_steps) for split in ("train", parameters.evaluation.split))
    rng = np.random.default_rng(settings.seed)
    train = train[np.sort(rng.permutation(len(train))[: settings.max_windows])]
    n_bars = len(test) * settings.window_steps / corpus.steps_per_bar
    fitted = [
        baseline
        for method in tqdm(settings.methods, desc="baselines", disable=not show_progress)
        for baseline in fit_baselines(method, flat(train), n_atoms=settings.n_atoms, ks=settings.k, seed=settings.seed)
    ]
    rows = []
    for baseline in fitted:
        made, usage = baseline.reconstruct(flat(test))
        rows.append(measure_reconstruction(test, made.reshape(test.shape), kinds) | measure_codes(usage, n_bars))
    return {
        "methods": np.array([baseline.method for baseline in fitted]),
        "k": np.array([baseline.k or 0 for baseline in fitted]),
        "cpu_s": np.array([baseline.cpu_s for baseline in fitted]),
        "names": np.array([*rows[0]]),
        "values": np.array([[*row.values()] for row in rows]),
    }


def windows_in(corpus: Corpus, split: str, n_steps: int) -> np.ndarray:
    """Windows of all pieces of a part of the split, ``(n_windows, n_steps, n_channels)``.

    Raises
    ------
    ValueError
        If there is none.
    """
    windows = corpus.cut(corpus.windows(corpus.pieces_of(split), n_steps), n_steps)
    if not len(windows):
        raise ValueError(f"baselines.window_steps={n_steps}: no piece of the {split} split is as long")
    return windows


def flat(windows: np.ndarray) -> np.ndarray:
    """Windows as rows, ``(n_windows, n_steps * n_channels)``."""
    return windows.reshape(len(windows), -1)
