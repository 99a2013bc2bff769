from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import entropy

from embed.dictionary.sparse_codes import SparseCodes
from evaluate.dictionary.measures import by_name, measure_denoising, measure_held_out, measure_shifts, reconstruct
from evaluate.dictionary.pursuit import normalised, orthogonal_matching_pursuit
from pipeline.parameters import load
from save_dataset.midi.event_tokens import to_numbers
from tests.small_dictionary import BARS, TEXT, small_codes, small_corpus

VALIDATED = np.array(["train", "validation", "test"])
TEST_PIECE = 2


@pytest.fixture
def make_parameters(write_parameters):
    return lambda evaluation="": load("beats", write_parameters(f"{TEXT}\n[evaluation]\n{evaluation}", "beats"))


@pytest.fixture
def codes():
    return small_codes()


@pytest.fixture
def corpus(codes):
    return small_corpus(codes)


def scale_piece(codes, piece, factor):
    first, end = codes.starts[piece : piece + 2]
    inside = (codes.columns >= first) & (codes.columns < end)
    return replace(codes, values=np.where(inside, factor * codes.values, codes.values).astype(np.float32))


def every_cell(n_channels=27):
    """A dictionary that has each channel as an atom, and so is exact anywhere."""
    patterns, bias = np.eye(n_channels, dtype=np.float32)[:, None], np.zeros(n_channels, np.float32)
    return SparseCodes(*np.zeros((3, 0), int), np.zeros(1, int), patterns, bias, stride_steps=1)


def pursue(codes, k=2):
    """An encoder of music of whole beats, one or several windows, by atoms of one beat."""

    def encode(music):
        beats = music.reshape(-1, codes.patterns[0].size)
        atoms = codes.patterns.reshape(len(codes.patterns), -1)
        norms = np.linalg.norm(atoms, axis=1)
        values = orthogonal_matching_pursuit(beats, normalised(atoms), k).toarray() / norms
        return values.reshape(*music.shape[:-2], -1, len(norms))

    return encode


def test_measures_of_exact_codes(corpus, codes, make_parameters):
    measures = by_name(measure_held_out(corpus, codes, make_parameters()))
    assert measures["mse"] == 0
    assert [measures[name] for name in ("precision", "recall", "f1", "exact")] == [1, 1, 1, 1]
    used = [14, 20, 5]  # snares on every third beat, hats on every second, rides on every eighth
    assert measures["atoms_used"] == 3
    assert measures["perplexity"] == pytest.approx(np.exp(entropy(used)))
    assert measures["nonzeros_per_bar"] == pytest.approx(sum(used) / BARS)
    assert "f1_calibrated" not in measures  # there is no validation music


def test_only_pieces_held_out_count(corpus, codes, make_parameters):
    parameters = make_parameters()
    before = measure_held_out(corpus, codes, parameters)
    in_train = measure_held_out(corpus, scale_piece(codes, 0, 0), parameters)
    np.testing.assert_array_equal(in_train["values"], before["values"])
    silent = by_name(measure_held_out(corpus, scale_piece(codes, TEST_PIECE, 0), parameters))
    assert silent["mse"] == pytest.approx(np.mean(corpus.piece(TEST_PIECE) ** 2))
    assert silent["f1"] == silent["nonzeros_per_bar"] == 0


def test_windows_are_those_of_the_corpus_and_of_the_same_steps_in_the_reconstruction(corpus, codes):
    pieces = np.array([0, 2])
    blocks = reconstruct(corpus, codes, pieces, 48)  # 160 steps of a piece are no multiple
    reference, estimated = (np.concatenate(windows) for windows in zip(*blocks, strict=True))
    np.testing.assert_array_equal(reference, corpus.cut(corpus.windows(pieces, 48), 48))
    np.testing.assert_array_equal(reference, estimated)


def test_threshold_is_that_of_validation_music_whatever_the_test(corpus, codes, make_parameters):
    validated = replace(corpus, splits=VALIDATED)
    faint = scale_piece(scale_piece(codes, 1, 0.305), TEST_PIECE, 0.305)
    measures = by_name(measure_held_out(validated, faint, make_parameters()))
    assert measures["f1"] == 0
    assert measures["threshold"] <= 0.3
    assert measures["f1_calibrated"] == 1
    fainter = by_name(measure_held_out(validated, scale_piece(faint, TEST_PIECE, 0.1), make_parameters()))
    assert fainter["threshold"] == measures["threshold"]
    assert fainter["f1_calibrated"] == 0


def test_no_threshold_if_validation_music_is_evaluated_or_shorter_than_a_window(corpus, codes, make_parameters):
    validated = measure_held_out(replace(corpus, splits=VALIDATED), codes, make_parameters('split = "validation"'))
    assert not {"f1_calibrated", "threshold"} & {*by_name(validated)}
    short = replace(corpus, starts=np.array([0, 304, 320, 480]), splits=VALIDATED)  # 19 bars, one bar, ten bars
    of_pieces = replace(codes, starts=np.array([0, 76, 80, 120]))
    assert "threshold" not in by_name(measure_held_out(short, of_pieces, make_parameters("window_steps = 32")))


