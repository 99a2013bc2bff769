import pytest

from pipeline.parameters import load

TEXT = """
study = "instruments"
[sounds]
folder = "sounds"
[figures]
compare = [{compare}]
confusion = [{confusion}]
[runs.net]
[runs.wide]
split.test = ["C", "B"]
[runs.same]
split.test = ["B", "C"]
"""


def load_with(write_parameters, compare="", confusion=""):
    return load("small", write_parameters(TEXT.format(compare=compare, confusion=confusion), "small"))


def test_runs_of_the_same_test_set_are_compared(write_parameters):
    parameters = load_with(write_parameters, '["wide", "same"]', '"net"')
    assert parameters.figures.compare == (("wide", "same"),)
    assert [run.run for run in parameters.for_runs()] == ["net", "wide", "same"]


@pytest.mark.parametrize(
    ("compare", "confusion", "message"),
    [
        ('["net", "nets"]', "", "figures.compare: 'nets' is not a run; runs are net, wide, same"),
        ("", '"broad"', "figures.confusion: 'broad' is not a run; runs are net, wide, same"),
        ('["wide", "same"], ["net", "wide"]', "", "figures.compare: net and wide have a different split.test"),
    ],
)
def test_what_is_no_run_or_tests_on_other_clips_is_an_error(write_parameters, compare, confusion, message):
    with pytest.raises(ValueError, match=f"^parameters/small.toml: {message}$"):
        load_with(write_parameters, compare, confusion)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ("split = 3", "runs.odd.split=3: must be an object"),
        ("split.test = 3", "runs.odd.split.test=3: must be a valid array"),
        ("classifier = 3", "runs.odd.classifier=3: must be an object"),
    ],
)
def test_what_other_runs_look_at_in_a_run_may_be_wrong_too(write_parameters, changes, message):
    text = TEXT.format(compare='["net", "odd"]', confusion="") + '[runs.mean]\nclassifier.average = ["net"]\n'
    with pytest.raises(ValueError, match=f"^parameters/small.toml: {message}$"):
        load("small", write_parameters(f"{text}[runs.odd]\n{changes}\n", "small"))


NAMED = 'collections = { X = ["a"], Y = ["b"] }\n'
SPLIT = 'split = { train = ["X"], test = ["Y"] }\n'
LINEAR = 'classifier.features = "mfcc"\n'
REFUSED = {
    "frames": (
        "clip_frames = 48", "",
        "runs.net: sounds.clip_frames=48: must be at least 49 for a network; make clips longer, or .*features",
    ),
    "octaves": (
        "[cqt]\noctaves = 4", 'classifier.branches = ["2d", "spiral"]',
        "runs.net: cqt.octaves=4: must be at least 5 for the branch 'spiral'; choose more, or .*branches",
    ),
    "rate": (
        "sample_rate_hz = 14079", LINEAR,
        r"sounds.sample_rate_hz=14079: must be at least 14080 for scattering; raise it, or set scattering.kinds = \[\]",
    ),
    "train": (NAMED, 'split.test = ["Y"]', "runs.net: split.train='A': is none of sounds.collections; there are X, Y"),
    "test": (NAMED, 'split.train = ["X"]', "runs.net: split.test='B': is none of sounds.collections; there are X, Y"),
    "phrases": (NAMED + '[phrases]\ncollections = ["X", "Z"]', SPLIT, "phrases.collections='Z': is none of .*"),
    "no collection": ("[phrases]\nper_class = 1", "", "phrases: collections must name what phrases are made of, .*"),
    "classes": ('classes = ["a", "b", "a"]', "", "sounds.classes: 'a' is in it twice"),
    "branches": ("", 'classifier.branches = ["2d", "2d"]', "runs.net.classifier.branches: '2d' is in it twice"),
    "clips": ("max_clips = 1001", "", "sounds.max_clips=1001: must be less than or equal to 1000"),
    "per_class": ("[phrases]\nper_class = 10001", "", "phrases.per_class=10001: must be less than or equal to 10000"),
}  # fmt: skip
ALLOWED = {
    "short clips of linear machines": ("clip_frames = 16", LINEAR),
    "few octaves of others": ("[cqt]\noctaves = 4", 'classifier.branches = ["2d", "1d"]'),
    "as few as can be": ("clip_frames = 49\n[cqt]\noctaves = 5", 'classifier.branches = ["spiral"]'),
    "named collections": (NAMED + '[phrases]\ncollections = ["X"]', SPLIT),
    "unnamed collections": ("", 'split.train = ["Z"]'),
}


def load_small(write_parameters, sounds, run):
    text = f'study = "instruments"\n[sounds]\nfolder = "sounds"\n{sounds}\n[runs.net]\n{run}\n'
    return load("small", write_parameters(text, "small"))


@pytest.mark.parametrize(("sounds", "run", "message"), REFUSED.values(), ids=REFUSED)
def test_what_no_step_could_use_is_refused_at_once(write_parameters, sounds, run, message):
    with pytest.raises(ValueError, match=f"^parameters/small.toml: {message}$"):
        load_small(write_parameters, sounds, run)


@pytest.mark.parametrize(("sounds", "run"), ALLOWED.values(), ids=ALLOWED)
def test_what_runs_can_use_is_not(write_parameters, sounds, run):
    assert load_small(write_parameters, sounds, run).for_run("net").run == "net"
