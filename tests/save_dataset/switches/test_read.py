"""Cutting clips: where they are cut, how many of each file, how loud they are, and all that can be wrong with files."""

import re

import numpy as np
import pytest

import save_dataset.switches.read
from evaluate import step8_draw_switches
from pipeline import results
from pipeline.parameters import load
from save_dataset import step0_make_song, step1_save_switches
from save_dataset.sound.files import read_sound, write_sound
from save_dataset.switches.clips import check_switches
from save_dataset.switches.mel import measure_power, to_db
from save_dataset.switches.read import LEVEL_DB, measure_level_db, name_clips, read_clips
from tests.done_steps import assert_refused, names_in

RATE_HZ, HOP = 8000, 64
CLIP_S = 32 * HOP / RATE_HZ  # 0.256
TEXT = """
study = "switches"
[clips]
folder = "songs"
files = "*.wav"
clips_per_file = 3
[mel]
sample_rate_hz = 8000
window_samples = 256
n_mels = 16
n_frames = 32
[runs.table]
generator.kind = "table"
"""
COMPOSED = '[composition]\nfile = "demo.wav"\nform = "A"\n'


def noise(rng, seconds, level=0.1):
    return rng.uniform(-level, level, round(seconds * RATE_HZ))


@pytest.fixture
def folder(tmp_path, rng):
    """A long and a short recording, of which the long one is softer."""
    folder = tmp_path / "music" / "songs"
    folder.mkdir(parents=True)
    write_sound(noise(rng, 1.0, 0.01), folder / "long.wav", RATE_HZ)
    write_sound(noise(rng, 0.6, 0.3), folder / "short.wav", RATE_HZ)
    return folder


@pytest.fixture
def read(folder, write_parameters):
    """Reads the clips of a parameter file of today."""

    def read(**changes):
        root = write_parameters(changed(**changes), "small")
        return read_clips(load("small", root), root)

    return read


def changed(clips="", mel="", more=""):
    """The parameter file with other lines in its sections."""
    text = TEXT + more
    for section, lines in (("clips", clips), ("mel", mel)):
        for line in filter(None, lines.split("\n")):
            text = re.sub(rf"^{line.split()[0]} = .*\n", "", text, flags=re.MULTILINE)
            text = text.replace(f"[{section}]\n", f"[{section}]\n{line}\n")
    return text


def rising(seconds):
    """A sound whose samples say where they are."""
    return (np.arange(round(seconds * RATE_HZ)) / 2**15).astype(np.float32)


def test_clips_follow_each_other_and_the_rest_that_fills_none_is_left(read, folder):
    clips, paths = read()
    assert paths == [folder / "long.wav", folder / "short.wav"]
    assert clips.files.tolist() == ["long.wav"] * 3 + ["short.wav"] * 2
    assert clips.starts_s == pytest.approx([0, CLIP_S, 2 * CLIP_S, 0, CLIP_S])
    assert clips.names.tolist() == ["long 0:00.00", "long 0:00.26", "long 0:00.51", "short 0:00.00", "short 0:00.26"]
    assert (clips.mels.shape, clips.mels.dtype) == ((5, 32, 16), np.float32)
    assert (clips.mels.min() >= 0, clips.mels.max()) == (True, 1)


@pytest.mark.parametrize(
    ("clips", "starts_s"),
    [
        ("step_s = 0.1", [0, 0.1, 0.2]),
        ("start_s = 0.5\nstep_s = 0.2", [0.5, 0.7]),
        ("clips_per_file = 1\nstart_s = 0.744", [0.744]),
        ("clips_per_file = 1000\nstep_s = 0.5", [0, 0.5]),
    ],
)
def test_clips_are_cut_where_the_parameters_say(write_parameters, folder, clips, starts_s):
    write_sound(rising(1.0), folder / "ramp.wav", RATE_HZ)
    write_sound(rising(1.5), folder / "ramp2.wav", RATE_HZ)
    root = write_parameters(changed(f'files = "ramp*.wav"\n{clips}\nloudness = false'), "small")
    parameters = load("small", root)
    read, _ = read_clips(parameters, root)
    of_first = read.files == "ramp.wav"
    assert read.starts_s[of_first] == pytest.approx(starts_s)
    for start_s, values in zip(starts_s, read.mels[of_first], strict=True):
        samples = rising(1.0)[round(start_s * RATE_HZ) :][: 32 * HOP]
        loudest_db = float(read.loudest_db)
        power_db = np.maximum(10 * np.log10(measure_power(samples, parameters.mel)), loudest_db - 80)
        assert to_db(values, parameters.mel, loudest_db) == pytest.approx(power_db, abs=0.05)


