"""Themes as runs of high similarity at one lag, with all their occurrences, ranked.

What comes at frame t and again `lag` frames later makes cells (t, t + lag) of a self-similarity matrix high for as
long as it lasts: a run. A run names a span of the piece; its occurrences are all positions at which the matrix, read
along the diagonal, is high for the length of that span, so two repeats that are known only through a third are found
too. Longer and more alike runs come first; spans that were found already are skipped.

Thresholds are fractions of the way from the median of the matrix, which is what unrelated frames of this piece have in
common, to 1: they mean the same in a chorale and in a fugue. While fewer than three themes are found, shorter and
less alike ones are added, step by step.
"""

from dataclasses import dataclass

import numpy as np
from scipy.signal import find_peaks

from embed.themes.theme import Theme
from forecast.themes.by_lag import check_matrix, sort_by_lag

MIN_THEMES = 3  # with fewer the search goes on
RELAXED = 0.8  # thresholds and shortest length of a search, as a fraction of those of the search before
SEARCHES = 6
OCCURRENCE = 0.9  # of the threshold of a run is enough for another occurrence of it
MIN_LAG_BEATS = 2  # a frame is like its neighbours
RIDGE_FRAMES = 2  # a stripe is as wide: of its lags the best counts
SAME_SPAN = 0.7  # intersection over union with a span that was found
APART = 0.5  # of its length lies between two occurrences of a span, at least


def find_by_lag(
    matrix: np.ndarray,
    *,
    frames_per_beat: float,
    high: float = 0.75,
    low: float = 0.7,
    min_beats: float = 10.0,
    max_themes: int = 20,
) -> list[Theme]:
    """Return the themes of a piece, the strongest first.

    Their strength is length times mean similarity, in frames. There are none where nothing comes again.

    Parameters
    ----------
    matrix : np.ndarray (n, n)
        Similarity of frames: symmetric, at most 1.
    high, low : float
        Mean similarity of a run at least, and similarity at which it ends: 0 is the median of the matrix, 1 identity.
    min_beats : float
        Shortest run.
    """
    matrix = np.asarray(matrix, np.float32)
    check_matrix(matrix, frames_per_beat)
    if len(matrix) < 2:
        return []
    stripes = Stripes.of(matrix)
    median = float(np.median(matrix))
    min_lag = max(1, round(MIN_LAG_BEATS * frames_per_beat))
    themes: list[Theme] = []
    for fraction in RELAXED ** np.arange(SEARCHES):
        lowest, mean, elsewhere = median + (1 - median) * fraction * np.array([low, high, OCCURRENCE * high])
        min_frames = int(np.ceil(min_beats * fraction * frames_per_beat))
        _add_themes(themes, stripes, _runs(stripes, lowest, mean, min_frames, min_lag), elsewhere, max_themes)
        if len(themes) >= MIN_THEMES:
            break
    return sorted(themes, key=lambda theme: -theme.strength)


@dataclass(frozen=True)
class Stripes:
    """A symmetric matrix by lag."""

    by_lag: np.ndarray  # (n, n), as `sort_by_lag` returns it; -inf where the piece is over
    sums: np.ndarray  # (n, n + 1), of all cells of a lag before t

    @classmethod
    def of(cls, matrix: np.ndarray) -> "Stripes":
        """Return those of a matrix ``(n, n)``."""
        n = len(matrix)
        by_lag, sums = sort_by_lag(matrix, -np.inf), np.zeros((n, n + 1))
        for lag in range(n):
            np.cumsum(by_lag[lag, : n - lag], out=sums[lag, 1 : n - lag + 1])
        return cls(by_lag, sums)

    def means(self, starts: np.ndarray, ends: np.ndarray, lags: np.ndarray) -> np.ndarray:
        """Return the mean similarity of spans to what comes a lag later; -inf where that is over the end."""
        inside = ends + lags <= len(self.by_lag)
        lags = np.where(inside, lags, 0)
        means = (self.sums[lags, ends] - self.sums[lags, starts]) / (ends - starts)
        return np.where(inside, means, -np.inf)

    def everywhere(self, start: int, end: int) -> np.ndarray:
        """Return the mean similarity of a span to the span of its length at each frame, ``(n - length + 1,)``."""
        others = np.arange(len(self.by_lag) - (end - start) + 1)
        first = np.minimum(others, start)
        return self.means(first, first + end - start, np.abs(others - start))


def _runs(stripes: Stripes, low: float, high: float, min_frames: int, min_lag: int) -> list[tuple[int, int, float]]:
    """Start, end and strength of the runs above `low` whose mean is `high` and higher than at the lags next to it."""
    above = np.pad((stripes.by_lag[min_lag:] > low).view(np.int8), ((0, 0), (1, 1)))
    changes = np.diff(above, axis=1)
    lags, starts = np.nonzero(changes > 0)
    ends = np.nonzero(changes < 0)[1]
    long = ends - starts >= max(min_frames, 1)
    starts, ends, lags = starts[long], ends[long], lags[long] + min_lag
    means = stripes.means(starts, ends, lags)
    kept = means >= high
    for step in range(1, RIDGE_FRAMES + 1):
        kept &= means > stripes.means(starts, ends, np.maximum(lags - step, 0))  # of equals the smallest lag
        kept &= means >= stripes.means(starts, ends, lags + step)
    runs = zip(starts[kept], ends[kept], (means * (ends - starts))[kept], strict=True)
    return sorted(runs, key=lambda run: -run[2])


def _add_themes(
    themes: list[Theme],
    stripes: Stripes,
    runs: list[tuple[int, int, float]],
    elsewhere: float,
    max_themes: int,
):
    """Add a theme for each run, in order, that is no occurrence of a theme among them."""
    found = np.concatenate([np.zeros((0, 2), int), *(theme.occurrences for theme in themes)])
    for start, end, strength in runs:
        if len(themes) == max_themes:
            break
        common = np.minimum(end, found[:, 1]) - np.maximum(start, found[:, 0])
        union = np.maximum(end, found[:, 1]) - np.minimum(start, found[:, 0])
        if (common > SAME_SPAN * union).any():
            continue
        occurrences = _occurrences(stripes, start, end, elsewhere)
        if len(occurrences) > 1:
            themes.append(Theme(occurrences, float(strength)))
            found = np.concatenate([found, occurrences])


def _occurrences(stripes: Stripes, start: int, end: int, elsewhere: float) -> np.ndarray:
    """All spans that are like one, and that one, ``(n_occurrences, 2)`` in order of time."""
    similarity = stripes.everywhere(start, end)
    similarity[start] = np.inf  # the span itself is no matter of choice
    similarity = np.pad(similarity, 1, constant_values=-np.inf)
    distance = max(1, int(APART * (end - start)))
    starts = find_peaks(similarity, height=elsewhere, distance=distance)[0] - 1
    return np.stack([starts, starts + end - start], axis=1)
