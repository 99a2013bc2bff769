"""The themes of all pieces of a run, by both extractors, as arrays that `embed.themes.theme` reads."""

from collections.abc import Mapping

import numpy as np

from embed.themes.theme import EXTRACTORS, Theme, to_arrays
from forecast.themes.lag import find_by_lag
from forecast.themes.nieto_farbood import find_by_nieto_farbood
from forecast.themes.notes import UNKNOWN_BEAT_S
from pipeline.sections.recordings import Lag
from pipeline.studies.themes import Parameters
from save_dataset.themes.recordings import Recordings


def find_themes(
    parameters: Parameters, recordings: Recordings, matrices: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Find the themes of every piece that is searched.

    `matrices` are as step 3 stores them: ``ours_<piece>`` for `lag`, ``nieto_farbood_<piece>`` for Nieto and Farbood's.
    Returned are the arrays of `embed.themes.theme.to_arrays` under the name of each extractor: ``lag_piece`` ...
    """
    found: dict[str, list[list[Theme]]] = {extractor: [] for extractor in EXTRACTORS}
    for piece in range(recordings.n_searched):
        beat = frames_per_beat(recordings, piece)
        found["lag"].append(find_in_piece(matrices[f"ours_{piece}"], parameters.lag, frames_per_beat=beat))
        similarity = matrices[f"nieto_farbood_{piece}"].astype(np.float32)
        found["nieto_farbood"].append(
            find_by_nieto_farbood(similarity, frames_per_beat=beat, **dict(parameters.nieto_farbood))
        )
    patch_frames, hop_s = parameters.model.patch_frames, recordings.hop_s
    return {
        f"{extractor}_{name}": array
        for extractor, themes in found.items()
        for name, array in to_arrays(themes, patch_frames, hop_s).items()
    }


def find_in_piece(matrix: np.ndarray, lag: Lag, *, frames_per_beat: float) -> list[Theme]:
    """Find the themes of one piece by our extractor; `matrix` is ``(n_frames, n_frames)``, -1 to 1."""
    return find_by_lag(matrix.astype(np.float32), frames_per_beat=frames_per_beat, **dict(lag))


def frames_per_beat(recordings: Recordings, piece: int) -> float:
    """Return the number of frames of a beat of a piece."""
    bpm = recordings.bpm[piece]
    beat_s = 60 / bpm if np.isfinite(bpm) else UNKNOWN_BEAT_S
    return float(beat_s / recordings.hop_s)


def count_themes(arrays: Mapping[str, np.ndarray]) -> str:
    """Return in words how many themes and occurrences each extractor found."""
    counts = []
    for extractor in EXTRACTORS:
        occurrences = np.stack([arrays[f"{extractor}_{name}"] for name in ("piece", "theme")], axis=-1)
        n_themes = len(np.unique(occurrences, axis=0))
        counts.append(f"{n_themes} themes, {len(occurrences)} occurrences ({extractor})")
    return "; ".join(counts)