@pytest.mark.parametrize(
    ("max_clips", "numbers"), [(2, [1, 1, 0]), (3, [1, 1, 1]), (5, [2, 2, 1]), (7, [3, 2, 2]), (8, [3, 2, 3])]
)
def test_of_each_file_alike_many_clips_are_used(read, folder, rng, max_clips, numbers):
    write_sound(noise(rng, 1.0), folder / "third.wav", RATE_HZ)
    clips, paths = read(clips=f"max_clips = {max_clips}")
    names = ["long.wav", "short.wav", "third.wav"]
    assert [clips.files.tolist().count(name) for name in names] == numbers
    assert clips.files.tolist() == sorted(clips.files)
    assert [path.name for path in paths] == [name for name, n in zip(names, numbers, strict=True) if n]


def test_no_more_of_a_recording_is_decoded_than_its_clips_need(read, monkeypatch):
    asked = []

    def record(path, *, sample_rate_hz, duration_s):
        asked.append(duration_s)
        return noise(np.random.default_rng(0), duration_s)

    monkeypatch.setattr("save_dataset.switches.read.read_sound", record)
    read(clips="clips_per_file = 1000\nmax_clips = 4\nstart_s = 2")
    assert asked == [pytest.approx(2.1 + 4 * CLIP_S), pytest.approx(2.1 + 3 * CLIP_S)]


def test_all_clips_are_equally_loud_and_their_gains_are_stored(read, folder):
    equal, _ = read(mel='scale = "power"')
    plain, _ = read(clips="loudness = false", mel='scale = "power"')
    assert not plain.gains_db.any()
    assert equal.mels == pytest.approx(plain.mels * 10 ** (equal.gains_db[:, None, None] / 10), rel=1e-4)
    assert np.ptp(equal.gains_db) > 25
    for file, start_s, gain_db in zip(equal.files, equal.starts_s, equal.gains_db, strict=True):
        samples = read_sound(folder / file, sample_rate_hz=RATE_HZ)[round(start_s * RATE_HZ) :][: 32 * HOP]
        assert measure_level_db(samples * 10 ** (gain_db / 20), RATE_HZ) == pytest.approx(LEVEL_DB, abs=0.1)


@pytest.mark.parametrize(("frequency_hz", "weight_db"), [(1000, 0), (100, -19.1), (3150, 1.2)])
def test_the_level_of_a_sine_is_its_rms_with_the_weight_of_the_standard(frequency_hz, weight_db):
    sine = 0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(RATE_HZ) / RATE_HZ)
    level_db = measure_level_db(sine, RATE_HZ)
    assert level_db == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)) + weight_db, abs=0.1)
    gain = 10 ** ((LEVEL_DB - level_db) / 20)
    assert measure_level_db(gain * sine, RATE_HZ) == pytest.approx(LEVEL_DB, abs=0.01)


def test_what_a_pattern_finds_and_cannot_be_used_is_left_out_and_named(read, folder, rng, capsys):
    (folder / "text.wav").write_text("no sound")
    (folder / "notes.txt").write_text("no ending of sound")
    write_sound(noise(rng, 0.2), folder / "tiny.wav", RATE_HZ)
    write_sound(np.zeros(RATE_HZ), folder / "zeros.wav", RATE_HZ)
    half = np.concatenate([noise(rng, CLIP_S), noise(rng, CLIP_S, 1e-4), noise(rng, CLIP_S)])
    write_sound(half, folder / "half.wav", RATE_HZ)
    clips, paths = read(clips='files = "*"')
    assert [path.name for path in paths] == ["half.wav", "long.wav", "short.wav"]
    assert clips.starts_s[clips.files == "half.wav"] == pytest.approx([0, 2 * CLIP_S])
    printed = capsys.readouterr().out
    assert printed.count("left out: ") == 4
    for words in (
        "/text.wav: cannot be read as sound",
        "/tiny.wav: lasts 0.20 s: must be at least 0.26 s\n",
        "/zeros.wav: is silent: ",
        "/half.wav from 0.26 s on: is silent: its level is ",
    ):
        assert words in printed


BAD = [
    ('files = ["long.wav", "text.wav"]', ValueError, r"text.wav: cannot be read as sound \(.*\)$"),
    ('files = ["long.wav", "tiny.wav"]', ValueError, r"tiny.wav: lasts 0.20 s: must be at least 0.26 s$"),
    ('files = ["long.wav"]\nstart_s = 0.9', ValueError, r"long.wav: lasts 1.00 s: must be at least 1.16 s$"),
    ('files = ["long.wav", "zeros.wav"]', ValueError, r"zeros.wav: is silent: every sample is 0$"),
    ('files = ["long.wav", "a.wav", "b.wav"]', FileNotFoundError, r"^clips.files: not in .*songs: a.wav, b.wav$"),
    ('folder = "none"', FileNotFoundError, r"^clips.folder='none': there is no folder .*none$"),
    ('files = "*.mp3"', ValueError, r"^clips.files='\*.mp3': finds no sound in .*songs$"),
    (
        'files = "long.wav"\nclips_per_file = 1',
        ValueError,
        r"^clips.files='long.wav': finds 1 clips of 0.26 s, must find at least 2; "
        "add files, raise clips.clips_per_file, or lower clips.step_s or mel.n_frames$",
    ),
    ('files = "t*.wav"', ValueError, r"^clips.files='t\*.wav': finds 0 clips"),
]


