"""Divergence of KNN forecasts over a song: all initial conditions stepped together compared with one query at a time.

Forecasts 30 steps from every tenth point of the first three principal components of the windows, 22 frames each,
learning from all but a block around each start, and from all but the start itself as the paper does. Prints processor
seconds, the ratio, and the largest difference between the normalised distances from the truth.
"""

import numpy as np

from benchmarks.clock import timed
from benchmarks.inputs import principal_components, read_clip
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
    z = scale_by_spread(principal_components(read_clip(__doc__)["frames"], WINDOW_FRAMES))
    starts = np.arange(0, len(z) - N_STEPS, EVERY_POINTS)
    for rule in (ExclusionRule("block", WINDOW_FRAMES + N_STEPS), ExclusionRule("all")):

        def together(rule=rule):
            return distances(z, starts, roll_out(z, starts, N_STEPS, KNN().fit(z, starts, rule, N_STEPS)))

        together()
        seconds, delta = zip(*(timed(together) for _ in range(REPETITIONS)), strict=True)
        ours_s = float(np.median(seconds))
        print(f"learned from: {rule.learn_from}\n{len(starts)} starts together          {ours_s:7.4f} s")
        for way in WAYS:

            def one_at_a_time(way=way, rule=rule):
                return distances(z, starts, forecast_straightforwardly(z, starts, N_STEPS, way, rule))

            reference_s, expected = timed(one_at_a_time)
            difference = np.abs(delta[0] - expected).max()
            cost = f"{reference_s:7.4f} s  {reference_s / ours_s:6.1f}x"
            print(f"{f'one query, {way}':28s} {cost}   largest difference {difference:.1e}")


if __name__ == "__main__":
    main()
