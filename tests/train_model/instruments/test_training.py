import numpy as np
import pytest

from save_dataset.instruments.clips import load_clips
from tests.small_clips import store_small_clips
from train_model.fitting import remove_unfinished
from train_model.instruments.linear import fit_linear_machine
from train_model.instruments.split import split_clips
from train_model.instruments.training import train_networks

pytestmark = pytest.mark.slow


@pytest.fixture
def learned_from(write_parameters):
    parameters, root = store_small_clips(write_parameters)
    clips = load_clips(parameters, root)
    return parameters, clips, split_clips(clips, parameters)


@pytest.mark.usefixtures("interrupted")
def test_a_training_of_seeds_resumes_where_it_stopped(learned_from, tmp_path, capsys):
    parameters, clips, (train, _) = learned_from
    run, folder = parameters.for_run("twice"), tmp_path / "stopped"
    clips = clips.rows(train)
    with pytest.raises(KeyboardInterrupt):
        train_networks(run, clips, None, folder)
    resumed, resumed_history = train_networks(run, clips, None, folder)
    straight, history = train_networks(run, clips, None, tmp_path / "straight")
    for here, there in zip(resumed.get_weights(), straight.get_weights(), strict=True):
        np.testing.assert_array_equal(here, there)
    for name in ("loss", "accuracy"):
        assert history[name].shape == (2, 3)
        np.testing.assert_array_equal(resumed_history[name], history[name])
    assert not np.array_equal(history["loss"][0], history["loss"][1])
    again = train_networks(run, clips, None, folder, verbose=1)[0]  # what is finished is not trained again
    assert "Epoch" not in capsys.readouterr().out
    np.testing.assert_array_equal(again.get_weights()[0], straight.get_weights()[0])
    remove_unfinished(folder)
    assert not list(folder.iterdir())


@pytest.mark.parametrize("features", ["joint", "bag"])
def test_the_linear_machine_learns_what_its_history_says(learned_from, features):
    parameters, clips, (train, test) = learned_from
    run = parameters.for_run("machine")
    run = run.model_copy(update={"classifier": run.classifier.model_copy(update={"features": features})})
    model, history = fit_linear_machine(run, clips.rows(train), None)
    probabilities = np.asarray(model(getattr(clips, features)))[:, 0]
    assert np.mean(probabilities.argmax(axis=1)[test] == clips.labels[test]) == 1
    known = clips.labels[train]
    assert history["accuracy"] == np.mean(probabilities[train].argmax(axis=1) == known)
    np.testing.assert_allclose(history["loss"], [[-np.mean(np.log(probabilities[train, known]))]], rtol=1e-3)


def test_two_classes_have_probabilities_of_their_own(learned_from):
    parameters, clips, _ = learned_from
    clips = clips.rows(np.flatnonzero(clips.labels < 2))
    run = parameters.for_run("machine")
    model = fit_linear_machine(run, clips, None)[0]
    probabilities = np.asarray(model(clips.joint))[:, 0]
    assert probabilities.shape == (len(clips.labels), 2)
    np.testing.assert_array_equal(probabilities.argmax(axis=1), clips.labels)


def test_state_is_that_of_these_clips(learned_from, tmp_path):
    parameters, clips, (train, test) = learned_from
    run = parameters.for_run("net")
    train_networks(run, clips.rows(train), None, tmp_path)
    first = list((tmp_path / "unfinished_seed_0").iterdir())
    train_networks(run, clips.rows(test), None, tmp_path)
    second = list((tmp_path / "unfinished_seed_0").iterdir())
    assert len(first) == len(second) == 1
    assert first != second
