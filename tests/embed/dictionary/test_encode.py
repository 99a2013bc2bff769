import numpy as np
import pytest

from embed.dictionary.encode import batch_encoder, embed_corpus, piece_encoder
from embed.dictionary.sparse_codes import SparseCodes
from models.dictionary_autoencoder import DictionaryAutoencoder, DictionaryConfig
from tests.small_midi import make_corpus
from train_model.dictionary.reinitialisation import start_from_music

N_CHANNELS, ATOM_STEPS, N_ATOMS = 6, 4, 10


def make_model(music, stride_steps=4, k=2, scope="column", **options):
    winners = {"k": k, "scope": scope, "rank_by": "magnitude", "window_steps": 16}
    model = DictionaryAutoencoder(DictionaryConfig(N_CHANNELS, N_ATOMS, ATOM_STEPS, stride_steps, winners, **options))
    model.build()
    start_from_music(model, music, seed=0)
    return model


@pytest.fixture
def corpus(rng):
    return make_corpus([(rng.random((n_bars * 16, N_CHANNELS)) < 0.3).astype(np.float32) for n_bars in (2, 1, 5, 3)])


@pytest.fixture
def music(corpus):
    return corpus.cut(corpus.windows(range(4), 16), 16)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stride_steps", "options"),
    [
        (4, {}),
        (2, {"refine": "values"}),
        (1, {"scope": "window", "refine": "pursuit", "k": 4}),
        (4, {"bias": True}),
        (2, {"scope": "map", "k": 1}),
    ],
)
def test_stored_codes_are_those_of_the_model_on_each_piece_alone(corpus, music, stride_steps, options):
    model = make_model(music, stride_steps, **options)
    if options.get("bias"):
        model.atoms.bias.assign(np.linspace(-1, 1, N_CHANNELS))
    stored = embed_corpus(model, corpus)
    codes = SparseCodes.from_arrays(stored)
    usage = np.zeros(N_ATOMS)
    for index in range(corpus.n_pieces):
        piece = corpus.piece(index)
        expected = model.encode(piece[None]).numpy()
        assert expected.any()
        usage += np.count_nonzero(expected, axis=(0, 1))
        np.testing.assert_allclose(codes.piece(index), expected[0], atol=1e-5)
        np.testing.assert_allclose(codes.decode(codes.piece(index)), model.decode(expected)[0], atol=1e-5)
        assert codes.decode(codes.piece(index)).shape == piece.shape
        np.testing.assert_allclose(stored["mean_activity"][index], np.abs(expected[0]).mean(axis=0), atol=1e-6)
    np.testing.assert_array_equal(codes.usage(), usage)
    assert stored["mean_activity"].shape == (4, N_ATOMS)


def test_a_silent_corpus_has_an_empty_code(corpus, music):
    silent = make_corpus([np.zeros((16, N_CHANNELS)), np.zeros((32, N_CHANNELS))])
    for refine in ("none", "values", "pursuit"):
        stored = embed_corpus(make_model(music, refine=refine), silent)
        codes = SparseCodes.from_arrays(stored)
        assert codes.usage().sum() == len(codes.values) == 0
        assert codes.decode(codes.piece(1)).shape == (32, N_CHANNELS)
        assert not codes.decode(codes.piece(1)).any()
        assert not stored["mean_activity"].any()


def test_windows_are_coded_alike_in_batches_of_any_size_and_pieces_of_all_lengths_share_one_trace(music, corpus):
    model = make_model(music)
    for batch_size in (1, 3, 512):
        np.testing.assert_allclose(batch_encoder(model, batch_size)(music), model.encode(music), atol=1e-6)
    traced, encode_one = [], model.encode
    model.encode = lambda steps: traced.append(steps.shape) or encode_one(steps)
    encode = piece_encoder(model)
    assert [encode(corpus.piece(index)).shape for index in range(4)] == [(n, N_ATOMS) for n in (8, 4, 20, 12)]
    assert len(traced) == 1


def test_a_block_that_is_an_atom_is_coded_by_it_alone(music, corpus):
    model = make_model(music, k=1)
    pieces = np.moveaxis(model.atoms.kernel.numpy(), -1, 0)
    code = piece_encoder(model)(3 * np.concatenate(pieces[[4, 0, 7]]))
    np.testing.assert_allclose(code, 3 * np.eye(N_ATOMS)[[4, 0, 7]], atol=1e-5)
