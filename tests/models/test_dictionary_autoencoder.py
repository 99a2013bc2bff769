import keras
import numpy as np
import pytest
import tensorflow as tf

from embed.dictionary.sparse_codes import decode
from models.chord_classifier import ChordClassifier
from models.dictionary_autoencoder import DictionaryAutoencoder, DictionaryConfig

ATOM_STEPS, N_CHANNELS, N_ATOMS = 4, 6, 8
BLOCKS = [{"filters": 5, "kernel_steps": 2, "dropout": 0.0}, {"filters": 7, "kernel_steps": 2, "dilation_steps": 2}]
EVERYTHING = {
    "blocks": BLOCKS,
    "n_hits": 2,
    "corruption": {"n_hits": 2, "spurious": 0.1, "deleted": 0.1},
    "hit_loss": {"n_hits": 2, "slope": 8.0, "entropies": {"1": 0.5}, "squares": {"2": 0.5}},
    "chords": 1.0,
    "chord_changes": 0.5,
    "reconstruction_weight": 4.0,
}
REFINED = pytest.mark.parametrize("refine", ["none", "values", "pursuit"])


def build(refine="none", stride=4, scope="column", k=2, rank_by="magnitude", window_steps=16, **settings):
    keras.utils.set_random_seed(7)
    winners = {"k": k, "scope": scope, "rank_by": rank_by, "window_steps": window_steps}
    config = DictionaryConfig(N_CHANNELS, N_ATOMS, ATOM_STEPS, stride, winners, refine=refine, **settings)
    model = DictionaryAutoencoder(config)
    model.build()
    kernel = model.atoms.kernel.numpy()
    model.atoms.kernel.assign(kernel / np.linalg.norm(kernel, axis=(0, 1)))
    return model


def random_music(rng, n_steps=16, batch=3):
    return (rng.random((batch, n_steps, N_CHANNELS)) < 0.3).astype(np.float32)


def close(found, expected, atol=1e-5):
    np.testing.assert_allclose(found, expected, atol=atol)


