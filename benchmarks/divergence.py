"""Divergence of KNN forecasts over a song: all initial conditions stepped together beside one query at a time.

Forecasts 30 steps from every tenth point of the first three principal components of the windows, 22 frames each,
learning from all but a block around each start, and from all but the start itself as the paper does. Prints processor
seconds, the ratio, and the largest difference between the distances from the truth, in spreads of the trajectory.
"""

import time

import numpy as np

from benchmarks.clip import read_clip
from embed.song.spread import scale_by_spread
from evaluate.song.divergence import distances
from forecast.song.exclusion import ExclusionRule
from forecast.song.knn import KNN
from forecast.song.roll_out import roll_out
from tests.straightforward_divergence import WAYS, forecast_straightforwardly

WINDOW_FRAMES = 22
N_STEPS, EVERY_POINTS = 30, 10
REPETITIONS = 20


def main():
    z = scale_by_spread(principal_components(read_clip(__doc__)["frames"]))
    starts = np.arange(0, len(z) - N_STEPS, EVERY_POINTS)
    for rule in (ExclusionRule("block", WINDOW_FRAMES + N_STEPS), ExclusionRule("all")):

        def together(rule=rule):
            return distances(z, starts, roll_out(z, starts, N_STEPS, KNN().fit(z, starts, rule, N_STEPS)))

        together()
        seconds, delta = zip(*(measure(together) for _ in range(REPETITIONS)), strict=True)
        ours_s = float(np.median(seconds))
        print(f"learned from: {rule.learn_from}\n{len(starts)} starts together          {ours_s:7.4f} s")
        for way in WAYS:

            def one_at_a_time(way=way, rule=rule):
                return distances(z, starts, forecast_straightforwardly(z, starts, N_STEPS, way, rule))

            reference_s, expected = measure(one_at_a_time)
            difference = np.abs(delta[0] - expected).max()
            what = f"one query, {way}"
            print(
                f"{what:28s} {reference_s:7.4f} s  {reference_s / ours_s:6.1f}x   largest difference {difference:.1e}"
            )


def principal_components(frames):
    """The first three of all windows, ``(n_windows, 3)``."""
    windows = np.lib.stride_tricks.sliding_window_view(frames, WINDOW_FRAMES, axis=0)
    flat = windows.reshape(len(windows), -1)
    centred = flat - flat.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    return centred @ directions[:, -3:]


def measure(forecast):
    """Processor seconds of a call, and what it returns."""
    began = time.process_time()
    delta = forecast()
    return time.process_time() - began, delta


if __name__ == "__main__":
    main()
