"""Reading targets: what is held out, which notes are drawn, and all that can be wrong with the files."""

import numpy as np
import pytest

from pipeline import memory
from pipeline.parameters import load
from save_dataset.sound.files import write_sound
from save_dataset.timbre import targets as module
from save_dataset.timbre.levels import loud_level
from save_dataset.timbre.targets import read_targets

RATE_HZ = 8000
TEXT = """
study = "timbre"
[targets]
folder = "sounds"
files = { reed = "reed/*", bell = "bell.wav" }
max_s = 8.0
holdout_fraction = 0.25
[sources]
folder = "sounds"
[stft]
sample_rate_hz = 8000
window_samples = 512
hop_samples = 128
[runs.same]
method.kind = "identity"
"""
NOTES_S = 0.5, 0.7, 0.9, 1.1, 0.6, 0.8, 1.0, 0.75, 0.85, 0.95, 0.65, 1.05  # 9.85 s


def noise(rng, seconds, level=0.1):
    return rng.uniform(-level, level, round(seconds * RATE_HZ))


@pytest.fixture
def folder(tmp_path, rng, monkeypatch):
    """A reed of notes and a bell that is one recording, whose pitch is not tracked."""
    (tmp_path / "music/sounds/reed").mkdir(parents=True)
    for index, seconds in enumerate(NOTES_S):
        write_sound(noise(rng, seconds), tmp_path / f"music/sounds/reed/{index:02}.wav", RATE_HZ)
    write_sound(noise(rng, 9.0), tmp_path / "music/sounds/bell.wav", RATE_HZ)
    monkeypatch.setattr(module, "find_range", lambda pieces, sample_rate_hz: (100.0 * len(pieces), 1000.0))
    return tmp_path / "music/sounds"


@pytest.fixture
def read(folder, write_parameters):
    """Reads the targets of a parameter file of today."""

    def read(before="", after=""):
        assert before in TEXT
        root = write_parameters(TEXT.replace(before, after), "small")
        return read_targets(load("small", root), root)

    return read


def test_the_end_of_a_recording_is_held_out(read, folder):
    targets, paths = read()
    learned, held_out = (targets.pieces(1, held_out=x) for x in (False, True))
    assert [len(piece) for piece in learned + held_out] == [6 * RATE_HZ, 2 * RATE_HZ]
    assert targets.piece_files[-2:].tolist() == ["bell.wav", "bell.wav"]
    assert paths[-1] == folder / "bell.wav"
    assert (targets.lowest_hz[1], targets.highest_hz[1]) == (100, 1000)


def test_notes_are_drawn_whole_until_there_are_enough_and_the_last_are_held_out(read, folder):
    targets, paths = read()
    of_reed = targets.piece_targets == 0
    seconds = np.diff(targets.piece_ends, prepend=0)[of_reed] / RATE_HZ
    files = targets.piece_files[of_reed].tolist()
    assert seconds.tolist() == pytest.approx([NOTES_S[int(file[5:7])] for file in files])
    assert files != sorted(files)
    assert paths[:-1] == [folder / file for file in files]
    assert 8.0 - max(NOTES_S) < seconds.sum() <= 8.0
    is_held_out = targets.piece_held_out[of_reed]
    assert is_held_out.tolist() == sorted(is_held_out)
    assert 0.25 <= seconds[is_held_out].sum() / seconds.sum() < 0.25 + max(NOTES_S) / seconds.sum()
    assert targets.lowest_hz[0] == 100 * np.count_nonzero(~is_held_out)  # the range is of what is learned from


def test_another_seed_draws_other_notes_and_the_same_one_the_same(read):
    first, again, other = read()[0], read()[0], read("max_s", "seed = 7\nmax_s")[0]
    np.testing.assert_array_equal(first.samples, again.samples)
    assert first.piece_files.tolist() != other.piece_files.tolist()


