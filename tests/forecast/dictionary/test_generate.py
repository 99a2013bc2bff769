from dataclasses import replace

import numpy as np
import pytest

from embed.dictionary.sparse_codes import decode
from forecast.dictionary.generate import generate
from pipeline.parameters import load
from tests.small_dictionary import codes_of
from tests.small_midi import make_corpus

BAR, BARS, N_ATOMS, N_CELLS = 8, (4, 6, 5, 4, 1, 7), 5, 2
DRUMS = 'study = "drums"\ncollection.folder = "hits"\n'
NAMES = ("ada/rock_1.mid", "ada/rock_2.mid", "bob/jazz_1.mid", "ada/rock_3.mid", "bob/jazz_2.mid", "bob/jazz_3.mid")


def make_patterns(atom_steps):
    """Each atom is one hit with its velocity, at a step and in a cell of its own."""
    patterns = np.zeros((N_ATOMS, atom_steps, 2 * N_CELLS), np.float32)
    for atom in range(N_ATOMS):
        patterns[atom, (atom // N_CELLS) % atom_steps, [atom % N_CELLS, N_CELLS + atom % N_CELLS]] = 1, 0.5
    return patterns


def make_pieces(rng, stride_steps=4, atom_steps=4):
    """A corpus whose codes, of ones, give its music exactly; the first bar of the last piece is silent."""
    n_blocks, per_bar = atom_steps // stride_steps, BAR // stride_steps
    codes = [np.zeros((bars * per_bar + n_blocks - 1, N_ATOMS), np.float32) for bars in BARS]
    for code in codes:
        within = slice(n_blocks - 1, len(code) - n_blocks + 1)
        code[within] = np.eye(N_ATOMS)[rng.integers(N_ATOMS, size=len(code[within]))]
    codes[-1][: per_bar + n_blocks - 1] = 0
    patterns = make_patterns(atom_steps)
    music = [decode(code, patterns, stride_steps) for code in codes]
    corpus = replace(
        make_corpus(music, ["test", "test", "train", "train", "train", "test"]),
        names=np.array(NAMES),
        labels=np.array([name.split("/")[1].split("_")[0] for name in NAMES]),
        bpm=np.array([100.0, 110, 120, 130, 140, 150]),
        channels=np.array(["hit kick", "hit snare", "velocity kick", "velocity snare"]),
        steps_per_beat=2,
        steps_per_bar=BAR,
    )
    return corpus, codes_of(codes, patterns, stride_steps)


@pytest.fixture
def make(write_parameters, rng):
    """Generates with sections of parameters, from a corpus of one's own."""

    def generate_with(text="generate.bars = 2", pieces=None, encode=None):
        corpus, codes = pieces or make_pieces(rng)
        parameters = load("hits", write_parameters(DRUMS + text + "\n[runs.A]\n", "hits")).for_run("A")
        n_overhanging = codes.patterns.shape[1] // codes.stride_steps - 1

        def silence(steps):
            return np.zeros((len(steps) // codes.stride_steps + n_overhanging, N_ATOMS), np.float32)

        return generate(parameters, corpus, codes, encode or silence)

    return generate_with


def item(arrays, name, key):
    return arrays[key][arrays["name"].tolist().index(name)]


def names(arrays, start):
    return [name for name in arrays["name"].tolist() if name.startswith(start)]


def titles(arrays, start):
    return [str(item(arrays, name, "title")) for name in names(arrays, start)]


def test_all_operations_are_stored_with_music_of_the_same_length(make):
    arrays = make("generate = {bars = 2, keep = [1, 3], alphas = [0.0, 0.5], n_samples = 2, nearest = 2, stems = 2}")
    starts = ("original", "reconstruction", "keep", "interpolate", "swap", "stem", "noisy", "denoised", "sample")
    assert [len(names(arrays, start)) for start in starts] == [2, 2, 2, 2, 2, 3, 1, 1, 2]
    assert len(set(arrays["name"])) == len(arrays["name"])
    for name in arrays["name"]:
        assert arrays[f"music_{name}"].shape == (2 * BAR, 4)
        assert arrays[f"music_{name}"].dtype == np.float32
    assert all(np.asarray(array).dtype != object for array in arrays.values())


@pytest.mark.parametrize("stride_steps", [4, 1, 2])
def test_passage_is_coded_and_begins_with_the_first_bar_in_which_anything_happens(make, rng, stride_steps):
    pieces = make_pieces(rng, stride_steps)
    for part, index, bar in (("rock_2", 1, 0), ("jazz_3", 5, 1)):
        arrays = make(f'generate.bars = 2\ngenerate.piece = "{part}"', pieces)
        music = pieces[0].piece(index)[bar * BAR : (bar + 2) * BAR]
        np.testing.assert_array_equal(arrays["music_original_a"], music)
        np.testing.assert_allclose(arrays["music_reconstruction_a"], music, atol=1e-6)
        assert item(arrays, "reconstruction_a", "f1") == 1


def test_pieces_are_those_named_or_the_first_of_the_test_and_the_next_of_another_label(make):
    arrays = make("generate.bars = 2")
    assert titles(arrays, "original") == ["A: ada/rock_1.mid", "B: bob/jazz_3.mid"]
    assert titles(make("generate.bars = 5"), "original") == ["A: ada/rock_2.mid", "B: bob/jazz_3.mid"]
    arrays = make('generate = {bars = 2, piece = "jazz_1", other = "rock_3"}')
    assert titles(arrays, "original") == ["A: bob/jazz_1.mid", "B: ada/rock_3.mid"]
    assert titles(make('generate = {bars = 2, other = "rock_1"}'), "original")[0] == "A: ada/rock_2.mid"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('bars = 2, piece = "jaz_1"', r"generate.piece='jaz_1': is in no name .* near are .*bob/jazz_1.mid"),
        ('bars = 2, other = "jazz_2"', r"generate.other='jazz_2': is in no name of a piece that has generate.bars"),
        ("bars = 7", "generate.bars=7: must be at most the length of two pieces; 1 are as long"),
    ],
)
def test_pieces_that_do_not_exist_or_are_too_short_are_refused(make, text, message):
    with pytest.raises(ValueError, match=message):
        make(f"generate = {{{text}}}")


def test_more_atoms_give_more_of_the_hits_until_all_are_there(make):
    arrays = make("generate = {bars = 2, keep = [1, 2, 3, 4, 5]}")
    scores = [item(arrays, f"keep_0{n}", "f1") for n in range(1, 6)]
    assert scores == sorted(scores)
    assert 0 < scores[0] < scores[-1] == 1


def test_interpolation_ends_in_the_reconstructions_and_has_hits_between(make):
    arrays = make("generate = {bars = 2, alphas = [0.0, 0.5, 1.0]}")
    for end, letter in (("000", "a"), ("100", "b")):
        np.testing.assert_array_equal(arrays[f"music_interpolate_{end}"], arrays[f"music_reconstruction_{letter}"])
        assert item(arrays, f"interpolate_{end}", "threshold") == 0.5
    assert [item(arrays, f"interpolate_{end}", "bpm") for end in ("000", "050", "100")] == [100, 125, 150]


def test_swap_that_is_asked_for_is_made(make):
    arrays = make("generate = {bars = 2, swap = [[0, 4], [1, 2]]}")
    assert names(arrays, "swap") == ["swap_0_4_a", "swap_0_4_b", "swap_1_2_a", "swap_1_2_b"]
    a, swapped = arrays["music_reconstruction_a"], arrays["music_swap_0_4_a"]
    np.testing.assert_array_equal(swapped[0::4, 0], 0)  # where atom 0 has its hit
    np.testing.assert_array_equal(swapped[2::4, 0], a[0::4, 0] + a[2::4, 0])  # where atom 4 has


def test_without_a_pair_two_different_atoms_are_swapped(make, rng):
    corpus, codes = make_pieces(rng)
    arrays = make("generate.bars = 2", (corpus, replace(codes, atoms=np.minimum(codes.atoms, 1))))
    assert sorted(names(arrays, "swap")[0].split("_")[1:3]) == ["0", "1"]


def test_stems_sum_to_the_reconstruction_and_weak_ones_are_rendered_too(make, rng):
    corpus, codes = make_pieces(rng)
    arrays = make("generate = {bars = 2, stems = 2}", (corpus, replace(codes, values=0.4 * codes.values)))
    parts = [arrays[f"music_{name}"] for name in names(arrays, "stem")]
    np.testing.assert_allclose(np.sum(parts, axis=0), arrays["music_reconstruction_a"], atol=1e-6)
    (name,) = names(arrays, "stem_1")
    assert np.sum(arrays[f"music_{name}"][:, :2] > item(arrays, name, "threshold")) > 0
    assert item(arrays, name, "threshold") == pytest.approx(0.2)


def test_noisy_music_is_what_is_coded(make):
    seen = []

    def encode(steps):
        seen.append(steps)
        return np.zeros((len(steps) // 4, N_ATOMS), np.float32)

    arrays = make("generate.bars = 2", encode=encode)
    np.testing.assert_array_equal(arrays["music_noisy"], seen[0])
    assert 0 < item(arrays, "noisy", "f1") < 1
    assert item(arrays, "denoised", "f1") == 0


def test_nearest_are_sections_of_other_pieces(make, rng):
    corpus, codes = make_pieces(rng)
    copy = codes.piece(0)[:4]
    dense = [codes.piece(index) for index in range(6)]
    dense[2][2:6] = copy  # from the second bar on
    arrays = make("generate = {bars = 2, nearest = 3}", (corpus, codes_of(dense, codes.patterns, 4)))
    assert titles(arrays, "nearest_1") == ["like A, cosine 1.00: bob/jazz_1.mid, bar 2"]
    np.testing.assert_array_equal(arrays["music_nearest_1"], corpus.piece(2)[BAR : 3 * BAR])
    assert item(arrays, "nearest_1", "bpm") == 120
    assert not any("rock_1" in title for title in titles(arrays, "nearest"))


def test_new_music_is_made_of_columns_of_the_training(make, rng):
    pieces = make_pieces(rng)
    arrays = make("generate = {bars = 2, n_samples = 3}\nrendering.bpm = 77.0", pieces)
    blocks = {block.tobytes() for piece in (2, 3, 4) for block in pieces[0].piece(piece).reshape(-1, 16)}
    assert all(block.tobytes() in blocks for n in (1, 2, 3) for block in arrays[f"music_sample_{n}"].reshape(-1, 16))
    assert item(arrays, "sample_1", "bpm") == 77


def test_same_seed_gives_the_same_music_and_another_another(make, rng):
    pieces = make_pieces(rng)
    one, two, other = (make(f"generate = {{bars = 2, seed = {seed}}}", pieces) for seed in (1, 1, 2))
    for name in ("noisy", "sample_1"):
        np.testing.assert_array_equal(one[f"music_{name}"], two[f"music_{name}"])
        assert not np.array_equal(one[f"music_{name}"], other[f"music_{name}"])


def test_tokens_are_not_made_noisy(make, rng):
    corpus, codes = make_pieces(rng)
    tokens = replace(corpus, steps=corpus.steps[:, :1], channels=np.array(["token"]))
    arrays = make("generate.bars = 2", (tokens, replace(codes, patterns=codes.patterns[..., :1], bias=codes.bias[:1])))
    assert names(arrays, "noisy") == []
    assert np.isnan(arrays["f1"]).all()
    assert titles(arrays, "reconstruction_a") == ["reconstruction"]
