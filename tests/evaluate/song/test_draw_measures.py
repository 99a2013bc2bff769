import numpy as np
import pytest

from evaluate.song import draw_measures
from pipeline import results
from pipeline.parameters import load
from tests.stored_results import SONG, store_embedding, store_spectrogram, write_tones
from tests.trajectories import measures_of_astray


@pytest.fixture
def root(write_parameters, rng):
    root = write_parameters(SONG)
    write_tones(root / "music" / "tones.wav")
    parameters = load("song", root)
    spectrogram = store_spectrogram(parameters, root)
    for run in parameters.for_runs():
        store_embedding(run, spectrogram, root)
        for method in ("knn", "knn_paper"):
            results.save(run, f"forecast_{method}", {"starts": np.arange(3)}, root)
            measures = measures_of_astray(rng, np.arange(0, 90, 5), 10)
            results.save(run, f"divergence_{method}", measures, root)
    return root


def test_distances_of_every_forecast_at_every_step_are_not_kept_of_all_runs(root, monkeypatch):
    drawn = []
    draw = draw_measures.draw_valid_times
    monkeypatch.setattr(draw_measures, "draw_valid_times", lambda measures: drawn.append(measures) or draw(measures))
    names = {path.name for path in draw_measures.draw_measures(load("song", root), root)}
    assert {"divergence.png", "errors.png", "valid_times.png", "divergence.csv", "one_step.csv"} <= names
    (measures,) = drawn
    assert list(measures) == ["R", "PCA"]
    stored = results.load(load("song", root).for_run("R"), "divergence_knn", root)
    assert stored.keys() - measures["R"]["knn"].keys() == {"delta", "compared_delta"}
