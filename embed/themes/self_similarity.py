"""Self-similarity matrices of the patches of a piece, and their smoothing along diagonals.

A patch is some consecutive frames of a constant-Q transform, or a vector of features of them. A repetition makes a
stripe: cells (i + k, j + k) of high similarity for k = 0, 1, ... Sums along diagonals are made by
doubling: sums of two neighbours, of four, of eight, so that a sum of n costs about log2(n) additions of matrices.
"""

import numpy as np

BLOCK_ROWS = 256  # of a matrix at once: the block and what is computed from it stay in the cache
DARK, BRIGHT = 0.5, 0.998  # quantiles of similarity that are drawn black and in the brightest colour
NEAR_PATCHES = 20  # of the diagonal, where patches share frames: left out of the quantiles

# "Complex Autoencoder for Learning Invariant Signal Representations" (Lattner, Arzt, Dörfler 2019), as released
NIETO_FARBOOD_PAD = 9
NIETO_FARBOOD_SMALLEST_DISTANCE = 1e-6
NIETO_FARBOOD_BLANK_LAG = 8
NIETO_FARBOOD_SMOOTH_FRAMES = 10


def cosine_similarity(vectors: np.ndarray, centre: bool = True) -> np.ndarray:
    """Return the cosine of the angle between any two vectors.

    Parameters
    ----------
    vectors : np.ndarray (n, n_features)
        A vector of zeros, as silence has, is similar to itself only.
    centre : bool
        Whether the mean of the other vectors is subtracted first.

    Returns
    -------
    np.ndarray (n, n)
        -1 to 1, float32.
    """
    vectors = _checked(vectors, "vectors", 1)
    if centre:
        nonzero = vectors.any(axis=1, keepdims=True)
        mean = vectors.sum(axis=0, dtype=np.float64) / max(np.count_nonzero(nonzero), 1)
        vectors = np.where(nonzero, vectors - mean.astype(np.float32), 0)
    unit = vectors * _inverse(np.linalg.norm(vectors, axis=1))[:, None]
    similarity = np.clip(unit @ unit.T, -1, 1)
    np.fill_diagonal(similarity, 1)
    return similarity


def patch_similarity(
    frames: np.ndarray, patch_frames: int, semitones: int = 0, bins_per_semitone: int = 2
) -> np.ndarray:
    """Return the correlation of any two patches of consecutive frames, the largest over transpositions of one of them.

    Transposed patches are compared in the bins that both have: the bins that a shift vacates are left out, and the
    rest of both is standardised. So it does not matter which of two patches is transposed.

    Parameters
    ----------
    frames : np.ndarray (n_frames, n_bins)
        Frequency in equal steps.
    semitones : int
        Maximum transposition, up and down.

    Returns
    -------
    np.ndarray (n_frames - patch_frames + 1, n_frames - patch_frames + 1)
        -1 to 1, float32; 0 where one of the patches is constant, as silence is; 1 on the diagonal.
    """
    frames = _checked(frames, "frames", patch_frames)
    if not 0 <= semitones * bins_per_semitone < frames.shape[1]:
        raise ValueError(f"semitones={semitones}: must leave some of {frames.shape[1]} bins, {bins_per_semitone} each")
    frames = frames - frames.mean(dtype=np.float64).astype(np.float32)  # sums stay small, and so do their errors
    n_patches = len(frames) - patch_frames + 1
    similarity = np.full((n_patches, n_patches), -1, np.float32)
    for shift in bins_per_semitone * np.arange(semitones + 1):
        _raise_to_correlation(similarity, frames[:, shift:], frames[:, : frames.shape[1] - shift], patch_frames)
    np.clip(similarity, -1, 1, out=similarity)
    if semitones:
        np.maximum(similarity, similarity.T, out=similarity)  # the shifts down
    np.fill_diagonal(similarity, 1)
    return similarity


