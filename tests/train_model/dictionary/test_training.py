import re
from dataclasses import replace

import numpy as np
import pytest

from pipeline import memory
from pipeline.studies import drums, piano
from save_dataset.midi import above_bass
from save_dataset.midi.corpus import NO_CHORD
from tests.small_midi import make_corpus
from train_model.dictionary.training import blocks_of, build, hit_loss_of, train

SMALL = {
    "model": {"n_atoms": 8, "k": 2},
    "training": {"epochs": 4, "window_steps": 16, "batch_windows": 4, "jit_compile": False},
}


def make_parameters(study=drums, **changes):
    sections = {section: SMALL.get(section, {}) | changes.get(section, {}) for section in {**SMALL, **changes}}
    values = {"name": "test", "study": study.__name__.split(".")[-1], "run": "A", "runs": {"A": {}}}
    return study.Parameters(**values, collection={"folder": "x"}, **sections)


def atoms_of(model):
    return model.atoms.kernel.numpy()


@pytest.fixture
def beats(rng):
    """Hits and velocities of three drums in three pieces, the last one for the test."""

    def bars(n_bars):
        hits = rng.random((16 * n_bars, 3)) < 0.3
        return np.concatenate([hits, hits * rng.uniform(0.3, 1, hits.shape)], axis=1)

    return make_corpus([bars(4), bars(6), bars(2)], ["train", "train", "test"])


@pytest.fixture
def roll(rng):
    """Onsets of seven keys with a chord on each beat, in two pieces."""
    steps = rng.random((96, 7)) < 0.3
    return make_corpus([steps[:64], steps[64:]], chords=np.repeat(rng.integers(-1, 25, 24), 4))


RANDOM_DRUMS = make_parameters(  # whatever draws random numbers or changes from epoch to epoch
    model={"k": 1, "k_max": 2, "k_every_epochs": 1, "tcn_channels": (5,), "tcn_dropout": 0.3, "n_atoms": 40},
    corruption={"spurious": 0.1, "deleted": 0.2},
)
TRANSPOSED_PIANO = make_parameters(
    piano,
    model={"refine": "pursuit", "stride_steps": 1, "scope": "window"},
    loss={"chords": 0.5, "chord_changes": 0.5},
    training={"transpose_semitones": 3},
)


@pytest.mark.slow
@pytest.mark.parametrize(("parameters", "music"), [(RANDOM_DRUMS, "beats"), (TRANSPOSED_PIANO, "roll")])
def test_a_training_that_was_stopped_ends_as_one_that_was_not(request, tmp_path, interrupted, parameters, music):
    corpus = request.getfixturevalue(music)
    with pytest.raises(KeyboardInterrupt):
        train(corpus, parameters, tmp_path / "stopped")
    assert interrupted
    resumed, resumed_history = train(corpus, parameters, tmp_path / "stopped")
    whole, history = train(corpus, parameters, tmp_path / "whole")
    for weights, expected in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(weights, expected)
    assert history.keys() >= {"loss", "square", "k", "atoms_used", "cpu_s"}
    for term in history.keys() - {"cpu_s"}:
        assert len(history[term]) == 4
        np.testing.assert_allclose(resumed_history[term], history[term], rtol=1e-6)
    assert history["k"].tolist() == ([2, 2, 1, 1] if parameters is RANDOM_DRUMS else [2] * 4)
    assert int(whole.winners.k) == history["k"][-1]
    assert history["atoms_used"][-1] == np.count_nonzero(whole.uses)


@pytest.mark.slow
def test_training_explains_music_made_of_a_few_patterns(rng, tmp_path):
    patterns = (rng.random((6, 4, 6)) < 0.4).astype(np.float32)
    music = patterns[rng.integers(0, 6, 160)].reshape(-1, 6)
    parameters = make_parameters(model={"k": 1}, training={"epochs": 15, "learning_rate": 0.02})
    model, history = train(make_corpus([music[:320], music[320:]]), parameters, tmp_path)
    assert history["loss"][-1] < 0.01 * np.square(music).mean()
    np.testing.assert_allclose(np.square(atoms_of(model)).sum(axis=(0, 1)), 1, atol=1e-5)


