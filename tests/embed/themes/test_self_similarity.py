import numpy as np
import pytest
from scipy.ndimage import correlate1d

from embed.themes.self_similarity import (
    contrast_limits,
    cosine_similarity,
    patch_similarity,
    prepare_nieto_farbood,
    smooth_diagonally,
    sum_along_diagonals,
)
from tests import straightforward_themes as straightforward


def test_cosines_are_those_of_the_angles():
    similarity = cosine_similarity([[2, 0], [0, 3], [1, 1], [-5, 0]], centre=False)
    half = np.sqrt(0.5)
    assert similarity == pytest.approx(
        np.array([[1, 0, half, -1], [0, 1, half, 0], [half, half, 1, -half], [-1, 0, -half, 1]]), abs=1e-6
    )
    assert similarity.dtype == np.float32
    assert cosine_similarity([[0, 0], [1, 0]], centre=False).tolist() == [[1, 0], [0, 1]]  # zeros: to themselves only


def test_centred_cosines_ignore_what_all_vectors_have_in_common(rng):
    vectors = rng.normal(size=(20, 6))
    shared = cosine_similarity(vectors + [9, 0, 3, 0, 0, -4])
    assert shared == pytest.approx(cosine_similarity(vectors), abs=1e-5)
    assert cosine_similarity(vectors + 9, centre=False).min() > 0.9 > shared.min()


@pytest.mark.parametrize("semitones", [0, 1, 3])
@pytest.mark.parametrize("patch_frames", [1, 4, 7])
def test_patches_are_correlated_as_one_by_one(rng, patch_frames, semitones):
    frames = 5 + rng.gamma(1, size=(19, 10))
    expected = straightforward.patch_similarity(frames, patch_frames, semitones, 2)
    assert patch_similarity(frames, patch_frames, semitones, 2) == pytest.approx(expected, abs=2e-5)


def test_long_recordings_are_compared_block_by_block(rng):
    frames = rng.normal(size=(530, 3))
    patches = np.concatenate([frames[:-1], frames[1:]], axis=1)
    assert np.abs(patch_similarity(frames, 2) - np.corrcoef(patches)).max() < 1e-5


def test_a_transposed_copy_is_found_if_transpositions_are_looked_for(rng):
    theme = np.zeros((8, 24), np.float32)
    theme[:, 6:18] = rng.gamma(1, size=(8, 12))
    frames = np.concatenate([theme, rng.gamma(1, size=(8, 24)), np.roll(theme, 6, axis=1)])
    assert patch_similarity(frames, 8, semitones=3)[0, 16] == pytest.approx(1, abs=1e-5)
    assert patch_similarity(frames, 8, semitones=2)[0, 16] < 0.6
    piece = np.pad(rng.gamma(1, size=(30, 8)), ((0, 0), (4, 4)))  # one that is transposed as a whole is as before
    assert patch_similarity(np.roll(piece, 3, axis=1), 4) == pytest.approx(patch_similarity(piece, 4), abs=1e-5)


@pytest.mark.parametrize("semitones", [0, 2])
def test_similarity_is_symmetric_1_on_the_diagonal_and_blind_to_loudness(rng, semitones):
    frames = rng.gamma(1, size=(40, 12))
    similarity = patch_similarity(frames, 5, semitones)
    assert np.array_equal(np.diag(similarity), np.ones(36))
    assert similarity == pytest.approx(similarity.T, abs=1e-6)
    assert np.abs(similarity).max() <= 1
    assert similarity == pytest.approx(patch_similarity(3 * frames + 2, 5, semitones), abs=1e-5)


