import numpy as np
import pytest
import tensorflow as tf

from pipeline import results
from pipeline.parameters import load
from save_dataset.switches.clips import Clips
from train_model import step2_train_switches
from train_model.switches.training import draw_batches, train_generator

TEXT = """
study = "switches"

[clips]
files = "*.wav"

[mel]
n_frames = 32
n_mels = 16

[generator]
r = 4
units = 4
channels = 4

[training]
epochs = 3
batches_per_epoch = 4
batch_clips = 4
learning_rate = 0.02

[runs.net]

[runs.autoencoder]
generator.kind = "autoencoder"
training.epochs = 1
training.batches_per_epoch = 1

[runs.table]
generator.kind = "table"
"""
NAMES = np.array(["a", "b", "c"])


@pytest.fixture
def clips(rng):
    mels = np.float32([0.1, 0.3, 0.9])[:, None, None] + rng.uniform(0, 0.1, (3, 32, 16)).astype(np.float32)
    return Clips(NAMES, NAMES, np.zeros(3), np.zeros(3), mels, np.array(0.0))


@pytest.fixture
def parameters(write_parameters):
    return load("song", write_parameters(TEXT))


@pytest.mark.slow
@pytest.mark.usefixtures("interrupted")
def test_a_training_learns_and_resumes_where_it_stopped(parameters, clips, tmp_path):
    parameters = parameters.for_run("net")
    with pytest.raises(KeyboardInterrupt):
        train_generator(parameters, clips, tmp_path / "stopped")
    resumed, resumed_history = train_generator(parameters, clips, tmp_path / "stopped")
    straight, history = train_generator(parameters, clips, tmp_path / "straight")
    for here, there in zip(resumed.get_weights(), straight.get_weights(), strict=True):
        np.testing.assert_array_equal(here, there)
    np.testing.assert_array_equal(resumed_history["loss"], history["loss"])
    assert history["loss"][-1] < history["loss"][0]
    assert history["n_parameters"] == straight.count_params()


def test_a_table_has_learned_before_it_is_trained(parameters, clips, tmp_path):
    table, history = train_generator(parameters.for_run("table"), clips, tmp_path / "table")
    np.testing.assert_allclose(table(np.eye(3, dtype=np.float32)), clips.mels, atol=1e-5)
    assert history["loss"] == history["cpu_s"] == [0]
    assert not (tmp_path / "table").exists()


@pytest.mark.slow
def test_the_step_trains_what_is_not_up_to_date_and_draws_it(parameters, clips, tmp_path, capsys):
    results.save(parameters, "clips", clips.to_arrays(), tmp_path)
    paths = step2_train_switches.run("song", root=tmp_path, runs=["table", "autoencoder"])
    assert [path.parent.name for path in paths] == ["table", "autoencoder"]
    assert "autoencoder: loss 0." in capsys.readouterr().out
    assert (tmp_path / "output" / "song" / "figures" / "training.png").is_file()
    assert not list(tmp_path.rglob("unfinished_*"))
    step2_train_switches.run("song", root=tmp_path, runs=["table", "autoencoder"])
    assert capsys.readouterr().out.count("generator.keras is up to date\n") == 2


N_CLIPS = 6
MELS = np.random.default_rng(440).uniform(size=(N_CLIPS, 4, 3)).astype(np.float32)
DRAWN = {"batch_clips": 4, "batches_per_epoch": 9, "blended_fraction": 0.0, "seed": 3}


def draw(epoch=0, **settings):
    """The switches and spectrograms of an epoch, one batch after the other."""
    batches = list(draw_batches(MELS, epoch=tf.Variable(epoch), **DRAWN | settings))
    assert len(batches) == 9
    return tuple(np.concatenate([batch[part].numpy() for batch in batches]) for part in (0, 1))


def test_each_clip_is_drawn_alike_often_one_of_each_before_any_comes_again():
    switches, _ = draw()
    np.testing.assert_array_equal(switches.sum(axis=1), 1)
    orders = switches.argmax(axis=1).reshape(-1, N_CLIPS)  # 36 rows
    np.testing.assert_array_equal(np.sort(orders, axis=1), np.tile(np.arange(N_CLIPS), (6, 1)))
    assert len(np.unique(orders, axis=0)) > 3


@pytest.mark.parametrize("fraction", [0.0, 0.5, 1.0])
def test_some_are_two_clips_at_once(fraction):
    switches, mels = draw(blended_fraction=fraction, batch_clips=100)
    np.testing.assert_allclose(switches.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(mels, np.tensordot(switches, MELS, 1), atol=1e-6)
    n_on = (switches > 0).sum(axis=1)
    assert set(n_on) <= {1, 2}
    assert np.mean(n_on == 2) == pytest.approx(fraction, abs=0.05)
    weights = switches[n_on == 2].max(axis=1)
    assert not len(weights) or np.mean(weights < 0.75) == pytest.approx(0.5, abs=0.06)  # uniform


def test_an_epoch_is_drawn_alike_each_time_and_others_otherwise():
    first, again, other, seeded = (
        draw(epoch, blended_fraction=0.5, seed=seed)[0] for epoch, seed in ((2, 3), (2, 3), (3, 3), (2, 4))
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert (first != seeded).any()
