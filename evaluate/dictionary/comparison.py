"""Baselines on the corpus: every other way of making a dictionary, on the windows the runs are judged on."""

import numpy as np
from tqdm import tqdm

from evaluate.dictionary.baselines import Baseline, fit_baselines
from evaluate.dictionary.held_out import held_out_pieces, window_steps_of, windows_of
from evaluate.dictionary.measures import measure_music
from evaluate.dictionary.reconstruction import measure_codes
from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.midi.corpus import Corpus


def compare_baselines(
    corpus: Corpus, parameters: DictionaryParameters, *, show_progress: bool = False
) -> dict[str, np.ndarray]:
    """Fit the baselines on the train split and measure them on the pieces held out.

    They code windows of their own length, and are judged on the windows that the runs are judged on. A method that
    cannot be fitted is left out, and a line tells why.

    Returns
    -------
    dict
        ``methods (n,)``; ``k (n,)``, 0 where there is no such limit; ``cpu_s (n,)``; ``names (m,)`` of the measures and
        their ``values (n, m)``. All are empty if no method can be fitted.

    Raises
    ------
    ValueError
        If no piece is held out, or the pieces to learn from or those held out are shorter than a window.
    """
    settings = parameters.baselines
    pieces = [corpus.piece(p) for p in held_out_pieces(corpus, parameters)]
    n_steps = settings.window_steps or corpus.steps_per_beat
    train = windows_in(corpus, "train", n_steps)
    _check_that_a_window_fits(corpus, parameters.evaluation.split, n_steps)
    rng = np.random.default_rng(settings.seed)
    train = flat(train[np.sort(rng.permutation(len(train))[: settings.max_windows])])
    fitted = [
        baseline
        for method in tqdm(settings.methods, desc="baselines", disable=not show_progress)
        for baseline in fit(method, train, parameters)
    ]
    rows = [_measure_baseline(baseline, corpus, pieces, parameters) for baseline in fitted]
    return {
        "methods": np.array([baseline.method for baseline in fitted]),
        "k": np.array([baseline.k or 0 for baseline in fitted]),
        "cpu_s": np.array([baseline.cpu_s for baseline in fitted]),
        "names": np.array([*rows[0]] if rows else [], str),
        "values": np.array([[*row.values()] for row in rows]),
    }


def fit(method: str, train: np.ndarray, parameters: DictionaryParameters) -> list[Baseline]:
    """What `fit_baselines` makes of windows ``(n_windows, dim)``; nothing, and a line that tells why, if it cannot."""
    settings = parameters.baselines
    try:
        return fit_baselines(method, train, n_atoms=settings.n_atoms, ks=settings.k, seed=settings.seed)
    except ValueError as error:  # too little music for so many atoms; the other methods may do with it
        tqdm.write(f"baseline {method} is left out: {error}; see [baselines]")
        return []


def _measure_baseline(
    baseline: Baseline, corpus: Corpus, pieces: list[np.ndarray], parameters: DictionaryParameters
) -> dict[str, float]:
    """Measures of a baseline on pieces; a piece's end that fills no window of the baseline's is left out."""
    n_steps = parameters.baselines.window_steps or corpus.steps_per_beat
    true = [piece[: len(piece) // n_steps * n_steps] for piece in pieces]
    made, usage = baseline.reconstruct(flat(windows_of(true, n_steps)))
    ends = np.cumsum([len(piece) for piece in true])
    reconstructed = np.split(made.reshape(ends[-1], -1), ends[:-1])
    judged, found = (windows_of(music, window_steps_of(corpus, parameters)) for music in (true, reconstructed))
    return measure_music(judged, found, corpus.kinds()) | measure_codes(usage, ends[-1] / corpus.steps_per_bar)


def windows_in(corpus: Corpus, split: str, n_steps: int) -> np.ndarray:
    """Windows of all pieces of a part of the split, ``(n_windows, n_steps, n_channels)``; at least one."""
    _check_that_a_window_fits(corpus, split, n_steps)
    return corpus.cut(corpus.windows(corpus.pieces_of(split), n_steps), n_steps)


def _check_that_a_window_fits(corpus: Corpus, split: str, n_steps: int) -> None:
    """ValueError if no piece of a part of the split is as long as a window."""
    if not len(corpus.windows(corpus.pieces_of(split), n_steps)):
        raise ValueError(f"baselines.window_steps={n_steps}: no piece of the {split} split is as long")


def flat(windows: np.ndarray) -> np.ndarray:
    """Windows as rows, ``(n_windows, n_steps * n_channels)``."""
    return windows.reshape(len(windows), -1)