@pytest.mark.parametrize(("clips", "error", "message"), BAD)
def test_bad_input_is_refused_in_one_line_and_nothing_is_written(write_parameters, folder, rng, clips, error, message):
    (folder / "text.wav").write_text("no sound")
    write_sound(noise(rng, 0.2), folder / "tiny.wav", RATE_HZ)
    write_sound(np.zeros(RATE_HZ), folder / "zeros.wav", RATE_HZ)
    root = write_parameters(changed(clips), "small")
    assert_refused(root, message, step1_save_switches, error=error)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("[generate.settings]\nboth = {1 = 0.5, 6 = 0.5}", "generate.settings.both: there is no switch 6"),
        ("[generate.paths]\nway = [5, 9]", "generate.paths.way: there is no switch 9"),
        ("[figures]\nclip = 7", "figures.clip: there is no switch 7"),
    ],
)
def test_a_switch_that_does_not_exist_is_refused(write_parameters, folder, more, message):
    root = write_parameters(changed(more=more), "small")
    assert_refused(root, f"^{message}: must be 1 to 5, the number of clips$", step1_save_switches)


@pytest.mark.parametrize("numbers", [[], [1, 3], ["1", "3"]])
def test_switches_that_exist_are_accepted(numbers):
    check_switches(numbers, 3, "key")


def test_switches_are_counted_from_one():
    with pytest.raises(ValueError, match=r"^key: there is no switch 0: must be 1 to 3"):
        check_switches([0], 3, "key")


@pytest.mark.parametrize(
    ("files", "starts_s", "names"),
    [
        (["a.wav", "a.wav"], [0, 59.97], ["a 0:00", "a 1:00"]),
        (["a.wav", "a.wav"], [0.5, 1.5], ["a 0:00", "a 0:02"]),
        (["a.wav", "a.wav"], [1.5, 2.5], ["a 0:01.50", "a 0:02.50"]),  # both are rounded to 2
        (["a.wav", "a.wav"], [61, 61.001], ["a 1:01.0000", "a 1:01.0010"]),
        (["x/a.wav", "y/a.wav"], [3, 3], ["x/a.wav 0:03", "y/a.wav 0:03"]),
        (["x/a.wav", "y/b.wav"], [3, 3], ["a 0:03", "b 0:03"]),
    ],
)
def test_names_are_short_and_unique(files, starts_s, names):
    assert name_clips(files, starts_s) == names


EMPTY = (
    "mel.n_mels=128: 20 bands are empty: lower it, or raise mel.window_samples\n"  # measured before this was written
)


@pytest.mark.parametrize(("n_mels", "printed"), [(16, ""), (128, EMPTY)])
def test_bands_that_are_always_empty_are_printed(read, capsys, recwarn, n_mels, printed):
    read(mel=f"sample_rate_hz = 22050\nn_mels = {n_mels}")
    assert capsys.readouterr().out == printed
    assert not recwarn.list


@pytest.mark.slow
def test_the_step_writes_clips_and_figure_and_refuses_a_demo_of_another_composition(write_parameters, capsys):
    text = changed('folder = "."\nfiles = "demo.wav"\nclips_per_file = 2')
    root = write_parameters(text + COMPOSED, "small")
    (root / "music").mkdir()
    refused = "demo.wav: is not what .composition. says; run: python -m save_dataset.step0_make_song small$"
    assert_refused(root, refused, step1_save_switches)
    step0_make_song.run("small", root)
    step1_save_switches.run("small", root)
    assert "\n1 recordings, 2 clips of 0.26 s\n" in capsys.readouterr().out
    assert results.is_fresh(load("small", root), "clips", root)
    assert names_in(root / "output" / "small" / "figures") == {"clips.png", "clips.pdf"}
    write_parameters(text + COMPOSED + "[figures]\nclip = 3\n", "small")
    assert_refused(root, "^figures.clip: there is no switch 3: must be 1 to 2, ", step8_draw_switches)
    write_parameters(text + COMPOSED.replace('"A"', '"B"'), "small")
    assert_refused(root, refused, step1_save_switches)


def test_more_clips_than_memory_are_refused(read, monkeypatch):
    monkeypatch.setattr(save_dataset.switches.read, "BYTES", 1e9)
    with pytest.raises(ValueError, match="^clips.max_clips=512: would need 1536.0 GB of memory, .*; take fewer$"):
        read()
