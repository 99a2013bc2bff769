import numpy as np
import pytest

from pipeline import memory
from pipeline.studies.song import Parameters
from train_model.song.training import build_parts, train

WINDOW_FRAMES = 8
CHANGES = {
    "model": {"clip_windows": 4, "latent_dim": 2},
    "training": {"epochs": 4},
}


def make_parameters(run="RF", **changes):
    values = {"name": "test", "study": "song", "run": run, "sound": {"file": "x.wav"}, "runs": {run: {}}}
    sections = {section: CHANGES.get(section, {}) | changes.get(section, {}) for section in {**CHANGES, **changes}}
    return Parameters(**values, **sections)


@pytest.fixture
def frames(rng):
    return rng.uniform(size=(40, 5)).astype(np.float32)


CONDITIONED = {"alpha": 0.0, "persistence": 0.1, "max_lag": 3, "constant_velocity": 0.1, "whiteness": 0.1}


@pytest.mark.slow
@pytest.mark.parametrize(("run", "loss"), [("RF", {}), ("RPVW", CONDITIONED)])
def test_a_training_that_was_stopped_ends_as_one_that_was_not(frames, tmp_path, interrupted, run, loss):
    parameters = make_parameters(run, loss=loss)
    with pytest.raises(KeyboardInterrupt):
        train(frames, WINDOW_FRAMES, parameters, tmp_path / "stopped")
    assert interrupted
    resumed, resumed_history = train(frames, WINDOW_FRAMES, parameters, tmp_path / "stopped")
    whole, history = train(frames, WINDOW_FRAMES, parameters, tmp_path / "whole")
    for weights, expected in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(weights, expected)
    for term in ("loss", "reconstruction", *(["persistence", "whiteness"] if loss else ["forecast"])):
        assert len(history[term]) == 4
        np.testing.assert_allclose(resumed_history[term], history[term], rtol=1e-6)
    at_once, same_history = train(frames, WINDOW_FRAMES, parameters, tmp_path / "whole")  # its result was not saved
    for weights, expected in zip(at_once.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(weights, expected, atol=1e-6)
    np.testing.assert_array_equal(same_history["cpu_s"], history["cpu_s"])


@pytest.mark.slow
def test_training_on_a_loop_lowers_every_term(frames, tmp_path):
    loop = np.tile(frames[:10], (8, 1))
    loss = {**CONDITIONED, "alpha": 0.1}
    _, history = train(loop, WINDOW_FRAMES, make_parameters("RFPVW", training={"epochs": 30}, loss=loss), tmp_path)
    for term in ("reconstruction", "forecast", "persistence", "constant_velocity", "whiteness"):
        assert history[term][-1] < history[term][0]
    assert history["forecast"][-1] < 0.5 * history["forecast"][0]
    assert (history["cpu_s"] > 0).all()


@pytest.mark.slow
def test_memory_and_losses_are_not_kept(frames, tmp_path):
    model, history = train(frames, WINDOW_FRAMES, make_parameters(), tmp_path)
    assert [layer.name for layer in model.layers if layer.weights] == ["encoder", "decoder", "forecaster"]
    assert history["lowest_reconstruction"].shape == ()


@pytest.mark.parametrize("clip", ["remembered", "encoded"])
def test_batches_that_would_fill_the_memory_are_refused_by_name(tmp_path, monkeypatch, clip):
    monkeypatch.setattr(memory, "machine_gb", lambda: 4)
    long = np.broadcast_to(np.float32(0), (1000, 100))
    sizes = {"remembered": 4096, "encoded": 256}  # of a batch; of these all windows of the clip are encoded
    settings = {"clip": clip, "batch_samples": sizes[clip]}
    parameters = make_parameters(model={"clip_windows": 45}, training=settings)
    message = (
        rf"^training.batch_samples={sizes[clip]}: would need \d\.\d GB of memory, more than 2.0 GB; take a smaller b"
    )
    with pytest.raises(ValueError, match=message):
        train(long, 44, parameters, tmp_path)
    assert not list(tmp_path.iterdir())


def test_seed_draws_the_first_weights():
    def first_weights(seed):
        parameters = make_parameters(training={"seed": seed})
        return build_parts((WINDOW_FRAMES, 5), parameters)["encoder"].get_weights()[0]

    np.testing.assert_array_equal(first_weights(1), first_weights(1))
    assert (first_weights(1) != first_weights(2)).any()


@pytest.mark.slow
def test_tensorboard_has_its_logs_when_asked_for(frames, tmp_path):
    train(frames, WINDOW_FRAMES, make_parameters(training={"epochs": 1, "tensorboard": True}), tmp_path)
    assert list((tmp_path / "tensorboard").rglob("events.out.tfevents.*"))