def test_tokens_are_right_if_they_are_when_rounded(corpus, make_parameters):
    tokens = np.arange(32)[:, None] % 7 + 200
    music = replace(
        corpus,
        steps=to_numbers(tokens),
        starts=np.array([0, 16, 32]),
        splits=np.array(["train", "test"]),
        channels=np.array(["token"]),
    )
    off = np.where(np.arange(16) < 4, 0.6, 0.4)  # of a token; the first four are rounded to others
    values = (music.piece(1)[:, 0] + off * np.ptp(to_numbers(np.array([0, 1])))).astype(np.float32)
    columns = 16 + np.arange(16)
    codes = replace(every_cell(1), columns=columns, atoms=0 * columns, values=values, starts=music.starts)
    measures = by_name(measure_held_out(music, codes, make_parameters()))
    assert measures["exact_tokens"] == measures["exact"] == 0.75
    assert np.isnan(measures["f1"])
    assert "threshold" not in measures


def test_dictionary_of_single_cells_is_flat_under_shifts(corpus, make_parameters):
    def forget_the_kick(windows):
        return np.where(np.arange(27) == 0, 0, windows)

    music = replace(corpus, splits=np.array(["test", "train", "train"]))  # the piece with kicks
    measures = measure_shifts(music, forget_the_kick, every_cell(), make_parameters())
    assert measures["shifts"].tolist() == [0, 1, 2, 3, 4, 8]
    assert measures["shift_mse"][0] > 0
    np.testing.assert_allclose(measures["shift_mse"], measures["shift_mse"][0])
    np.testing.assert_allclose(measures["shift_f1"], measures["shift_f1"][0])


def test_dictionary_of_blocks_is_right_at_its_shifts_only_and_no_shift_comes_first(corpus, codes, make_parameters):
    measures = measure_shifts(corpus, pursue(codes), codes, make_parameters())
    in_place = np.isin(measures["shifts"], (0, 4, 8))
    np.testing.assert_allclose(measures["shift_mse"][in_place], 0, atol=1e-10)
    assert (measures["shift_mse"][~in_place] > 0.01).all()
    assert (measures["shift_f1"] == 1).tolist() == in_place.tolist()
    measures = measure_shifts(corpus, pursue(codes), codes, make_parameters("shifts = [3, 1, 3]"))
    assert measures["shifts"].tolist() == [0, 1, 3]
    assert measure_shifts(corpus, pursue(codes), codes, make_parameters("shifts = []")) == {}


def test_exact_encoder_leaves_the_noise_as_it_is(corpus, make_parameters):
    validated = replace(corpus, splits=VALIDATED)
    measures = measure_denoising(validated, lambda steps: steps, every_cell(), make_parameters())
    assert measures["noisy_recall"] == pytest.approx(0.9, abs=0.01)
    assert measures["noisy_precision"] < 0.9
    for score in ("precision", "recall", "f1"):
        assert measures[f"denoised_{score}"] == measures[f"noisy_{score}"]


def test_threshold_of_noisy_music_is_that_of_the_validation_whatever_the_test(corpus, make_parameters):
    def encode_faintly(steps):
        return 0.305 * steps

    def encode_the_test_too_faintly(steps):
        return (0.305 if len(steps) == 176 else 0.105) * steps

    validated = replace(corpus, splits=VALIDATED)
    measures = measure_denoising(validated, encode_faintly, every_cell(), make_parameters())
    assert measures["denoised_f1"] == measures["noisy_f1"]
    for music, split in ((corpus, "test"), (validated, "validation")):
        measures = measure_denoising(music, encode_faintly, every_cell(), make_parameters(f"split = '{split}'"))
        assert measures["denoised_f1"] == 0
    unlike = replace(corpus, starts=np.array([0, 160, 336, 480]), splits=VALIDATED)  # 10, 11 and 9 bars
    assert measure_denoising(unlike, encode_the_test_too_faintly, every_cell(), make_parameters())["denoised_f1"] == 0


def test_dictionary_of_the_music_removes_noise(corpus, codes, make_parameters):
    validated = replace(corpus, splits=VALIDATED)
    measures = measure_denoising(validated, pursue(codes), codes, make_parameters("deleted = 0.0\nspurious = 0.05"))
    assert measures["noisy_f1"] < 0.7
    assert measures["denoised_f1"] > 0.95


def test_nothing_held_out_is_an_error_with_a_hint(corpus, codes, make_parameters):
    empty = replace(corpus, splits=np.full(3, "train"))
    message = r"^evaluation.split='test': there is no piece in it; raise collection.test_fraction, .*$"
    for measure in (measure_shifts, measure_denoising):
        with pytest.raises(ValueError, match=message):
            measure(empty, pursue(codes), codes, make_parameters())
    with pytest.raises(ValueError, match=message):
        measure_held_out(empty, codes, make_parameters())
    with pytest.raises(ValueError, match=r"^evaluation.split='validation': .* raise collection.validation_fraction"):
        measure_held_out(empty, codes, make_parameters("split = 'validation'"))


@pytest.mark.parametrize(
    ("evaluation", "reason"),
    [
        ("window_steps = 161", "no piece of the test split is as long"),
        ("shift_window_steps = 164", "no piece of the test split is as long"),
        ("shift_window_steps = 18", "must be a multiple of stride_steps=4"),
    ],
)
def test_windows_that_do_not_fit_are_an_error(corpus, codes, make_parameters, evaluation, reason):
    measured = measure_shifts if evaluation.startswith("shift") else measure_denoising
    with pytest.raises(ValueError, match=f"^evaluation.{evaluation.replace(' ', '')}: {reason}$"):
        measured(corpus, pursue(codes), codes, make_parameters(evaluation))