def test_silence_is_similar_to_nothing_though_the_mean_was_subtracted(rng):
    vectors = rng.normal(2, 1, size=(30, 8))
    vectors[[3, 4, 20, 21]] = 0
    sounding = np.delete(np.arange(30), [3, 4, 20, 21])
    similarity = cosine_similarity(vectors)
    assert not similarity[np.ix_([3, 4], [20, 21])].any()
    np.testing.assert_allclose(similarity[np.ix_(sounding, sounding)], cosine_similarity(vectors[sounding]), atol=1e-6)
    np.testing.assert_array_equal(cosine_similarity(np.zeros((3, 2))), np.eye(3))
    frames = rng.gamma(1, size=(30, 8))
    frames[10:20] = 0.3
    similarity = patch_similarity(frames, 5, semitones=1)
    np.testing.assert_array_equal(similarity[10:16], np.eye(26)[10:16])
    assert np.isfinite(similarity).all()


def test_limits_of_contrast_ignore_the_diagonal(rng):
    matrix = rng.uniform(0, 0.5, (300, 300))
    matrix[np.abs(np.subtract.outer(np.arange(300), np.arange(300))) < 10] = 1
    dark, bright = contrast_limits(matrix)
    assert abs(dark - 0.25) < 0.01
    assert 0.49 < bright <= 0.5
    assert np.diff(contrast_limits(np.full((3, 3), 0.5, np.float16))) > 0  # without any contrast


@pytest.mark.parametrize("n_cells", [1, 2, 3, 5, 8, 13])
def test_sums_along_diagonals(rng, n_cells):
    matrix = rng.integers(0, 9, size=(17, 14))
    expected = sum(matrix[k : 18 - n_cells + k, k : 15 - n_cells + k] for k in range(n_cells))
    assert np.array_equal(sum_along_diagonals(matrix, n_cells), expected)


@pytest.mark.parametrize("n_frames", [1, 2, 5, 13])
def test_smoothing_is_a_mean_along_each_diagonal(rng, n_frames):
    matrix = rng.normal(size=(12, 12))
    smooth = smooth_diagonally(matrix, n_frames)
    for lag in range(-11, 12):
        sums, counts = (
            correlate1d(cells, np.ones(n_frames), mode="constant")
            for cells in (matrix.diagonal(lag), np.ones(12 - abs(lag)))
        )
        assert smooth.diagonal(lag) == pytest.approx(sums / counts), lag


def test_the_matrix_of_nieto_farbood_is_that_of_a_convolution(rng):
    vectors = rng.gamma(1, size=(50, 6))
    vectors[30:40] = vectors[10:20] + 0.01 * rng.normal(size=(10, 6))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    matrix = prepare_nieto_farbood(unit @ unit.T)
    assert matrix.shape == (59, 59)
    assert matrix == pytest.approx(straightforward.similarity_of_nieto_farbood(vectors), abs=1e-9)
    rough = prepare_nieto_farbood(cosine_similarity(vectors, centre=False))
    assert rough == pytest.approx(matrix, abs=0.01)  # 1 - cosine is small where it counts
    assert np.unravel_index(rough.argmax(), rough.shape) in [(14, 34), (15, 35), (34, 14), (35, 15)]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cosine_similarity(np.zeros(3)), r"vectors of shape \(3,\): must have rows and columns"),
        (lambda: cosine_similarity([[np.nan]]), "vectors: must be finite"),
        (lambda: patch_similarity(np.zeros((3, 4)), 5), r"frames of shape \(3, 4\): must have 5 rows or more"),
        (lambda: patch_similarity(np.zeros((9, 4)), 5, semitones=2), "semitones=2: must leave some of 4 bins"),
        (lambda: smooth_diagonally(np.zeros((3, 4)), 5), r"matrix of shape \(3, 4\): must be \(n, n\)"),
        (lambda: smooth_diagonally(np.zeros((4, 4)), 0), "n_frames=0: must be at least 1"),
    ],
)
def test_what_cannot_be_compared_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_smoothing_longer_than_the_matrix_takes_no_more_memory_than_one_as_long(rng):
    matrix = rng.random((5, 5))
    expected = np.array([[np.diagonal(matrix, j - i).mean() for j in range(5)] for i in range(5)])
    np.testing.assert_allclose(smooth_diagonally(matrix, 10**9), expected)
