import numpy as np
import pytest

from pipeline.packed_steps import pack
from pipeline.studies.piano import Parameters
from save_dataset.midi import above_bass
from save_dataset.midi.corpus import Corpus
from save_dataset.midi.piano import names_of
from tests.small_midi import N_DRUMS, make_corpus


@pytest.fixture
def corpus():
    """Pieces of 2, 1 and 3 bars, whose steps hold their own number."""
    steps = np.repeat(np.arange(96.0)[:, None], 2 * N_DRUMS, axis=1)
    return make_corpus(np.split(steps, [32, 48]), ["train", "test", "train"])


def test_pieces_stand_one_after_the_other_and_belong_to_parts(corpus):
    assert corpus.n_pieces == 3
    assert [(piece[0, 0], piece[-1, 0]) for piece in map(corpus.piece, range(3))] == [(0, 31), (32, 47), (48, 95)]
    assert [corpus.pieces_of(split).tolist() for split in ("train", "validation", "test")] == [[0, 2], [], [1]]


@pytest.mark.parametrize("hop_steps", [1, 3, 16, None])
def test_no_window_crosses_from_one_piece_to_the_next_and_none_is_left_out(corpus, hop_steps):
    for n_steps in (1, 5, 16, 17, 32, 33, 48, 49):
        spans, hop = [(0, 32), (32, 48), (48, 96)], hop_steps or n_steps
        within = [first for start, end in spans for first in range(start, end, hop) if first + n_steps <= end]
        assert corpus.windows(range(3), n_steps, hop_steps).tolist() == within
    assert corpus.windows([2, 1], 16, 8).tolist() == [48, 56, 64, 72, 80, 32]


def test_windows_are_cut_where_they_start_and_a_piece_shorter_than_one_has_none(corpus):
    windows = corpus.cut([3, 50], 4)
    assert windows.shape == (2, 4, 2 * N_DRUMS)
    assert windows[:, :, 0].tolist() == [[3, 4, 5, 6], [50, 51, 52, 53]]
    for pieces in ([1], [], np.array([], int)):
        firsts = corpus.windows(pieces, 17)
        assert firsts.shape == (0,)
        assert corpus.cut(firsts, 17).shape == (0, 17, 2 * N_DRUMS)


@pytest.mark.parametrize("kind", Parameters.model_fields["roll"].annotation.model_fields["kind"].annotation.__args__)
def test_only_rolls_of_keys_have_kinds_that_are_alike(kind):
    names = names_of(kind)
    corpus = make_corpus([np.zeros((16, len(names)))], channels=names)
    assert corpus.kinds_are_alike == (kind in ("onsets", "frames", "onsets_frames"))
    assert sum(span.stop - span.start for span in corpus.kinds().values()) == len(names)


def test_kinds_are_spans_of_channels_in_order_and_of_several_widths_seen_from_the_bass(corpus):
    assert list(corpus.kinds().items()) == [("hit", slice(0, 3)), ("velocity", slice(3, 6))]
    names = above_bass.channel_names()
    kinds = make_corpus([np.zeros((16, len(names)))], channels=names).kinds()
    assert [span.stop - span.start for span in kinds.values()] == [76, 76, 11, 12]


def test_stored_and_read_again_it_is_the_same(corpus, tmp_path):
    np.savez(tmp_path / "corpus.npz", record="of another module", **corpus.to_arrays())
    with np.load(tmp_path / "corpus.npz", allow_pickle=False) as arrays:
        again = Corpus.from_arrays(arrays)
    for name, value in corpus.to_arrays().items():
        np.testing.assert_array_equal(getattr(again, name), value)
    assert type(again.steps_per_bar) is int
    assert again.steps.dtype == np.float32


@pytest.mark.parametrize("kind", ["onsets_frames", "above_bass"])
def test_what_is_packed_reads_as_it_was_and_is_stored_in_a_bit_a_cell(kind, rng):
    names = names_of(kind)
    is_on = rng.random((48, len(names))) < 0.1
    weights = [{"above_frame": 0.5, "bass_class": 0.25}.get(name.split()[0], 1) for name in names]
    expected = is_on * np.array(weights, np.float32)
    corpus = make_corpus(np.split(expected, [32]), channels=names)
    packed = Corpus.from_arrays(corpus.to_arrays() | {"steps": pack(is_on)})
    for index, piece in enumerate(np.split(expected, [32])):
        np.testing.assert_array_equal(packed.piece(index), piece)
    np.testing.assert_array_equal(packed.cut([3, 40], 5)[1], expected[40:45])
    np.testing.assert_array_equal(packed.has_music, expected.any(axis=1))
    assert packed.piece(0).dtype == np.float32
    assert packed.to_arrays()["steps"].nbytes == 48 * -(-len(names) // 8)
