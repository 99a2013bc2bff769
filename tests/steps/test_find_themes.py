import re

import numpy as np
import pytest

from embed.themes.theme import Theme
from forecast import step6_find_themes
from forecast.themes import find
from pipeline import results
from pipeline.parameters import load
from tests.stored_results import store
from tests.themes_of_scale import PIECES, noise_matrices, scale_recordings


@pytest.fixture
def root(tmp_path, rng, monkeypatch):
    """Matrices of two runs; one theme is found in each piece; figures and pages are left out."""
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "small.toml").write_text(PIECES, encoding="utf-8")
    parameters = load("small", tmp_path)
    store(parameters, "recordings", tmp_path, **scale_recordings().to_arrays())
    for run in parameters.for_runs():
        store(run, "matrices", tmp_path, **noise_matrices(rng))
    theme = Theme(np.array([[8, 23], [48, 63]]), 1.0)
    monkeypatch.setattr(find, "find_by_lag", lambda matrix, **keywords: [theme])
    monkeypatch.setattr(find, "find_by_nieto_farbood", lambda matrix, **keywords: [])
    monkeypatch.setattr(step6_find_themes, "draw_themes", lambda parameters, root: [root / "themes_CQT.png"])
    monkeypatch.setattr(step6_find_themes, "write_pages", lambda parameters, root: [root / f"{parameters.run}.html"])
    return tmp_path


def test_themes_are_stored_written_and_drawn(root, capsys):
    paths = step6_find_themes.run("small", root)
    folder = root / "output" / "small"
    assert paths == [folder / "CQT" / "themes.npz", folder / "CQT_8" / "themes.npz"]
    written = {path.name for path in (folder / "CQT" / "themes").iterdir()}
    assert written == {"lag.csv", "nieto_farbood.csv", "scale_lag.txt", "scale_nieto_farbood.txt"}
    told = capsys.readouterr().out
    assert "CQT: 2 themes, 4 occurrences (lag); 0 themes, 0 occurrences (nieto_farbood) in 2 pieces\n" in told
    assert "wrote themes_CQT.png\nwrote CQT.html\nwrote CQT_8.html\n" in told


def test_one_run_is_done_alone(root):
    step6_find_themes.run("small", root, ["CQT_8"])
    assert not (root / "output" / "small" / "CQT").joinpath("themes.npz").exists()


def test_times_are_those_of_the_runs_patches(root):
    step6_find_themes.run("small", root)
    runs = load("small", root).for_runs()
    starts_s = [results.load(run, "themes", root)["lag_starts_s"][0] for run in runs]
    np.testing.assert_allclose(starts_s, [(8 + 2) / 10, (8 + 4) / 10])


def test_missing_matrices_are_named(root):
    (root / "output" / "small" / "CQT" / "matrices.npz").unlink()
    told = re.escape("matrices.npz: does not exist; run: python -m embed.step3_embed_themes small")
    with pytest.raises(FileNotFoundError, match=told):
        step6_find_themes.run("small", root)
