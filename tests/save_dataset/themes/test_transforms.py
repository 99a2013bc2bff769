import mido
import numpy as np
import pytest
import soundfile

from pipeline.sections.recordings import CQT
from save_dataset.midi.files import make_midi
from save_dataset.sound.cqt import constant_q
from save_dataset.sound.files import read_sound, write_sound
from save_dataset.themes import transforms
from save_dataset.themes.transforms import LEAD_IN_FRAME_S, find_lead_in, read_samples, transform_files

RATE_HZ = 8000
CONFIG = CQT(sample_rate_hz=RATE_HZ, hop_samples=512, n_bins=24, bins_per_octave=12).model_dump()


@pytest.fixture
def sounds(tmp_path, rng):
    """Three sounds of two seconds, the second after half a second of silence."""
    paths = [tmp_path / f"sound_{index}.wav" for index in range(3)]
    for index, path in enumerate(paths):
        samples = 0.2 * rng.standard_normal(2 * RATE_HZ)
        samples[: RATE_HZ // 2] *= index != 1
        write_sound(samples, path, RATE_HZ)
    return paths


@pytest.fixture
def calls(monkeypatch):
    """The number of transforms that were computed."""
    made = []
    monkeypatch.setattr(transforms, "constant_q", lambda *args, **kwargs: made.append(1) or constant_q(*args, **kwargs))
    return made


def test_a_file_is_transformed_once_whatever_its_name(sounds, tmp_path, calls):
    first = transform_files(sounds, tmp_path / "cache", CONFIG)
    for path, sound in zip(sounds, first, strict=True):
        np.testing.assert_array_equal(sound.frames, constant_q(read_sound(path, sample_rate_hz=RATE_HZ), **CONFIG))
        assert (sound.lead_in_s, sound.duration_s) == (0.5 if path == sounds[1] else 0, 2)
    renamed = sounds[0].rename(tmp_path / "renamed.wav")
    again = transform_files([sounds[1], renamed], tmp_path / "cache", CONFIG)
    assert len(calls) == 3
    np.testing.assert_array_equal(again[1].frames, first[0].frames)
    assert (again[0].lead_in_s, again[0].duration_s) == (0.5, 2)


def test_another_content_or_transform_is_made_anew(sounds, tmp_path, calls):
    cache = tmp_path / "cache"
    transform_files(sounds[:1], cache, CONFIG)
    transform_files(sounds[:1], cache, CONFIG | {"scale": "log"})
    transform_files(sounds[:1], cache, CONFIG, max_s=1.0)
    sounds[0].write_bytes(sounds[1].read_bytes())
    assert transform_files(sounds[:1], cache, CONFIG)[0].lead_in_s == 0.5
    assert len(calls) == 4


def test_a_long_sound_is_cut_to_its_middle(sounds, tmp_path):
    (sound,) = transform_files(sounds[:1], tmp_path / "cache", CONFIG, max_s=1.0)
    samples = read_sound(sounds[0], sample_rate_hz=RATE_HZ)[RATE_HZ // 2 : -RATE_HZ // 2]
    assert sound.duration_s == 1
    np.testing.assert_array_equal(sound.frames, constant_q(samples, **CONFIG))


def test_one_channel_is_transformed(sounds, tmp_path):
    alone = [read_sound(path, sample_rate_hz=RATE_HZ) for path in sounds[:2]]
    both = tmp_path / "both.wav"
    soundfile.write(both, np.stack(alone, axis=1), RATE_HZ)
    for channel, samples in enumerate(alone, 1):
        (sound,) = transform_files([both], tmp_path / "cache", CONFIG, channel=channel)
        np.testing.assert_array_equal(sound.frames, constant_q(samples, **CONFIG))


def test_midi_is_rendered(tmp_path):
    make_midi([(90, 60, 1.0, 2.0)], bpm=120).write(str(tmp_path / "note.mid"))
    (sound,) = transform_files([tmp_path / "note.mid"], tmp_path / "cache", CONFIG | {"min_frequency_hz": 130.8})
    assert sound.lead_in_s == pytest.approx(1, abs=0.02)
    assert (sound.frames[18:28].argmax(axis=1) == 12).all()


def test_midi_is_rendered_as_it_is_mended(tmp_path):
    tempo = mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(60))
    held = [mido.Message("note_on", note=60), mido.MetaMessage("text", time=960)]
    midi = mido.MidiFile(ticks_per_beat=480, tracks=[mido.MidiTrack(), mido.MidiTrack([tempo, *held])])
    midi.save(tmp_path / "note.mid")
    assert len(read_samples(tmp_path / "note.mid", RATE_HZ)) == 2.5 * RATE_HZ


@pytest.mark.slow
def test_several_processes_give_the_same(sounds, tmp_path, monkeypatch):
    monkeypatch.setattr(transforms, "FEW_FILES", 0)
    together = transform_files(sounds, tmp_path / "together", CONFIG, n_processes=2)
    alone = transform_files(sounds, tmp_path / "alone", CONFIG, n_processes=1)
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_array_equal(one.frames, other.frames)
    assert len(list((tmp_path / "together").glob("*/*.npz"))) == 3


def test_files_that_cannot_be_transformed_are_named(tmp_path, rng):
    write_sound(0.1 * rng.standard_normal(500), tmp_path / "short.wav", RATE_HZ)
    write_sound(np.zeros(RATE_HZ), tmp_path / "silent.wav", RATE_HZ)
    (tmp_path / "text.mp3").write_text("no sound")
    (tmp_path / "text.mid").write_text("no notes")
    make_midi([], bpm=120).write(str(tmp_path / "empty.mid"))
    wrong = {
        "short.wav": "is 0.062 s long: must be at least cqt.hop_samples=512",
        "silent.wav": "is silent",
        "text.mp3": "cannot be read as sound",
        "text.mid": "cannot be read as MIDI",
        "empty.mid": "contains no notes",
    }
    for name, message in wrong.items():
        with pytest.raises(ValueError, match=f"{name}: {message}"):
            transform_files([tmp_path / name], tmp_path / "cache", CONFIG)


@pytest.mark.parametrize(("lead_in_s", "rate_hz"), [(0.0, 8000), (0.3, 22050), (1.25, 8000), (1.25, 22050)])
def test_silence_before_a_tone_is_found(lead_in_s, rate_hz, rng):
    tone = np.sin(2 * np.pi * 440 * np.arange(rate_hz) / rate_hz)
    samples = np.concatenate([np.zeros(round(lead_in_s * rate_hz)), tone])
    samples += 0.001 * rng.standard_normal(len(samples))
    assert find_lead_in(samples, rate_hz) == pytest.approx(lead_in_s, abs=LEAD_IN_FRAME_S)


def test_a_quiet_beginning_is_no_silence():
    samples = np.concatenate([np.zeros(4000), np.full(4000, 0.1), np.full(4000, 1.0)])
    assert find_lead_in(samples, 8000) == pytest.approx(0.5, abs=LEAD_IN_FRAME_S)
    assert find_lead_in(np.zeros(1000), 8000) == 0


def test_more_frames_than_memory_are_refused_before_they_are_made(sounds, tmp_path, calls, monkeypatch):
    monkeypatch.setattr(transforms, "BYTES", 1e9)
    with pytest.raises(
        ValueError, match=r"sound_0.wav: cqt.hop_samples=512: would need 750.0 GB of memory, .* raise it, or"
    ):
        transform_files(sounds[:1], tmp_path / "cache", CONFIG)
    assert not calls
