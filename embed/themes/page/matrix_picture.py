"""A self-similarity matrix as a small picture, time from left to right and from bottom to top."""

from typing import Any

import numpy as np

from embed.pages.image import image_uri

DARK_SHARE, BRIGHT_SHARE = 0.4, 0.997  # of the values: what is below is black, what is above has the brightest colour


def describe_matrix(matrix: np.ndarray, *, patch_frames: int, hop_s: float, most_px: int) -> dict[str, Any]:
    """Picture and span of time of a matrix, ready for JSON.

    Parameters
    ----------
    matrix : np.ndarray (n_moments, n_moments)
        How alike two moments are.
    patch_frames : int
        Length of a moment, which stands for the frame in its middle.
    hop_s : float
        From one moment to the next.
    most_px : int
        Side of the picture, at most.

    Returns
    -------
    dict
        ``image``, a data: URI; ``span_s``, the times of its first and last edge.
    """
    side_px = min(len(matrix), most_px)
    band_px = -(-patch_frames * side_px // len(matrix))
    picture = stretch(shrink(matrix, most_px), band_px)
    edges = np.array([0, len(matrix)]) + patch_frames / 2
    return {"image": image_uri(picture[::-1]), "span_s": (edges * hop_s).tolist()}


def shrink(matrix: np.ndarray, most_px: int) -> np.ndarray:
    """A square of at most so many pixels, float32, each the mean of those it stands for."""
    side_px = min(len(matrix), most_px)
    firsts = np.arange(side_px) * len(matrix) // side_px
    lengths = np.diff(firsts, append=len(matrix))
    rows = np.add.reduceat(matrix.astype(np.float32), firsts, axis=0)
    return np.add.reduceat(rows, firsts, axis=1) / np.outer(lengths, lengths)


def stretch(picture: np.ndarray, band_px: int) -> np.ndarray:
    """Values from 0 to 1 between two quantiles of what is off the diagonal, where patches overlap and all is alike."""
    numbers = np.arange(len(picture))
    is_apart = np.abs(np.subtract.outer(numbers, numbers)) > band_px
    values = picture[is_apart] if is_apart.any() else picture
    dark, bright = np.quantile(values, [DARK_SHARE, BRIGHT_SHARE])
    if bright <= dark:
        return (picture > dark).astype(np.float32)
    return np.clip((picture - dark) / (bright - dark), 0, 1)
