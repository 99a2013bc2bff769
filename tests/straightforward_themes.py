"""Nieto and Farbood's extractor of themes, and similarities of patches, cell by cell: to compare with and to time."""

import math

import numpy as np
from scipy.signal import convolve2d
from scipy.spatial.distance import pdist, squareform

WEIGHTS = range(1, 11)


def find_by_nieto_farbood(matrix, frames_per_beat, threshold=0.01, min_beats=16, max_difference_beats=5):
    """Patterns as lists of (start, end), in order of time."""
    matrix = matrix.astype(float) - np.median(matrix)
    min_frames = math.ceil(min_beats * frames_per_beat)
    segments = find_segments(matrix, min_frames, threshold)
    while not segments:
        threshold -= 0.001
        segments = find_segments(matrix, min_frames, threshold)
    return join(segments, int(max_difference_beats * frames_per_beat))


def find_segments(matrix, min_frames, threshold, n_rows=None):
    """Segments (start, end, start, end); what they use is set to 0. Of all rows, or of the first ones."""
    n = len(matrix)
    segments = []
    for i in range(n - min_frames if n_rows is None else n_rows):
        for j in range(i + 1, n - min_frames):
            n_cells = 1
            while score(matrix, i, j, n_cells) > threshold and j + n_cells < n:
                n_cells += 1
            if n_cells >= min_frames:
                segments.append((i, i + n_cells, j, j + n_cells))
                blank(matrix, i, j, n_cells)
    return segments


def score(matrix, i, j, n_cells):
    """Weighted mean of the last ten cells, or of all if there are fewer; the newest weighs most."""
    n_last = min(n_cells, 10)
    total = 0.0
    for weight in WEIGHTS[:n_last]:
        k = n_cells - n_last + weight - 1
        total += weight * matrix[i + k, j + k]
    return total / sum(WEIGHTS[:n_last])


def blank(matrix, i, j, n_cells):
    """Sets the diagonals -3 to 3 of the square of a segment to 0."""
    for a in range(n_cells):
        for b in range(max(0, a - 3), min(n_cells, a + 4)):
            matrix[i + a, j + b] = 0


def join(segments, max_difference):
    """Patterns of segments whose rows lie alike."""
    claimed, patterns = set(), []
    for s, first in enumerate(segments):
        if s in claimed:
            continue
        occurrences = [first[:2], first[2:]]
        for t in range(s + 1, len(segments)):
            other = segments[t]
            near = all(abs(other[k] - first[k]) <= max_difference for k in (0, 1))
            if t not in claimed and near:
                claimed.add(t)
                occurrences.append(other[2:])
        patterns.append(sorted(occurrences))
    return patterns


def similarity_of_nieto_farbood(vectors):
    """The matrix for the extractor by Nieto and Farbood, from vectors, with a convolution in two dimensions."""
    distance = squareform(pdist(vectors.astype(float), "cosine"))
    n = len(distance) + 9
    padded = np.full((n, n), distance.max())
    padded[: n - 9, : n - 9] = distance
    lag = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    contrast = np.where(lag <= 8, 0, 1 / (padded + 1e-6))
    kernel = np.eye(10) + np.eye(10, k=1) + np.eye(10, k=-1)
    smooth = convolve2d(contrast, kernel, mode="same")
    smooth -= smooth.min()
    return smooth / (smooth.max() + 1e-8)


def patch_similarity(frames, patch_frames, semitones=0, bins_per_semitone=1):
    """The largest correlation of the bins that two patches have in common, patch by patch."""
    n_bins = frames.shape[1]
    patches = [frames[start : start + patch_frames] for start in range(len(frames) - patch_frames + 1)]
    similarity = np.full((len(patches), len(patches)), -1.0)
    for semitone in range(-semitones, semitones + 1):
        up, down = max(0, semitone) * bins_per_semitone, max(0, -semitone) * bins_per_semitone
        for i, this in enumerate(patches):
            for j, that in enumerate(patches):
                pair = this[:, up : n_bins - down].ravel(), that[:, down : n_bins - up].ravel()
                similarity[i, j] = max(similarity[i, j], np.corrcoef(*pair)[0, 1])
    return similarity
