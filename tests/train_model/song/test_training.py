import numpy as np
import pytest

from pipeline.studies.song import Parameters
from train_model.song.training import build, train

WINDOW_FRAMES = 8
CHANGES = {
    "model": {"clip_windows": 4, "latent_dim": 2},
    "training": {"epochs": 4, "jit_compile": False, "samples_per_stretch": 3},
}


def make_parameters(run="RF", **changes):
    values = {"name": "test", "study": "song", "run": run, "sound": {"file": "x.wav"}, "runs": {run: {}}}
    sections = {section: CHANGES.get(section, {}) | changes.get(section, {}) for section in {**CHANGES, **changes}}
    return Parameters(**values, **sections)


@pytest.fixture
def frames(rng):
    return rng.uniform(size=(40, 5)).astype(np.float32)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("run", "steps", "jit_compile"),
    [("RF", 0, False), ("RF2", 2, True)],  # XLA: else a roll-out varies by itself
)
def test_a_training_that_was_stopped_ends_as_one_that_was_not(frames, tmp_path, interrupted, run, steps, jit_compile):
    parameters = make_parameters(run, loss={"roll_out_steps": steps}, training={"jit_compile": jit_compile})
    with pytest.raises(KeyboardInterrupt):
        train(frames, WINDOW_FRAMES, parameters, tmp_path / "stopped")
    assert interrupted
    resumed, resumed_history = train(frames, WINDOW_FRAMES, parameters, tmp_path / "stopped")
    whole, history = train(frames, WINDOW_FRAMES, parameters, tmp_path / "whole")
    for weights, expected in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(weights, expected)
    for term in ("loss", "reconstruction", "forecast", *(["roll_out"] if steps else [])):
        assert len(history[term]) == 4
        np.testing.assert_allclose(resumed_history[term], history[term], rtol=1e-6)
    at_once, same_history = train(frames, WINDOW_FRAMES, parameters, tmp_path / "whole")  # its result was not saved
    for weights, expected in zip(at_once.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(weights, expected, atol=1e-6)
    np.testing.assert_array_equal(same_history["cpu_s"], history["cpu_s"])


@pytest.mark.slow
def test_compiled_by_xla_a_training_is_the_same(frames, tmp_path):
    histories = []
    for jit_compile in (False, True):  # all samples are one batch, and no dropout, for which XLA draws other numbers
        training = {"epochs": 2, "stretches_per_batch": 30, "jit_compile": jit_compile}
        changes = {"model": {"lstm_dropout": 0.0}, "loss": {"roll_out_steps": 2}, "training": training}
        folder = tmp_path / str(jit_compile)
        histories.append(train(frames, WINDOW_FRAMES, make_parameters("RF2", **changes), folder)[1])
    for term in ("loss", "reconstruction", "forecast", "roll_out"):
        np.testing.assert_allclose(histories[1][term], histories[0][term], rtol=1e-4)


@pytest.mark.slow
def test_training_on_a_loop_lowers_every_term(frames, tmp_path):
    loop = np.tile(frames[:10], (8, 1))
    loss = {"alpha": 0.1, "roll_out_steps": 8, "roll_out_weight": 0.1}
    _, history = train(loop, WINDOW_FRAMES, make_parameters("RF8", training={"epochs": 30}, loss=loss), tmp_path)
    assert history["reconstruction"][-1] < history["reconstruction"][0]
    for term in ("forecast", "roll_out"):
        assert history[term][-1] < 0.5 * history[term][0]
    assert (history["cpu_s"] > 0).all()


@pytest.mark.slow
@pytest.mark.parametrize(("warmup_epochs", "fractions"), [(2, [0, 0.5, 1, 1]), (0, [1, 1])])
def test_weight_of_the_roll_out_rises_from_nothing_over_the_first_epochs(frames, tmp_path, warmup_epochs, fractions):
    loss = {"roll_out_steps": 2, "roll_out_weight": 0.5, "roll_out_warmup_epochs": warmup_epochs, "alpha": 0.1}
    parameters = make_parameters("RF2", loss=loss, training={"epochs": len(fractions)})
    _, history = train(frames, WINDOW_FRAMES, parameters, tmp_path)
    without = history["reconstruction"] + 0.1 * history["forecast"]
    np.testing.assert_allclose((history["loss"] - without) / (0.5 * history["roll_out"]), fractions, atol=1e-4)


def test_seed_draws_the_first_weights():
    def first_weights(seed):
        parameters = make_parameters(training={"seed": seed})
        return build(parameters.stretch(WINDOW_FRAMES), 5, parameters).get_weights()[0]

    np.testing.assert_array_equal(first_weights(1), first_weights(1))
    assert (first_weights(1) != first_weights(2)).any()


@pytest.mark.slow
def test_tensorboard_has_its_logs_when_asked_for(frames, tmp_path):
    train(frames, WINDOW_FRAMES, make_parameters(training={"epochs": 1, "tensorboard": True}), tmp_path)
    assert list((tmp_path / "tensorboard").rglob("events.out.tfevents.*"))
