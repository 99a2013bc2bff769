"""Clusters of notes: which pairs are in them, and quantiles that are known."""

import numpy as np
import pytest

from evaluate.instruments.pitch_shift import CLUSTERS, describe_pitch_shift, measure_pitch_shift
from tests.noise_clips import noise_clips


@pytest.fixture
def played(rng):
    """Two classes; MFCC are the pitch, in c1, and a large level, in c0, that must not count."""
    pitches = np.tile([60.0, 60, 60, 60, 72, 72, 72, 72], 4)
    mfcc = np.zeros((32, 40))
    mfcc[:, 0] = 1000 * rng.random(32)
    mfcc[:, 1] = pitches
    return {"pitches": pitches, "mfcc": mfcc}


def test_pairs_of_each_cluster_are_counted_and_their_distances_known(played, rng):
    measures = measure_pitch_shift(noise_clips(rng, **played))
    assert measures["clusters"].tolist() == list(CLUSTERS)
    assert measures["instruments"].tolist() == ["class_0", "class_1"]
    # 32 notes; 16 of a class; all of one pitch class; 8 of one pitch
    assert measures["n_pairs"].tolist() == 2 * [[496, 120, 120, 56]]
    np.testing.assert_allclose(measures["quantiles"][:, -1], 0)
    np.testing.assert_allclose(measures["quantiles"][:, 1, 2:], 144)
    assert measures["n_notes"] == 32


def test_clips_of_one_file_and_notes_without_pitch_do_not_count(played, rng):
    one_file = noise_clips(rng, **played, paths=np.repeat(["a.flac", "b.flac"], 16))
    assert not len(measure_pitch_shift(one_file)["instruments"])
    played["pitches"][16:] = np.nan
    measures = measure_pitch_shift(noise_clips(rng, **played))
    assert measures["instruments"].tolist() == ["class_0"]
    assert measures["n_pairs"][0, 0] == 120


def test_what_there_is_is_said(played, rng):
    none = measure_pitch_shift(noise_clips(rng))
    assert none["quantiles"].shape == (0, 4, 5)
    assert describe_pitch_shift(none) == "no instrument has 5 pairs of notes of one pitch (0 have a known pitch)"
    played["mfcc"][:, 1] += np.arange(32) % 4
    found = describe_pitch_shift(measure_pitch_shift(noise_clips(rng, **played)))
    assert found.startswith("notes of one pitch are nearer by a factor of class_0 ")