@pytest.mark.slow
def test_nothing_but_the_train_split_is_trained_on(beats, tmp_path):
    steps = beats.steps.copy()
    steps[beats.starts[2] :] = np.nan
    parameters = make_parameters(training={"epochs": 2})
    _, history = train(replace(beats, steps=steps), parameters, tmp_path / "spoilt")
    np.testing.assert_array_equal(history["loss"], train(beats, parameters, tmp_path / "whole")[1]["loss"])


@pytest.mark.slow
def test_all_windows_in_one_batch_are_one_step_of_an_epoch(beats, tmp_path):
    everything, _ = train(beats, make_parameters(training={"epochs": 2, "batch_windows": 0}), tmp_path / "all")
    assert int(everything.optimizer.iterations) == 2
    more, _ = train(beats, make_parameters(training={"epochs": 2, "batch_windows": 999}), tmp_path / "more")
    np.testing.assert_array_equal(atoms_of(everything), atoms_of(more))
    batches, _ = train(beats, make_parameters(training={"epochs": 2}), tmp_path / "batches")
    assert int(batches.optimizer.iterations) == 2 * 3  # 10 windows in batches of 4


def test_seed_draws_the_first_weights(beats):
    first, same, other = (
        atoms_of(build(beats, make_parameters(training={"seed": seed}))) for seed in (1, 1, 2**32 - 1)
    )
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


@pytest.mark.slow
@pytest.mark.parametrize("of_another", ["split", "chords", "rate"])
def test_what_other_music_or_parameters_left_unfinished_is_not_resumed(beats, tmp_path, of_another):
    parameters = make_parameters(training={"epochs": 1})
    train(beats, parameters, tmp_path)
    (left,) = tmp_path.glob("unfinished*")
    if of_another == "split":
        beats = replace(beats, splits=np.array(["train", "test", "train"]))
    elif of_another == "chords":
        beats = replace(beats, chords=beats.chords + 1)
    else:
        parameters = make_parameters(training={"epochs": 1, "learning_rate": 0.02})
    train(beats, parameters, tmp_path)
    (unfinished,) = tmp_path.glob("unfinished*")
    assert unfinished != left


def test_a_loss_that_is_no_longer_finite_stops_the_training_and_leaves_nothing(beats, tmp_path):
    beats.steps[20] = np.nan
    with pytest.raises(ValueError, match="the loss is no longer finite: train with a lower learning_rate"):
        train(beats, make_parameters(), tmp_path)
    assert not list(tmp_path.iterdir())


UNLIKE = {
    "loss.reconstruction='hits'": {"loss": {"reconstruction": "hits"}},
    "corruption": {"corruption": {"deleted": 0.1}},
    "training.transpose_semitones=2": {"training": {"transpose_semitones": 2}},
    "model.tcn_channels with refine='pursuit'": {"model": {"tcn_channels": (4,), "refine": "pursuit"}},
}


