"""What would need too much memory is refused when the parameters are loaded, where they alone decide."""

import pytest

from pipeline import memory
from pipeline.parameters import load

TEXTS = {
    "signal": 'study = "signal"\nsound.folder = "."\n[runs.A]\n',
    "themes": 'study = "themes"\npieces.folder = "."\n[runs.A]\n',
    "instruments": 'study = "instruments"\nsounds.folder = "."\n[runs.A]\n',
    "digits": 'study = "digits"\n[runs.A]\n',
}
REFUSED = {
    "pairs": ("signal", "model.window_samples = 16384\ntraining.batch_pairs = 10000", "training.batch_pairs=10000"),
    "bases": ("signal", "model = { window_samples = 16384, n_bases = 8192 }", "model.n_bases=8192"),
    "windows": ("signal", "model.window_samples = 4096\nevaluation.n_windows = 10000", "evaluation.n_windows=10000"),
    "patches": ("themes", "model.patch_frames = 512\ncqt.n_bins = 1000", "training.validation_pairs=2000"),
    "long filters": ("themes", "cqt = { min_frequency_hz = 1.0, hop_samples = 65 }", "cqt: min_frequency_hz=1"),
    "of a run": ("themes", "[runs.B]\nmodel.n_bases = 8192\n", "runs.B: model.n_bases=8192"),
    "clips": ("instruments", "sounds.clip_frames = 1024", "sounds.clip_frames=1024"),
    "images": ("digits", "training.validation_pairs = 1000000", "training.validation_pairs=1000000"),
}


@pytest.mark.parametrize(("study", "changes", "named"), REFUSED.values(), ids=list(REFUSED))
def test_what_needs_too_much_memory_is_refused_by_its_key(write_parameters, monkeypatch, study, changes, named):
    monkeypatch.setattr(memory, "machine_gb", lambda: 3.0)
    head, tail = TEXTS[study].split("[runs.A]")
    root = write_parameters(f"{head}{changes}\n[runs.A]\n{tail}", "small")
    with pytest.raises(ValueError, match=f"^parameters/small.toml: .*{named}: would need [0-9.]+ GB of memory, more"):
        load("small", root)


def test_patches_of_runs_that_learn_nothing_may_be_large(write_parameters):
    text = TEXTS["themes"] + 'model = { features = "cqt", patch_frames = 512 }\ncqt.n_bins = 1000\n'
    assert load("small", write_parameters(text.replace("cqt.n", "[cqt]\nn"), "small"))