@REFINED
@pytest.mark.parametrize(("stride", "n_steps"), [(4, 4), (4, 20), (2, 10), (1, 1), (1, 13)])
def test_music_of_any_length_has_a_code_and_comes_back(rng, refine, stride, n_steps):
    model, music = build(refine, stride, blocks=BLOCKS), random_music(rng, n_steps)
    code = model.encode(music)
    assert code.shape == (3, n_steps // stride + ATOM_STEPS // stride - 1, N_ATOMS)
    assert ((code.numpy() != 0).sum(axis=2) <= 2).all()
    close(model.decode(code), model(music))
    assert model(music).shape == music.shape


@REFINED
def test_one_trace_for_all_lengths_gives_the_same_codes(rng, refine):
    model = build(refine, 1, "window")
    encode = tf.function(model.encode, input_signature=[tf.TensorSpec((None, None, N_CHANNELS))])
    for music in (random_music(rng, 13), random_music(rng, 32)):
        close(encode(music), model.encode(music))


@pytest.mark.slow
@REFINED
@pytest.mark.parametrize("scope", ["column", "window"])
def test_the_code_of_shifted_music_is_the_shifted_code(rng, refine, scope):
    model, music = build(refine, 1, scope, k=3), np.zeros((2, 120, N_CHANNELS), np.float32)
    music[:, 44:76] = rng.normal(size=(2, 32, N_CHANNELS))  # a pursuit in all columns reaches far into the silence
    code = model.encode(music).numpy()
    assert np.count_nonzero(code) > 6
    for shift in (1, 3, 8):
        shifted = np.roll(music, shift, axis=1)
        close(model.encode(shifted), np.roll(code, shift, axis=1), 1e-4)
        close(model(shifted), np.roll(model(music), shift, axis=1), 1e-4)


def test_blocks_that_see_only_the_past_shift_with_the_music(rng):
    model, music = build(stride=1, blocks=BLOCKS), np.zeros((1, 40, N_CHANNELS), np.float32)
    music[:, 12:24] = rng.normal(size=(1, 12, N_CHANNELS))
    shifted = np.roll(music, 5, axis=1)
    close(model.encode(shifted)[:, 15:35], model.encode(music)[:, 10:30])


@pytest.mark.parametrize("stride", [1, 2, 4])
def test_atoms_that_are_refined_explain_more(rng, stride):
    music = random_music(rng, 32, 8)
    none, values, pursuit = (build(refine, stride) for refine in ("none", "values", "pursuit"))
    transposed = none.atoms.kernel.numpy()
    for model in (none, values):
        model.scores.kernel.assign(transposed)
    errors = [np.mean((music - model(music)) ** 2) for model in (none, values, pursuit)]
    assert errors[0] > errors[1] > errors[2]
    close(none.encode(music) != 0, values.encode(music) != 0)


OLD_CONFIG = {  # of a file that was saved when the autoencoder took its configuration as arguments
    "name": "old", "trainable": True, "n_channels": 6, "n_atoms": 8, "atom_steps": 4, "stride_steps": 2,
    "winners": {"k": 2, "scope": "window", "rank_by": "magnitude", "window_steps": 16}, "refine": "values",
    "blocks": [{"filters": 5, "kernel_steps": 2, "dilation_steps": 1, "dropout": 0.1, "causal": True}],
    "sees_music": True, "unit_norm": True, "n_hits": 3, "bias": False, "corruption": None,
    "hit_loss": {"n_hits": 3, "slope": 10.0, "entropies": {}, "squares": {"1": 1.0}}, "chords": 1.0,
    "reconstruction_weight": 4.0, "chord_changes": 1.5, "steps_per_beat": 4,
}  # fmt: skip


def test_files_of_before_load(rng):
    module = {"module": "models.dictionary_autoencoder", "class_name": "DictionaryAutoencoder"}
    saved = {**module, "registered_name": "dictionary>DictionaryAutoencoder", "config": OLD_CONFIG}
    model = keras.saving.deserialize_keras_object(saved)
    assert model.config.blocks == OLD_CONFIG["blocks"]
    assert {name: model.get_config()[name] for name in OLD_CONFIG} == OLD_CONFIG
    model.build()
    assert model.encode(random_music(rng)).shape == (3, 9, 8)
    classifier = {"module": "models.chord_judge", "class_name": "ChordJudge", "config": {"steps_per_beat": 4}}
    found = keras.saving.deserialize_keras_object({**classifier, "registered_name": "dictionary>ChordJudge"})
    assert isinstance(found, ChordClassifier)
    assert keras.saving.get_registered_name(ChordClassifier) == "dictionary>ChordClassifier"


def test_values_of_single_winners_are_the_products_with_the_atoms(rng):
    model, music = build("values", k=1), random_music(rng)
    code = model.encode(music).numpy()
    products = np.einsum("bcsn,sna->bca", music.reshape(3, 4, ATOM_STEPS, N_CHANNELS), model.atoms.kernel)
    close(code, np.where(code != 0, products, 0))


def test_decoding_is_that_of_stored_codes_with_bias_and_that_of_the_encoder_favours_atoms(rng):
    model = build(stride=2, bias=True, k=1)
    model.atoms.bias.assign(np.arange(N_CHANNELS))
    code = rng.normal(size=(1, 9, N_ATOMS)).astype(np.float32)
    patterns = np.moveaxis(model.atoms.kernel.numpy(), -1, 0)
    close(model.decode(code)[0], decode(code[0], patterns, 2) + np.arange(N_CHANNELS))
    model.scores.bias.assign(9.0 * np.eye(N_ATOMS)[5])
    assert (model.encode(random_music(rng)).numpy().argmax(axis=2) == 5).all()


@pytest.mark.parametrize(("sees_music", "n_channels"), [(True, N_CHANNELS + 7), (False, 7)])
def test_the_encoder_sees_the_music_or_only_the_output_of_blocks(sees_music, n_channels):
    assert build(blocks=BLOCKS, sees_music=sees_music).scores.kernel.shape == (ATOM_STEPS, n_channels, N_ATOMS)


def fit(model, music, jit_compile, chords=None, epochs=2):
    model.compile(keras.optimizers.Adam(0.01), jit_compile=jit_compile)
    data = tf.data.Dataset.from_tensors(music if chords is None else ((music, chords),))
    return model.fit(data, epochs=epochs, shuffle=False, verbose=0).history


@pytest.mark.slow
@pytest.mark.parametrize(("refine", "scope"), [("none", "lifetime"), ("values", "window"), ("pursuit", "window")])
def test_everything_trains_and_is_saved_and_loaded(rng, tmp_path, refine, scope):
    model, music = build(refine, 2, scope, **EVERYTHING), random_music(rng)
    chords = rng.integers(-1, 25, (3, 4))
    before = {weight.path: weight.numpy() for weight in model.trainable_variables}
    history = fit(model, music, False, chords)
    assert {"loss", "hits", "chords", "chord_changes"} <= history.keys()
    assert np.isfinite(history["loss"]).all()
    assert all((weight.numpy() != before[weight.path]).any() for weight in model.trainable_variables)

    model.winners.k.assign(1)
    model.save(tmp_path / "dictionary.keras")
    loaded = keras.saving.load_model(tmp_path / "dictionary.keras")
    assert loaded.get_config() == model.get_config()
    np.testing.assert_array_equal(loaded.encode(music), model.encode(music))
    np.testing.assert_array_equal(loaded((music, chords)), model((music, chords)))


@pytest.mark.slow
@pytest.mark.parametrize(("refine", "scope"), [("none", "column"), ("values", "window"), ("pursuit", "column")])
def test_compiled_training_is_the_same(rng, refine, scope):
    music = random_music(rng)
    plain, compiled = build(refine, 2, scope), build(refine, 2, scope)
    losses = [fit(model, music, jit_compile)["loss"] for model, jit_compile in ((plain, False), (compiled, True))]
    close(losses[1], losses[0])
    close(compiled.atoms.kernel, plain.atoms.kernel, 1e-3)


@pytest.mark.parametrize("unit_norm", [True, False])
def test_atoms_keep_their_norm_in_training_if_they_shall(rng, unit_norm):
    model = build(unit_norm=unit_norm)
    fit(model, 3 * random_music(rng), False, epochs=10)
    norms = np.linalg.norm(model.atoms.kernel, axis=(0, 1))
    assert np.allclose(norms, 1, atol=1e-4) == unit_norm


@pytest.mark.slow
@REFINED
def test_training_brings_the_reconstruction_closer(rng, refine):
    history = fit(build(refine, 1, "window", k=6), random_music(rng), False, epochs=30)
    assert history["square"][-1] < 0.8 * history["square"][0]


def test_uses_count_the_winners_of_training(rng):
    model, music = build(), random_music(rng)
    model(music)
    assert not model.uses.numpy().any()
    for _ in range(2):
        model(music, training=True)
    np.testing.assert_array_equal(model.uses, 2 * np.count_nonzero(model.encode(music), axis=(0, 1)))


def test_the_loss_is_that_of_clean_music_whatever_the_encoder_sees(rng):
    model, music = build(corruption={"n_hits": 2, "deleted": 0.999}), np.tile(random_music(rng)[..., :2], 3)
    reconstruction = model(music, training=True)
    assert not reconstruction.numpy().any()
    assert float(model.losses[0]) == pytest.approx(np.mean(music**2))


def test_the_chord_of_a_beat_is_classified_from_its_four_steps(rng):
    model, music = build(chords=1.0, chord_changes=1.0), random_music(rng)
    beats = model(music).numpy().reshape(3, 4, 4, N_CHANNELS).sum(axis=2)
    chords = rng.integers(0, 25, (3, 4))
    model((music, chords))
    logits = model.judge.chord_head(beats)
    expected = np.mean(keras.losses.sparse_categorical_crossentropy(chords, logits, from_logits=True))
    assert float(model.judge.chord_loss.losses[0]) == pytest.approx(expected, rel=1e-5)
    pairs = np.concatenate([beats[:, 1:], beats[:, :-1]], axis=2)
    changes = (chords[:, 1:] != chords[:, :-1]).astype(np.float32)
    entropies = keras.losses.binary_crossentropy(changes, model.judge.change_head(pairs)[..., 0], from_logits=True)
    assert float(model.judge.change_loss.losses[0]) == pytest.approx(np.mean(entropies), rel=1e-5)