@pytest.mark.parametrize("channels", [above_bass.channel_names(), ["token"]], ids=["above_bass", "tokens"])
@pytest.mark.parametrize("key", UNLIKE)
def test_what_needs_a_channel_for_each_key_is_refused_without(tmp_path, channels, key):
    corpus = make_corpus([np.eye(32, len(channels))], channels=channels)
    with pytest.raises(ValueError, match=f"^{key}: not for tokens or rolls above the bass$"):
        train(corpus, make_parameters(piano, **UNLIKE[key]), tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"training": {"window_steps": 112}}, "window_steps=112: no piece of the train split is as long"),
        (
            {"model": {"stride_steps": 3, "atom_steps": 6}, "training": {"window_steps": 18}},
            "model.stride_steps=3: must divide the 16 steps of a bar",
        ),
        ({"training": {"transpose_semitones": 1}}, "transpose_semitones=1: must be 0 for drums, which have no pitch"),
        ({"loss": {"chords": 0.1}}, "must be 0, no chord of the train split is known"),
        ({"loss": {"chord_changes": 0.1}}, "must be 0, no chord of the train split is known"),
    ],
)
def test_music_that_does_not_fit_is_refused(beats, tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        train(beats, make_parameters(**changes), tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"model": {"n_atoms": 10_000, "atom_steps": 4096}, "training": {"window_steps": 4096}},
            "model: training 4.9e+08 weights: would need 25.6 GB of memory",
        ),
        (
            {"model": {"tcn_channels": (4096, 4096), "tcn_kernel_steps": 1024}},
            "model: training 5.2e+10 weights: would ",
        ),
        (
            {"model": {"tcn_channels": (16,) * 16, "tcn_kernel_steps": 1024}},
            "training.batch_windows=4: would need ",
        ),
        (
            {"model": {"n_atoms": 9000}, "training": {"window_steps": 4096, "hop_steps": 64, "batch_windows": 32}},
            "training.batch_windows=32: would need 10.",
        ),
    ],
)
def test_what_would_fill_the_memory_is_refused_by_name(rng, tmp_path, monkeypatch, changes, message):
    monkeypatch.setattr(memory, "machine_gb", lambda: 0)
    changes = {section: SMALL.get(section, {}) | values for section, values in changes.items()}
    corpus = make_corpus([rng.random((5 * 4096, 6)) < 0.1])
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        train(corpus, make_parameters(**changes), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_split_without_training_and_silence_are_refused(beats, tmp_path):
    with pytest.raises(ValueError, match="window_steps=16: no piece of the train split is as long"):
        train(replace(beats, splits=np.array(["test"] * 3)), make_parameters(), tmp_path)
    with pytest.raises(ValueError, match="window_steps=16: all windows of the train split are silent"):
        train(replace(beats, steps=0 * beats.steps), make_parameters(), tmp_path)


def test_chords_need_whole_beats_and_must_be_of_the_train_split(roll, tmp_path):
    parameters = make_parameters(piano, loss={"chords": 1.0}, model={"stride_steps": 2}, training={"window_steps": 18})
    with pytest.raises(ValueError, match="training.window_steps=18: must be whole beats"):
        train(roll, parameters, tmp_path)
    only_in_test = np.where(np.arange(96) < 64, NO_CHORD, 3)
    corpus = replace(roll, chords=only_in_test, splits=np.array(["train", "test"]))
    with pytest.raises(ValueError, match="no chord of the train split is known"):
        train(corpus, make_parameters(piano, loss={"chords": 1.0}), tmp_path)


@pytest.mark.parametrize(
    ("kinds", "entropies", "squares"),
    [
        (("hit", "velocity", "offset"), {}, {"1": 3.0, "2": 0.25}),
        (("onset", "frame"), {"1": 0.125}, {}),
        (("onset",), {}, {}),
        (("frame",), {}, {}),
    ],
)
def test_loss_on_hits_takes_the_kinds_there_are(kinds, entropies, squares):
    channels = [f"{kind} {number}" for kind in kinds for number in range(5)]
    corpus = make_corpus([np.zeros((16, len(channels)))], channels=channels)
    loss = {"reconstruction": "hits", "velocities": 3.0, "offsets": 0.25, "frames": 0.125, "slope": 5.0}
    assert hit_loss_of(corpus, make_parameters(loss=loss).loss) == {
        "n_hits": 5,
        "slope": 5.0,
        "entropies": entropies,
        "squares": squares,
    }


def test_blocks_look_twice_as_far_each():
    blocks = blocks_of(make_parameters(model={"tcn_channels": (8, 16, 24), "tcn_kernel_steps": 3, "tcn_causal": False}))
    assert [(block["filters"], block["dilation_steps"]) for block in blocks] == [(8, 1), (16, 2), (24, 4)]
    assert {(block["kernel_steps"], block["causal"], block["dropout"]) for block in blocks} == {(3, False, 0.2)}
