"""Reading sources: recordings as they are, MIDI rendered with known notes, and all that can be wrong with the files."""

import numpy as np
import pretty_midi
import pytest

from pipeline import memory
from pipeline.parameters import load
from save_dataset.sound.files import write_sound
from save_dataset.timbre import sources as module
from save_dataset.timbre.sources import read_sources
from tests.save_dataset.timbre.test_targets import RATE_HZ, TEXT, noise
from tests.small_midi import write_midi

SECTION = '[sources]\nfolder = "sounds"\n'
NOTES = [(2, 1, 60), (2, 2, 64), (4, 1, 72), (5, 4, 55)]  # onset, length and pitch, in beats of half a second


@pytest.fixture
def folder(tmp_path, rng, monkeypatch):
    """The folder of sounds, whose pitch is not tracked."""
    (tmp_path / "music/sounds").mkdir(parents=True)
    write_sound(noise(rng, 1.5), tmp_path / "music/sounds/voice.flac", RATE_HZ)
    write_midi(tmp_path / "music/sounds/Tune.mid", NOTES)
    monkeypatch.setattr(module, "find_range", lambda pieces, sample_rate_hz: (100.0, 200.0))
    return tmp_path / "music/sounds"


@pytest.fixture
def read(folder, write_parameters):
    """Reads the sources with more said in their section."""

    def read(more=""):
        root = write_parameters(TEXT.replace(SECTION, SECTION + more + "\n"), "small")
        return read_sources(load("small", root), root)

    return read


def test_recordings_and_notes_are_stored_one_after_the_other(read, folder):
    sources, paths = read()
    assert paths == [folder / "Tune.mid", folder / "voice.flac"]
    assert sources.names.tolist() == ["Tune", "voice"]
    assert np.diff(sources.ends, prepend=0).tolist() == [(3.5 + 0.5) * RATE_HZ, 1.5 * RATE_HZ]
    assert sources.note_sources.tolist() == [0] * 4
    assert sources.note_starts_s.tolist() == [0, 0, 1, 1.5]
    assert sources.note_ends_s.tolist() == [0.5, 1, 1.5, 3.5]
    assert sources.note_pitches.tolist() == [60, 64, 72, 55]
    np.testing.assert_allclose(sources.lowest_hz, [pretty_midi.note_number_to_hz(55), 100])
    np.testing.assert_allclose(sources.highest_hz, [pretty_midi.note_number_to_hz(72), 200])


def test_notes_sound_at_their_pitch_where_they_stand(read):
    sources, _ = read()
    spectrum = np.abs(np.fft.rfft(sources.sound(0)[round(2.5 * RATE_HZ) :][:RATE_HZ]))
    assert abs(spectrum.argmax() - pretty_midi.note_number_to_hz(55)) < 1


def test_only_the_first_notes_and_seconds_are_used_without_drums(read, folder):
    midi = pretty_midi.PrettyMIDI(str(write_midi(folder / "Tune.mid", NOTES)))
    midi.instruments.append(pretty_midi.Instrument(0, is_drum=True))
    midi.instruments[1].notes.append(pretty_midi.Note(100, 38, 0.0, 0.1))
    midi.write(str(folder / "Tune.mid"))
    assert read("max_notes = 3")[0].note_pitches.tolist() == [60, 64, 72]
    sources, _ = read("max_s = 1.25")
    assert sources.note_ends_s.tolist() == [0.5, 1, 1.25]
    assert np.diff(sources.ends, prepend=0).tolist() == [1.75 * RATE_HZ, 1.25 * RATE_HZ]


BAD = {
    "none": ('files = "*.mp3"', r"^sources.files='\*.mp3': finds neither sound nor MIDI in "),
    "two of a name": (
        'files = "*.*"',
        r"/tune.wav: results are named after sources, and Tune.mid has this name: renam",
    ),
    "drums": ('files = "drums.mid"', r"drums.mid: contains no notes, other than of drums$"),
    "too high": ('files = "high.mid"', r"high.mid: .*none of the notes sounds$"),
    "broken MIDI": ('files = "text.mid"', r"text.mid: cannot be read as MIDI"),
    "short": ('files = "short.wav"', r"short.wav: 400 samples: must be at least 512, a window$"),
    "silent": ('files = "rest.wav"', r"rest.wav: the part that is used is silent: its peak is 6e-05, below 0.0001$"),
}


@pytest.mark.parametrize(("more", "message"), BAD.values(), ids=BAD)
def test_bad_sources_are_refused_in_one_line(read, folder, rng, more, message):
    write_sound(noise(rng, 1.0), folder / "tune.wav", RATE_HZ)
    write_midi(folder / "drums.mid", NOTES, is_drum=True)
    write_midi(folder / "high.mid", [(0, 1, 127)])
    (folder / "text.mid").write_text("no MIDI")
    write_sound(noise(rng, 0.05), folder / "short.wav", RATE_HZ)
    write_sound(noise(rng, 1.0, level=6e-5), folder / "rest.wav", RATE_HZ)
    with pytest.raises(ValueError, match=message) as refused:
        read(more)
    assert "\n" not in str(refused.value)


def test_sources_whose_frames_do_not_fit_into_memory_are_refused(read, monkeypatch):
    monkeypatch.setattr(memory, "MAX_GB", 2e-3)
    monkeypatch.setattr(memory, "machine_gb", lambda: 0.0)
    with pytest.raises(
        ValueError, match=r"^stft.hop_samples=128: would need .*; raise it, or lower sources.max_s or stft"
    ):
        read()
