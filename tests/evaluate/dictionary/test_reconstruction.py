import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from evaluate.dictionary.reconstruction import best_threshold, measure_codes, measure_reconstruction
from save_dataset.midi.event_tokens import MEAN, STD

DRUMS = {"hit": slice(0, 2), "velocity": slice(2, 4), "offset": slice(4, 6)}


@pytest.fixture
def drums(rng):
    """Music of two drums, ``(20, 4, 6)``, and a noisy copy."""
    hits = rng.random((20, 4, 2)) < 0.3
    velocities, offsets = hits * rng.uniform(0.1, 1, hits.shape), hits * rng.uniform(-1, 1, hits.shape)
    reference = np.concatenate([hits, velocities, offsets], axis=2)
    return reference.astype(np.float32), (reference + rng.normal(0, 0.4, reference.shape)).astype(np.float32)


def windows(*hits):
    return np.array(hits, float)[..., None]  # one channel


def test_hits_are_counted_by_hand():
    reference = windows([1, 0, 1, 0], [0, 0, 1, 1], [0, 0, 0, 0])
    estimated = windows([0.9, 0.6, 0.2, 0], [0, 0.4, 0.7, 0.6], [0, 0, 0.5, 0])  # 3 right, 1 too many, 1 missed
    measures = measure_reconstruction([(reference, estimated)], {"onset": slice(0, 1)})
    assert measures["precision"] == measures["recall"] == measures["f1"] == pytest.approx(3 / 4)
    assert measures["exact"] == pytest.approx(2 / 3)
    strict = measure_reconstruction([(reference, estimated)], {"onset": slice(0, 1)}, threshold=0.65)
    assert (strict["precision"], strict["recall"], strict["f1"]) == pytest.approx((1, 2 / 4, 2 / 3))
    assert strict["exact"] == pytest.approx(1 / 3)


def test_errors_are_counted_by_hand():
    reference, estimated = np.zeros((1, 2, 6)), np.zeros((1, 2, 6))
    reference[0, 0] = [1, 0, 0.8, 0, 0.5, 0]
    estimated[0, 0] = [0, 0, 0.5, 0, 0.1, 0]
    estimated[0, 1, 2:] = 0.7  # no hit there
    measures = measure_reconstruction([(reference, estimated)], DRUMS)
    assert measures["velocity_rmse"] == pytest.approx(0.3)
    assert measures["offset_rmse"] == pytest.approx(0.4)
    assert measures["mse_hit"] == pytest.approx(1 / 4)
    assert measures["mse_velocity"] == pytest.approx((0.09 + 0.98) / 4)
    assert measures["mse_offset"] == pytest.approx((0.16 + 0.98) / 4)
    assert measures["mse"] == pytest.approx((1 + 1.07 + 1.14) / 12)


def test_scores_are_those_of_sklearn(drums):
    reference, estimated = drums
    measures = measure_reconstruction([(reference, estimated)], DRUMS, threshold=0.4)
    cells = reference[..., :2].ravel() > 0.5, estimated[..., :2].ravel() > 0.4
    for name, score in (("f1", f1_score), ("precision", precision_score), ("recall", recall_score)):
        assert measures[name] == pytest.approx(score(*cells))
    assert measures["mse"] == pytest.approx(np.mean((reference - estimated) ** 2), rel=1e-5)


def test_music_is_a_perfect_reconstruction_of_itself(drums):
    measures = measure_reconstruction([(drums[0], drums[0])], DRUMS)
    assert measures["f1"] == measures["exact"] == 1
    assert measures["mse"] == measures["velocity_rmse"] == measures["offset_rmse"] == 0
    assert best_threshold([(drums[0], drums[0])], DRUMS) == 0.5


