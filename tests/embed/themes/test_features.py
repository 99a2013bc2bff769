import numpy as np
import pytest

from embed.themes.features import embed_recordings, encode_piece, fourier_magnitudes
from pipeline.patches import flatten, patches_of, standardise
from save_dataset.themes.recordings import Recordings


def make_recordings(*pieces, searched=None):
    n = len(pieces)
    return Recordings(
        frames=np.concatenate(pieces).astype(np.float32),
        starts=np.cumsum([0, *map(len, pieces)]),
        names=np.array([f"piece_{index}" for index in range(n)]),
        paths=np.array(["x.wav"] * n),
        splits=np.array(["train"] * n),
        is_searched=np.array(searched or [True] * n),
        lead_ins_s=np.zeros(n),
        durations_s=np.ones(n),
        bpm=np.full(n, np.nan),
        notes=np.zeros((0, 4)),
        truth=np.zeros((0, 5)),
        hop_s=0.1,
    )


def mean_and_deviation(patches):
    return {"magnitudes": np.stack([patches.mean(axis=1), patches.std(axis=1), patches[:, 0]], axis=1)}


def test_features_of_a_piece_are_those_of_its_patches_in_order_standardised_as_in_training(rng):
    piece = rng.normal(size=(1100, 3))  # more than a batch
    features = encode_piece(piece, 4, lambda patches: {"magnitudes": patches})
    np.testing.assert_array_equal(features["magnitudes"], standardise(flatten(patches_of(piece, 4))))


def test_only_what_is_searched_is_embedded_each_piece_for_itself(rng):
    recordings = make_recordings(*(rng.normal(size=(n, 3)) for n in (10, 7, 9)), searched=[True, True, False])
    features = embed_recordings(recordings, 4, mean_and_deviation)
    np.testing.assert_array_equal(features["starts"], [0, 7, 11])
    second = encode_piece(recordings.piece(1), 4, mean_and_deviation)["magnitudes"]
    np.testing.assert_allclose(features["magnitudes"][7:], second, rtol=1e-6)
    assert features["phases"].shape == (0, 0)
    assert features["patch_frames"] == 4
    counted = embed_recordings(recordings, 4, None)  # patches that are features themselves are not kept
    np.testing.assert_array_equal(counted["starts"], [0, 7, 11])
    assert counted["magnitudes"].size == 0


def test_a_piece_as_long_as_a_patch_is_one_patch_and_a_shorter_one_is_named(rng):
    features = embed_recordings(make_recordings(rng.normal(size=(4, 3))), 4, mean_and_deviation)
    np.testing.assert_array_equal(features["starts"], [0, 1])
    assert features["magnitudes"].shape == (1, 3)
    recordings = make_recordings(rng.normal(size=(10, 3)), rng.normal(size=(5, 3)))
    with pytest.raises(ValueError, match=r"model.patch_frames=6: piece_1 has 5 frames, 0.5 s"):
        embed_recordings(recordings, 6, mean_and_deviation)


def test_fourier_magnitudes_hold_the_energy_of_a_patch_and_do_not_change_when_it_is_rolled(rng):
    patches = rng.normal(size=(3, 8, 6))
    rolled = np.roll(patches, (2, 5), axis=(1, 2))
    magnitudes = fourier_magnitudes(flatten(patches), 8)
    assert magnitudes.shape == (3, 8 * 4)
    np.testing.assert_allclose(fourier_magnitudes(flatten(rolled), 8), magnitudes, atol=1e-4)
    assert not np.allclose(flatten(rolled), flatten(patches))
    twice = np.array([1, 2, 2, 1])  # what the half spectrum leaves out mirrors what stands between its ends
    energy = (magnitudes.reshape(3, 8, 4) ** 2 * twice).sum(axis=(1, 2)) / 48
    np.testing.assert_allclose(energy, (patches**2).sum(axis=(1, 2)), rtol=1e-5)


def test_silence_has_no_features_though_bases_leave_a_little(rng):
    frames = rng.normal(size=(20, 3))
    frames[8:14] = 0
    features = encode_piece(frames, 4, lambda patches: {"magnitudes": np.abs(patches) + 1e-5, "phases": patches})
    is_silent = np.isin(np.arange(17), [8, 9, 10])  # those of four silent frames
    assert not features["magnitudes"][is_silent].any()
    assert features["magnitudes"][~is_silent].all()
