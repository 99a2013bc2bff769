"""How themes are read that step 6 stored: the arrays of each extractor stand under its name, ``lag_piece`` ..."""

from collections.abc import Mapping

import numpy as np

EXTRACTORS = ("lag", "published")


def spans_of(arrays: Mapping[str, np.ndarray], extractor: str, piece: int) -> list[np.ndarray]:
    """The themes of a piece as an extractor found them, in order: of each the spans ``(n_occurrences, 2)`` in s."""
    of_piece = arrays[f"{extractor}_piece"] == piece
    themes = arrays[f"{extractor}_theme"][of_piece]
    spans_s = np.stack([arrays[f"{extractor}_{end}"][of_piece] for end in ("starts_s", "ends_s")], axis=-1)
    return [spans_s[themes == theme] for theme in np.unique(themes)]


def strengths_of(arrays: Mapping[str, np.ndarray], extractor: str, piece: int) -> np.ndarray:
    """The strengths of these themes, ``(n_themes,)``."""
    of_piece = arrays[f"{extractor}_piece"] == piece
    _, firsts = np.unique(arrays[f"{extractor}_theme"][of_piece], return_index=True)
    return arrays[f"{extractor}_strength"][of_piece][firsts]
