"""Themes by the extractor that came with the complex autoencoder, step by step as released, but fast.

The rules are those of MotivesExtractor (Nieto and Farbood 2014) as used by Lattner, Arzt and Dörfler (2019). The
median of the matrix is taken off. From each cell (i, j) above the main diagonal, row by row, a segment grows along
the diagonal while the weighted mean of its last ten cells is above the threshold; the newest cell weighs most. A
segment that is long enough is kept, and the diagonals around it are blanked, so what begins later cannot use them.
Segments whose rows lie alike are occurrences of one pattern.

How long a segment from any cell would be is found for a whole diagonal at once: where it fails while it has fewer
cells than weights, else at the first of the windows behind that fails. After a segment only the diagonals that it
blanked are looked at again. That gives the same segments as going from cell to cell.
"""

from bisect import bisect_left

import numpy as np

from embed.themes.theme import Theme
from forecast.themes.by_lag import check_matrix, sort_by_lag

LAST_CELLS = 10  # that decide whether a segment grows
BLANKED_LAGS = 3  # on either side of a segment
THRESHOLD_STEP = 0.001  # down, where nothing is found


def find_by_nieto_farbood(
    matrix: np.ndarray,
    *,
    frames_per_beat: float,
    threshold: float = 0.01,
    min_beats: float = 16,
    max_difference_beats: float = 5,
) -> list[Theme]:
    """Return the patterns of a piece in the order in which they were found: the paper does not rank them.

    Their strength is the number of frames of all occurrences. There is at least one if the matrix is larger than the
    shortest segment: the threshold is lowered until there is one.

    Parameters
    ----------
    matrix : np.ndarray (n, n)
        As `embed.themes.self_similarity.prepare_nieto_farbood` makes it.
    threshold : float
        Above the median of the matrix.
    min_beats, max_difference_beats : float
        Shortest segment, and how far the rows of two segments of a pattern may differ at either end.
    """
    matrix = np.asarray(matrix, np.float64)
    check_matrix(matrix, frames_per_beat)
    min_frames = max(int(np.ceil(min_beats * frames_per_beat)), 2)
    if len(matrix) < min_frames + 2:  # no cell to begin from
        return []
    search = Search(matrix - np.median(matrix), min_frames)
    segments = search.segments(threshold)
    if not segments:
        n_steps = int((threshold - search.by_lag.min()) / THRESHOLD_STEP) + 2  # at the last all cells are above
        lower = np.subtract.accumulate([threshold, *[THRESHOLD_STEP] * n_steps])
        segments = search.segments(lower[bisect_left(lower, True, key=search.finds)])
    return _patterns(np.array(segments), int(max_difference_beats * frames_per_beat))


class Search:
    """A matrix that is searched for segments."""

    def __init__(self, matrix: np.ndarray, min_frames: int):
        self.n, self.min_frames = len(matrix), min_frames
        self.by_lag = sort_by_lag(matrix, 0)

    def segments(self, threshold: float) -> list[tuple[int, int, int]]:
        """Return row, column and length of each segment, as found row by row; what they use is blanked."""
        lengths = self._measure_all(threshold)
        n_starts = len(lengths)
        n_left = np.count_nonzero(lengths, axis=0)
        found = []
        for row in range(n_starts):
            for lag in range(1, n_starts - row) if n_left[row] else ():
                if not (length := int(lengths[lag, row])):
                    continue
                found.append((row, row + lag, length))
                self._blank(row, lag, length)
                for other in range(max(1, lag - BLANKED_LAGS), min(n_starts, lag + BLANKED_LAGS + 1)):
                    n_left -= lengths[other] > 0
                    self._measure(lengths, other, threshold)
                    n_left += lengths[other] > 0
        return found

    def finds(self, threshold: float) -> bool:
        """Whether there is a segment, of what is not blanked; as there is at all lower thresholds."""
        return bool(self._measure_all(threshold).any())

    def _measure_all(self, threshold: float) -> np.ndarray:
        """Return the lengths of the segments from each lag and row, as `_measure` does."""
        n_starts = self.n - self.min_frames
        lengths = np.zeros((n_starts, n_starts), np.int32)
        for lag in range(1, n_starts):
            self._measure(lengths, lag, threshold)
        return lengths

    def _measure(self, lengths: np.ndarray, lag: int, threshold: float):
        """Write the lengths of the segments of a lag; 0 for those that are too short."""
        n_starts = len(lengths) - lag
        grown = _grown(self.by_lag[lag, : self.n - lag], threshold)[:n_starts]
        lengths[lag, :n_starts] = np.where(grown >= self.min_frames, grown, 0)

    def _blank(self, row: int, lag: int, length: int):
        """Set what a segment used to 0: in its square the main diagonal and some next to it."""
        for step in range(-BLANKED_LAGS, BLANKED_LAGS + 1):
            if 0 <= lag + step < self.n:  # below the main diagonal no search reads
                self.by_lag[lag + step, row + max(0, -step) : row + max(0, length - max(0, step))] = 0


def _grown(cells: np.ndarray, threshold: float) -> np.ndarray:
    """How long the segment from each cell of a diagonal grows: up to the first cell that fails, or to the end."""
    n = len(cells)
    lengths = np.zeros(n, np.int64)
    sums = np.zeros(n)  # weighted, of the cells from each start; not of those that are over the end
    for weight in range(1, min(LAST_CELLS, n + 1)):
        n_starts = n - weight + 1
        sums[:n_starts] += weight * cells[weight - 1 :]
        failed = sums[:n_starts] <= threshold * (weight * (weight + 1) / 2)
        lengths[:n_starts][failed & (lengths[:n_starts] == 0)] = weight
    n_windows = n - LAST_CELLS + 1
    if n_windows > 0:
        windows = sums[:n_windows] + LAST_CELLS * cells[LAST_CELLS - 1 :]
        failed = windows <= threshold * (LAST_CELLS * (LAST_CELLS + 1) / 2)
        ends = np.where(failed, np.arange(LAST_CELLS, n + 1), n)
        ends = np.minimum.accumulate(ends[::-1])[::-1]
        lasting = lengths[:n_windows] == 0
        lengths[:n_windows][lasting] = (ends - np.arange(n_windows))[lasting]
    to_end = n - np.arange(n)
    return np.where(lengths == 0, to_end, lengths)


def _patterns(segments: np.ndarray, max_difference: int) -> list[Theme]:
    """Segments (row, column, length) whose rows lie alike, as occurrences of one theme."""
    rows = np.stack([segments[:, 0], segments[:, 0] + segments[:, 2]], axis=1)
    columns = np.stack([segments[:, 1], segments[:, 1] + segments[:, 2]], axis=1)
    themes, free = [], np.ones(len(segments), bool)
    while free.any():
        first = int(np.argmax(free))
        alike = free & (np.abs(rows - rows[first]) <= max_difference).all(axis=1)
        free &= ~alike
        occurrences = np.concatenate([rows[first : first + 1], columns[alike]])
        occurrences = occurrences[np.lexsort(occurrences.T[::-1])]
        themes.append(Theme(occurrences, float(np.diff(occurrences).sum())))
    return themes
