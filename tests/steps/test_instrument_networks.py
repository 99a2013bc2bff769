"""Steps 2 and 3 of the study `instruments`, on clips made by hand."""

import shutil

import numpy as np
import pytest

from embed import step3_embed_instruments
from pipeline import results
from pipeline.parameters import load
from tests.small_clips import CLASSES, TEXT, small_clips, store_small_clips
from train_model import step2_train_instruments

pytestmark = pytest.mark.slow
RUNS = ("net", "twice", "machine", "both")


@pytest.fixture(scope="module")
def done(write_session_parameters):
    parameters, root = store_small_clips(write_session_parameters)
    step2_train_instruments.run("small", root)
    step3_embed_instruments.run("small", root)
    return root


def predictions_of(root, run):
    return results.load(load("small", root).for_run(run), "predictions", root)


def test_predictions_are_those_of_the_clips_that_test(done):
    clips = small_clips()
    n_test = (clips.collections == "B").sum()
    for run in RUNS:
        predictions = predictions_of(done, run)
        assert predictions["probabilities"].shape == (1 + (run == "twice"), n_test, len(CLASSES))
        assert predictions["probabilities"].dtype == np.float32
        np.testing.assert_allclose(predictions["probabilities"].sum(axis=2), 1, rtol=1e-5)
        assert set(clips.collections[predictions["clips"]]) == {"B"}
        assert predictions["activations"].shape == (n_test, 8 * (run in ("net", "twice")))
    known = clips.labels[predictions_of(done, "twice")["clips"]]
    assert np.mean(predictions_of(done, "twice")["probabilities"].mean(axis=0).argmax(axis=1) == known) > 0.9


def test_an_average_is_the_mean_of_its_runs(done):
    parts = [predictions_of(done, run)["probabilities"] for run in ("net", "machine")]
    np.testing.assert_allclose(predictions_of(done, "both")["probabilities"], np.mean(parts, axis=0), rtol=1e-6)


def test_the_figure_has_the_networks(done):
    figures = done / "output" / "small" / "figures"
    assert (figures / "training.png").stat().st_size > 10_000
    assert (figures / "training.pdf").is_file()


def test_what_is_done_is_not_done_again(done, capsys):
    step2_train_instruments.run("small", done)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [*(f"{run}: output/small/{run}/classifier.keras is up to date" for run in RUNS[:3]),
                     "both: nothing to train"]  # fmt: skip


def test_the_history_says_how_many_numbers_are_learned(done):
    n_parameters = {
        run: int(results.load(load("small", done).for_run(run), "history", done)["n_parameters"]) for run in RUNS[:3]
    }
    clips = small_clips()
    assert n_parameters["machine"] == (1 + clips.joint.shape[1]) * len(CLASSES)
    assert n_parameters["net"] == n_parameters["twice"] > n_parameters["machine"]


def test_spaces_that_are_up_to_date_are_not_computed_again(done_again, monkeypatch):
    monkeypatch.setattr(step3_embed_instruments, "spaces", None)
    (path,) = step3_embed_instruments.run("small", done_again, runs=["net"])
    assert path.parent.name == "net"


def test_an_average_of_what_has_changed_is_stale(done_again):
    path = done_again / "output" / "small" / "net" / "predictions.npz"
    shutil.copy(done_again / "output" / "small" / "twice" / "predictions.npz", path)
    with pytest.raises(ValueError, match=r"both/predictions.npz: was made from another output/small/net/predictions.n"):
        predictions_of(done_again, "both")


def test_an_average_of_what_is_not_predicted_names_it(done_again):
    (done_again / "output" / "small" / "net" / "predictions.npz").unlink()
    with pytest.raises(
        FileNotFoundError, match=r"output/small/net/predictions.npz: does not exist; run: python -m emb"
    ):
        step3_embed_instruments.run("small", done_again, runs=["both"])


def test_an_average_of_other_clips_is_refused(done_again):
    text = TEXT + '[runs.other]\nclassifier.average = ["net"]\nsplit.test = ["C"]\n'
    (done_again / "parameters" / "small.toml").write_text(text)
    message = "classifier.average='net': is tested on B, other on C; average runs of the same split.test"
    with pytest.raises(ValueError, match=message):
        step3_embed_instruments.run("small", done_again, runs=["other"])
