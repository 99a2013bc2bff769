"""Clusters of clips: found where they are planted, and they say what they agree with."""

import numpy as np
import pytest

from embed.instruments.clusters import cluster, cluster_clips, principal_components
from tests.noise_clips import noise_clips


@pytest.mark.parametrize(("what", "agreement"), [("labels", (1, 0)), ("collections", (0, 1))])
def test_planted_clusters_are_classes_or_recordings(what, agreement, rng):
    clips = noise_clips(rng, n_classes=2, n_per_class=20)
    of = np.unique(getattr(clips, what), return_inverse=True)[1]
    mfcc = 10.0 * of[:, np.newaxis] + rng.standard_normal((40, 40))
    found = cluster_clips(noise_clips(rng, n_classes=2, n_per_class=20, mfcc=mfcc))
    assert found["mfcc_agreement"] == pytest.approx(agreement, abs=0.05)
    assert found["mfcc_plane"].shape == (40, 2)


def test_scattering_is_compared_where_it_is_computed(rng):
    assert {name.split("_")[0] for name in cluster_clips(noise_clips(rng))} == {"mfcc"}
    time = rng.random((32, 5))
    assert "time_log_clusters" in cluster_clips(noise_clips(rng, time=time))


def test_there_are_no_more_clusters_than_clips():
    assert sorted(cluster(np.array([[0.0], [1.0]]), 8)) == [0, 1]


def test_components_that_there_are_not_are_zero(rng):
    found = principal_components(rng.standard_normal((5, 1)))
    assert found.shape == (5, 2)
    assert not found[:, 1].any()