def smooth_diagonally(matrix: np.ndarray, n_frames: int) -> np.ndarray:
    """Return the mean of `n_frames` cells of the diagonal around each cell; of fewer at the ends of the matrix."""
    matrix = np.asarray(matrix)
    if matrix.ndim != 2 or len(matrix) != matrix.shape[1]:
        raise ValueError(f"matrix of shape {matrix.shape}: must be (n, n)")
    if n_frames < 1:
        raise ValueError(f"n_frames={n_frames}: must be at least 1")
    n_before, n_after = (min(n, max(len(matrix) - 1, 0)) for n in (n_frames // 2, (n_frames - 1) // 2))
    sums = sum_along_diagonals(np.pad(matrix, (n_before, n_after)), n_before + 1 + n_after)
    index = np.arange(len(matrix))
    before, after = np.minimum(index, n_before), np.minimum(index[::-1], n_after)
    n_cells = 1 + np.minimum.outer(before, before) + np.minimum.outer(after, after)
    return sums / n_cells.astype(sums.dtype)


def prepare_nieto_farbood(similarity: np.ndarray) -> np.ndarray:
    """Return cosines as Nieto and Farbood's extractor needs them: contrast, a blank diagonal, smoothing, 0 to 1.

    The reciprocal of the distance is taken, so the most exact repetition sets the scale of a piece. The last
    rows and columns are a border of the largest distance.

    Parameters
    ----------
    similarity : np.ndarray (n, n)
        Cosines, of features that were not centred if it is to be theirs.

    Returns
    -------
    np.ndarray (n + 9, n + 9)
        Of the type of `similarity`.
    """
    distance = np.pad(np.maximum(1 - np.asarray(similarity), 0), (0, NIETO_FARBOOD_PAD), constant_values=-1)
    distance[distance < 0] = distance.max(initial=0)
    contrast = np.divide(1, distance + NIETO_FARBOOD_SMALLEST_DISTANCE, out=distance)
    index = np.arange(len(contrast))
    for lag in range(-NIETO_FARBOOD_BLANK_LAG, NIETO_FARBOOD_BLANK_LAG + 1):
        rows = index[max(0, -lag) : len(index) - max(0, lag)]
        contrast[rows, rows + lag] = 0
    smooth = _sum_of_three_diagonals(contrast, NIETO_FARBOOD_SMOOTH_FRAMES)
    smooth -= smooth.min()
    smooth /= smooth.max() + 1e-8
    return smooth


def contrast_limits(matrix: np.ndarray) -> tuple[float, float]:
    """Return the similarities that images draw black and brightest: quantiles of what is off the diagonal."""
    upper = matrix[np.triu_indices(len(matrix), min(NEAR_PATCHES, len(matrix) - 1))].astype(np.float32)
    dark, bright = np.quantile(upper, (DARK, BRIGHT))
    return float(dark), float(max(bright, dark + 1e-6))


def sum_along_diagonals(matrix: np.ndarray, n_cells: int) -> np.ndarray:
    """Return sums of `n_cells` cells (i + k, j + k), ``(n_rows - n_cells + 1, n_columns - n_cells + 1)``."""
    n_rows, n_columns = matrix.shape[0] - n_cells + 1, matrix.shape[1] - n_cells + 1
    total = np.zeros((), matrix.dtype)
    summed, done = 1, 0  # cells in each sum of `matrix`, and in each of `total`
    while True:
        if n_cells & summed:
            part = matrix[done : done + n_rows, done : done + n_columns]
            total = total + part
            done += summed
        if done == n_cells:
            return total
        matrix = matrix[:-summed, :-summed] + matrix[summed:, summed:]
        summed *= 2


def _raise_to_correlation(similarity: np.ndarray, these: np.ndarray, those: np.ndarray, patch_frames: int):
    """Raise each cell to the correlation of a patch of `these` frames with one of `those`, if that is larger."""
    n_values = patch_frames * these.shape[1]
    row_means, row_scales = _statistics(these, patch_frames)
    column_means, column_scales = _statistics(those, patch_frames)
    column_means *= n_values
    for start in range(0, len(similarity), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        products = sum_along_diagonals(these[start : start + BLOCK_ROWS + patch_frames - 1] @ those.T, patch_frames)
        products -= np.multiply.outer(row_means[rows], column_means)
        products *= row_scales[rows, None]
        products *= column_scales
        np.maximum(similarity[rows], products, out=similarity[rows])


def _statistics(frames: np.ndarray, patch_frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of each patch, and the reciprocal of the norm of the patch without it, 0 if that is 0."""
    n_values = patch_frames * frames.shape[1]
    wide = frames.astype(np.float64)
    box = np.ones(patch_frames)
    sums, squares = (np.convolve(values.sum(axis=1), box, mode="valid") for values in (wide, wide**2))
    variance = squares - sums**2 / n_values
    variance[variance < 1e-10 * max(squares.max(), 1e-30)] = 0  # rounding errors
    return (sums / n_values).astype(np.float32), _inverse(np.sqrt(variance)).astype(np.float32)


def _sum_of_three_diagonals(matrix: np.ndarray, n_frames: int) -> np.ndarray:
    """Return the convolution, of the same size, with a square of `n_frames` that has ones on three diagonals."""
    before, after = (n_frames - 1) // 2, n_frames // 2  # as scipy.signal.convolve2d centres an even kernel
    padded = np.pad(matrix, (after, before))
    shorter = sum_along_diagonals(padded, n_frames - 1)
    sums = shorter[:-1, :-1] + padded[n_frames - 1 :, n_frames - 1 :]
    sums += shorter[:-1, 1:]
    sums += shorter[1:, :-1]
    return sums


def _inverse(values: np.ndarray) -> np.ndarray:
    """Return reciprocals; 0 for 0."""
    return np.divide(1, values, out=np.zeros_like(values), where=values > 0)


def _checked(rows: np.ndarray, name: str, min_rows: int) -> np.ndarray:
    """Return the rows in float32; ValueError if they are no table of finite numbers, or too few."""
    rows = np.asarray(rows, np.float32)
    if rows.ndim != 2 or not rows.shape[1]:
        raise ValueError(f"{name} of shape {rows.shape}: must have rows and columns")
    if not 1 <= min_rows <= len(rows):
        raise ValueError(f"{name} of shape {rows.shape}: must have {max(min_rows, 1)} rows or more")
    if not np.isfinite(rows).all():
        raise ValueError(f"{name}: must be finite")
    return rows
