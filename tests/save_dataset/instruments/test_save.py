"""Step 1 on a few sounds made here: what clips and phrases hold, the cache, sounds that cannot be read."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from pipeline import memory, results
from pipeline.parameters import load
from pipeline.sections import instruments as sections
from save_dataset import step1_save_instruments
from save_dataset.instruments import save, transforms
from save_dataset.instruments.clips import Clips
from save_dataset.instruments.draw_clips import draw_classes, typical_clip
from save_dataset.instruments.phrase_plans import plan_phrases
from save_dataset.instruments.save import read_phrases, read_sounds
from save_dataset.sound.files import write_sound

RATE_HZ = 8000
CLIP_SAMPLES = 16 * 256
TEXT = """
study = "instruments"

[sounds]
folder = "notes"
sample_rate_hz = 8000
clip_frames = 16
hop_samples = 256
collections = { A = ["a"], B = ["b"] }

[cqt]
octaves = 5

[scattering]
kinds = []

[phrases]
per_class = 2
collections = ["A"]

[runs.machine]
classifier.features = "mfcc"
split = { train = ["A"], test = ["B"] }
"""
LENGTHS = {  # in clips
    "a/flute/1.wav": 1.0,
    "a/flute/2.wav": 0.5,
    "a/piano/1.wav": 2.2,
    "b/flute/1.wav": 1.0,
    "b/piano/1.wav": 1.2,
}
PATHS = ["a/flute/1.wav", "a/flute/2.wav", *3 * ["a/piano/1.wav"], "b/flute/1.wav", "b/piano/1.wav"]  # of clips


@pytest.fixture
def root(tmp_path, write_parameters, rng):
    for name, length in LENGTHS.items():
        path = tmp_path / "music" / "notes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        samples = rng.uniform(-0.5, 0.5, round(length * CLIP_SAMPLES))
        write_sound(samples, path, RATE_HZ)
    return write_parameters(TEXT, "small")


def phrases_of(parameters, sounds, root):
    return read_phrases(parameters, plan_phrases(parameters.phrases, sounds), ["flute", "piano"], root)


def test_clips_hold_the_features_of_all_sounds(root, capsys):
    clips, sounds, raw = read_sounds(load("small", root), root)
    assert clips.paths.tolist() == PATHS
    assert clips.class_names.tolist() == ["flute", "piano"]
    assert clips.labels.tolist() == [0, 0, 1, 1, 1, 0, 1]
    assert clips.sources.tolist() == ["a"] * 5 + ["b"] * 2
    assert clips.collections.tolist() == ["A"] * 5 + ["B"] * 2
    assert clips.groups.tolist() == PATHS
    assert clips.cqt.shape == (7, 16, 60)
    assert (clips.mfcc.shape, clips.bag.shape) == ((7, 40), (7, 70))
    assert clips.time.shape == clips.joint.shape == clips.spiral.shape == (7, 0)
    assert [sound.name for sound in sounds] == list(LENGTHS)
    assert raw == [root / "music" / "notes" / name for name in LENGTHS]
    assert capsys.readouterr().out == "padded with silence: 1 of 7 clips, shorter than 0.51 s\n"
    assert clips.cqt[1, -3:].max() < 0.5 * clips.cqt[0, -3:].max()


def test_phrases_have_the_same_arrays_and_no_group(root):
    parameters = load("small", root)
    _, sounds, _ = read_sounds(parameters, root)
    phrases = phrases_of(parameters, sounds, root)
    assert phrases.paths.tolist() == [f"phrases/A/{label}/000{i}" for label in ("flute", "piano") for i in (0, 1)]
    assert phrases.labels.tolist() == [0, 0, 1, 1]
    assert (set(phrases.groups), set(phrases.sources), set(phrases.collections)) == ({""}, {"a"}, {"A"})
    assert phrases.cqt.shape == (4, 16, 60)
    assert np.isfinite(phrases.mfcc).all()
    assert len(np.unique(phrases.mfcc, axis=0)) == 4


def test_more_phrases_than_fit_into_memory_are_refused(write_parameters, monkeypatch):
    monkeypatch.setattr(memory, "MAX_GB", 2e-5)
    monkeypatch.setattr(memory, "machine_gb", lambda: 0.0)
    parameters = load("small", write_parameters(TEXT, "small"))
    with pytest.raises(ValueError, match="^phrases.per_class=2: would need .*; make fewer, or shorter clips"):
        read_phrases(parameters, [None] * 4, ["flute", "piano"])


def test_the_second_time_all_comes_from_the_cache_and_is_the_same(root, monkeypatch):
    parameters = load("small", root)
    first, sounds, _ = read_sounds(parameters, root)
    phrases = phrases_of(parameters, sounds, root)
    monkeypatch.setattr(transforms, "work", lambda do, tasks, **_: (pytest.fail("made again") for _ in tasks))
    second, sounds, _ = read_sounds(parameters, root)
    for before, after in ((first, second), (phrases, phrases_of(parameters, sounds, root))):
        for name, array in before.to_arrays().items():
            np.testing.assert_array_equal(array, after.to_arrays()[name])


def test_a_changed_sound_or_setting_is_transformed_anew(root, write_parameters, monkeypatch, rng):
    read_sounds(load("small", root), root)
    transformed = []
    transform = transforms.transform
    monkeypatch.setattr(
        transforms, "transform", lambda clips, *others: transformed.append(len(clips)) or transform(clips, *others)
    )
    write_sound(rng.uniform(-1, 1, 2000), root / "music/notes/b/flute/1.wav", RATE_HZ)
    read_sounds(load("small", root), root)
    assert transformed == [1]
    write_parameters(TEXT.replace("octaves = 5", "octaves = 4"), "small")
    read_sounds(load("small", root), root)
    assert transformed == [1, 7]


def test_scattering_is_computed_some_clips_at_once_and_cached(root, write_parameters, monkeypatch):
    calls = []

    def fake(clips, *, sample_rate_hz, kinds):
        calls.append((len(clips), sample_rate_hz, tuple(kinds)))
        return {kind: np.abs(clips[:, : 2 + index]) for index, kind in enumerate(kinds)}

    monkeypatch.setitem(sys.modules, "models.scattering", SimpleNamespace(scattering_features=fake))
    monkeypatch.setattr(sections, "MIN_SCATTERING_RATE_HZ", RATE_HZ)
    monkeypatch.setattr(transforms, "SCATTERED_CLIPS", 4)
    write_parameters(TEXT.replace("kinds = []", 'kinds = ["time", "spiral"]'), "small")
    first, _, _ = read_sounds(load("small", root), root)
    assert calls == [(5, RATE_HZ, ("time", "spiral")), (2, RATE_HZ, ("time", "spiral"))]
    assert (first.time.shape, first.joint.shape, first.spiral.shape) == ((7, 2), (7, 0), (7, 3))
    assert len(np.unique(first.time, axis=0)) == 7
    second, _, _ = read_sounds(load("small", root), root)
    assert len(calls) == 2
    np.testing.assert_array_equal(first.spiral, second.spiral)


def test_a_phrase_is_made_once_for_all_features(root, write_parameters, monkeypatch):
    made = []
    make, fake = save.read_phrase, SimpleNamespace(scattering_features=lambda clips, **_: {"time": clips[:, :2]})
    monkeypatch.setitem(sys.modules, "models.scattering", fake)
    monkeypatch.setattr(sections, "MIN_SCATTERING_RATE_HZ", RATE_HZ)
    monkeypatch.setattr(save, "read_phrase", lambda plan, **how: made.append(plan.phrase.name) or make(plan, **how))
    write_parameters(TEXT.replace("kinds = []", 'kinds = ["time"]'), "small")
    parameters = load("small", root)
    phrases = phrases_of(parameters, read_sounds(parameters, root)[1], root)
    assert made == phrases.paths.tolist()
    assert len(np.unique(phrases.time, axis=0)) == 4


def test_sounds_that_cannot_be_read_are_named_counted_and_left_out(root, capsys):
    (root / "music/notes/a/flute/1.wav").write_bytes(b"RIFF")
    clips, sounds, _ = read_sounds(load("small", root), root)
    assert clips.paths.tolist() == PATHS[1:]
    assert len(sounds) == 4
    out = capsys.readouterr().out
    assert "left out: 1 of 5 sounds, which cannot be read (a/flute/1.wav): " in out


def test_the_same_bytes_under_two_names_are_two_sounds(root):
    first, second = (root / "music/notes/a/flute" / name for name in ("1.wav", "2.wav"))
    second.write_bytes(first.read_bytes())
    clips, _, _ = read_sounds(load("small", root), root)
    np.testing.assert_array_equal(clips.cqt[0], clips.cqt[1])
    assert clips.paths[:2].tolist() == ["a/flute/1.wav", "a/flute/2.wav"]


PIANOS = ("a/piano/1.wav", "b/piano/1.wav")
BAD = {
    "no sound": (LENGTHS, "", "", r"a/flute/1.wav: .*; no sound of flute can be read$"),
    "none of a class": (PIANOS, "", "", r"a/piano/1.wav: .*; no sound of piano can be read$"),
    "octaves": ((), "octaves = 5", "octaves = 9", r"^cqt.octaves=9: .* must be at most 6 with sounds.sample_rate_hz=8"),
}


@pytest.mark.parametrize(("spoiled", "before", "after", "message"), BAD.values(), ids=BAD)
def test_what_cannot_be_used_is_refused_and_nothing_written(root, write_parameters, spoiled, before, after, message):
    for name in spoiled:
        (root / "music/notes" / name).write_text(f"no sound, {name}")
    assert before in TEXT
    write_parameters(TEXT.replace(before, after), "small")
    with pytest.raises(ValueError, match=message) as refused:
        step1_save_instruments.run("small", root=root)
    assert "\n" not in str(refused.value)
    assert not (root / "output" / "small").exists()


def test_notes_that_step_0_has_not_made_name_that_step(root, write_parameters):
    write_parameters(TEXT + '[notes]\nfolder = "notes"\n', "small")
    with pytest.raises(ValueError, match=r"^music/notes: is not what \[notes\] says; run: python -m .*step0_make_inst"):
        step1_save_instruments.run("small", root=root)


def test_the_clip_that_is_drawn_is_the_one_of_median_level():
    clips = small_clips(np.array([3.0, 1.0, 2.0, 9.0]), labels=np.array([0, 0, 0, 1]))
    assert [typical_clip(clips, label) for label in (0, 1)] == [2, 3]


def small_clips(levels, labels):
    """Clips of constant transforms."""
    n = len(levels)
    known = {
        "class_names": np.array([f"class {i}" for i in range(labels.max() + 1)]), "labels": labels,
        "collections": np.full(n, "A"), "cqt": np.tile(levels[:, None, None], (1, 16, 60)).astype(np.float16),
    }  # fmt: skip
    return Clips(**{name: known.get(name, np.zeros((n, 0))) for name in Clips.__dataclass_fields__})


@pytest.mark.slow
@pytest.mark.parametrize(("n_classes", "shape"), [(1, (1, 1)), (2, (1, 2)), (5, (2, 4)), (8, (2, 4))])
def test_the_figure_has_a_panel_for_each_class(n_classes, shape):
    figure = draw_classes(small_clips(np.ones(n_classes), np.arange(n_classes)), 0.032, 55.0, 12)
    assert len(figure.axes) == n_classes
    assert {axes.get_subplotspec().get_gridspec().get_geometry() for axes in figure.axes} == {shape}
    assert (figure.get_supxlabel(), figure.get_supylabel()) == ("time (s)", "frequency (Hz)")
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["100", "200", "500", "1000"]


@pytest.mark.slow
def test_step_1_writes_clips_phrases_and_a_figure(root, capsys):
    path = step1_save_instruments.run("small", root=root)
    parameters = load("small", root)
    clips, phrases = (Clips.from_arrays(results.load(parameters, kind, root)) for kind in ("clips", "phrases"))
    assert path == root / "output/small/clips.npz"
    assert (len(clips.labels), len(phrases.labels)) == (7, 4)
    assert (root / "output/small/figures/clips.png").is_file()
    out = capsys.readouterr().out
    assert "music/notes: 7 clips (A 5, B 2) of 2 classes (flute 3, piano 4)\n" in out
    assert "made of their sounds: 4 clips (A 4) of 2 classes (flute 2, piano 2)\n" in out
    assert out.endswith("wrote output/small/clips.npz\n")
    assert (root / save.CACHE).is_dir()