def test_the_level_is_that_of_loud_frames_in_proportion_to_the_sound(read, folder, rng):
    before = read()[0].levels
    samples = noise(rng, 9.0)
    write_sound(2 * samples, folder / "bell.wav", RATE_HZ)
    np.testing.assert_allclose(read()[0].levels / before, [1, 2], rtol=0.05)
    frames = np.array([[3, 4j], [0, 0]])  # root mean squares sqrt(12.5) and 0
    assert loud_level(frames) == pytest.approx(0.99 * np.sqrt(12.5))


def test_what_is_left_out_and_resampled_is_printed(read, folder, rng, capsys):
    write_sound(noise(rng, 0.05), folder / "reed/short.wav", RATE_HZ)
    (folder / "reed/again.wav").write_bytes((folder / "reed/03.wav").read_bytes())
    write_sound(noise(rng, 20.0), folder / "bell.wav", 16000)
    targets, _ = read("max_s = 8.0", "max_s = 20.0")
    assert np.count_nonzero(targets.piece_targets == 0) == len(NOTES_S)
    assert len(set(targets.piece_files)) == len(NOTES_S) + 1
    assert capsys.readouterr().out.splitlines() == [
        "left out of reed: 1 of 14 files, with the same bytes as others: again.wav",
        "left out of reed: 1 of 13 files, shorter than a window: short.wav",
        "resampled to 8000 Hz: 1 files (bell.wav: 16000)",
    ]


BAD = {
    "no folder": ('folder = "sounds"\nfiles', 'folder = "none"\nfiles', r"^targets.folder='none': there is no folder "),
    "no file": ('"reed/*"', '"red/*"', r"^targets.files.reed='red/\*': finds no sound in .*sounds$"),
    "missing": ('"bell.wav"', '["bell.wav", "b.wav"]', r"^targets.files.bell: not in .*sounds: b.wav$"),
    "leak": ('"bell.wav"', '"reed/0*"', r"/00.wav: is of targets.files.bell and of targets.files.reed: it must be of "),
    "same": ('"bell.wav"', '"copy/*"', r"x.wav: is of targets.files.bell and .*\(as 03.wav, with the same bytes\)"),
    "too short": ('"bell.wav"', '"short.wav"', r"^targets.files.bell: 4.50 s to learn from and 1.50 s held out "),
    "no window": ("0.25", "0.001", r"^targets.files.bell: 7.99 s to learn from and 0.01 s held out .* 0.06 s$"),
    "one note": ('"reed/*"', '["short.wav", "long.wav"]', r"^targets.files.reed: 1 of 2 notes can be used "),
    "silent": ('"bell.wav"', '"rest.wav"', r"rest.wav: the part that is held out is silent: its peak is "),
    "no sound": ('"bell.wav"', '"text.wav"', r"text.wav: cannot be read as sound"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "message"), BAD.values(), ids=BAD)
def test_bad_targets_are_refused_in_one_line(read, folder, rng, before, after, message):
    (folder / "copy").mkdir()
    (folder / "copy/x.wav").write_bytes((folder / "reed/03.wav").read_bytes())
    write_sound(noise(rng, 6.0), folder / "short.wav", RATE_HZ)
    write_sound(noise(rng, 7.0), folder / "long.wav", RATE_HZ)
    rest = [noise(rng, 5.5), 4e-5 * np.ones(3 * RATE_HZ)]
    write_sound(np.concatenate(rest), folder / "rest.wav", RATE_HZ)
    (folder / "text.wav").write_text("no sound")
    with pytest.raises((ValueError, FileNotFoundError), match=message) as refused:
        read(before, after)
    assert "\n" not in str(refused.value)


def test_targets_whose_frames_do_not_fit_into_memory_are_refused(read, folder, monkeypatch):
    monkeypatch.setattr(memory, "MAX_GB", 2e-3)
    monkeypatch.setattr(memory, "machine_gb", lambda: 0.0)
    with pytest.raises(
        ValueError, match=r"^stft.hop_samples=128: would need .*; raise it, or lower targets.max_s or stft"
    ):
        read()