def test_silence_scores_nothing_and_what_does_not_apply_is_nan():
    silence = np.zeros((2, 4, 6))
    measures = measure_reconstruction([(silence, silence)], DRUMS)
    assert (measures["precision"], measures["recall"], measures["f1"], measures["exact"]) == (0, 0, 0, 1)
    assert np.isnan([measures["velocity_rmse"], measures["offset_rmse"], measures["exact_tokens"]]).all()
    kinds, onsets = {"onset": slice(0, 3), "frame": slice(3, 6)}, np.tile([1, 1, 1, 0, 0, 0], (2, 4, 1))
    rolls = measure_reconstruction([(onsets, np.ones((2, 4, 6)))], kinds)
    assert (rolls["f1"], rolls["mse_frame"]) == (1, 1)  # the first kind alone is scored
    assert np.isnan(rolls["velocity_rmse"])


def test_tokens_are_rounded():
    tokens = windows([60, 188, 355], [61, 189, 356])
    reference, estimated = ((music - MEAN) / STD for music in (tokens, tokens + windows([0.4, -0.4, 0], [0.6, 0, 0])))
    measures = measure_reconstruction([(reference, estimated)], {"token": slice(0, 1)})
    assert measures["exact_tokens"] == pytest.approx(5 / 6)
    assert measures["exact"] == pytest.approx(1 / 2)
    assert measures["mse"] == pytest.approx((0.16 + 0.16 + 0.36) / 6 / STD**2)
    assert np.isnan(measures["f1"])


def test_best_threshold_is_the_best_of_all(drums):
    reference, estimated = drums[0], 0.6 * drums[1]
    best = best_threshold([(reference, estimated)], DRUMS)
    scores = {t: measure_reconstruction([(reference, estimated)], DRUMS, t)["f1"] for t in np.arange(5, 96) / 100}
    assert scores[best] == max(scores.values()) > scores[0.5]


def test_blocks_are_measured_as_all_windows_together(drums):
    blocks = [tuple(music[first:end] for music in drums) for first, end in ((0, 1), (1, 13), (13, 20))]
    together = measure_reconstruction([drums], DRUMS, threshold=0.4)
    assert measure_reconstruction(blocks, DRUMS, threshold=0.4) == pytest.approx(together, rel=1e-12, nan_ok=True)
    assert best_threshold(blocks, DRUMS) == best_threshold([drums], DRUMS)


def test_perplexity_of_unequal_atoms_by_hand_and_of_none():
    assert measure_codes(np.array([3, 1]), 1)["perplexity"] == pytest.approx(4 / 3**0.75)
    assert measure_codes(np.array([7]), 1)["perplexity"] == 1
    for empty in (np.zeros(3), np.zeros(0)):
        assert measure_codes(empty, 1) == {"atoms_used": 0, "perplexity": 0, "nonzeros_per_bar": 0}


@pytest.mark.parametrize(
    ("reference", "estimated", "kinds", "match"),
    [
        (np.ones((2, 3, 1)), np.ones((2, 4, 1)), {"hit": slice(0, 1)}, r"estimated \(2, 4, 1\): must be the same"),
        (np.ones((0, 3, 1)), np.ones((0, 3, 1)), {"hit": slice(0, 1)}, "not empty"),
        (np.ones((2, 3, 2)), np.ones((2, 3, 2)), {"hit": slice(0, 1)}, "must cover each of 2 channels once"),
        (np.ones((2, 3, 1)), np.full((2, 3, 1), np.inf), {"hit": slice(0, 1)}, "estimated .* must be finite"),
    ],
)
def test_what_cannot_be_measured_is_refused(reference, estimated, kinds, match):
    for measure in (measure_reconstruction, best_threshold):
        with pytest.raises(ValueError, match=match):
            measure([(reference, estimated)], kinds)
    with pytest.raises(ValueError, match="tokens have no threshold"):
        best_threshold([(np.ones((1, 2, 1)), np.ones((1, 2, 1)))], {"token": slice(0, 1)})
    with pytest.raises(ValueError, match="n_bars=0"):
        measure_codes(np.ones(3), 0)
