import warnings
from dataclasses import asdict, replace

import mido
import numpy as np
import pytest

from save_dataset.midi import files
from save_dataset.midi.files import make_midi, read_all, read_midi


def write_midi(path, onsets_s=(0.0, 0.5), bpm=120.0):
    notes = [(100, 36, onset, onset + 0.25) for onset in onsets_s]
    path.parent.mkdir(exist_ok=True, parents=True)
    make_midi(notes, bpm=bpm, name="drums", resolution=480).write(str(path))
    return path


def write_events(path, *tracks, ticks_per_beat=480):
    file = mido.MidiFile(ticks_per_beat=ticks_per_beat)
    file.tracks = [mido.MidiTrack(track) for track in tracks]
    file.save(path)
    return path


def note(pitch, wait, length, channel=0):
    on = mido.Message("note_on", note=pitch, velocity=80, channel=channel, time=wait)
    return [on, mido.Message("note_off", note=pitch, channel=channel, time=length)]


def write_many(folder, n_files):
    return [write_midi(folder / f"{index:02}.mid", onsets_s=(0.0, 0.5 + index / 8)) for index in range(n_files)]


def assert_same(one, other):
    for name, array in asdict(one).items():
        np.testing.assert_array_equal(array, getattr(other, name), err_msg=name)


def test_known_notes(tmp_path):
    notes = read_midi(write_midi(tmp_path / "a.mid", onsets_s=(0.5, 0.0), bpm=60))
    np.testing.assert_allclose([notes.onsets_s, notes.ends_s], [(0, 0.5), (0.25, 0.75)])
    np.testing.assert_array_equal([notes.onsets_beats, notes.ends_beats], [(0, 0.5), (0.25, 0.75)])
    np.testing.assert_array_equal([notes.pitches, notes.velocities, notes.is_drum], [(36, 36), (100, 100), (1, 1)])
    assert (notes.tempo_bpm, notes.n_tempos) == (pytest.approx(60), 1)


@pytest.mark.parametrize("onsets_s", [(0.0, 0.5), ()])
def test_types_and_shapes_also_of_a_file_without_notes(tmp_path, onsets_s):
    notes = asdict(read_midi(write_midi(tmp_path / "a.mid", onsets_s=onsets_s)))
    types = dict.fromkeys(("onsets_s", "ends_s", "onsets_beats", "ends_beats"), float)
    types |= dict.fromkeys(("pitches", "velocities", "tracks"), np.int16) | {"is_drum": bool}
    for name, dtype in types.items():
        assert (notes[name].dtype, notes[name].shape) == (dtype, (len(onsets_s),))
    assert notes["time_signatures"].shape[1] == notes["pedal"].shape[1] == 3


def test_notes_are_sorted_by_onset_then_pitch_over_tracks(tmp_path):
    path = write_events(tmp_path / "a.mid", note(60, 480, 10), note(50, 480, 10), note(70, 0, 10, channel=9))
    notes = read_midi(path)
    np.testing.assert_array_equal(notes.pitches, (70, 50, 60))
    np.testing.assert_array_equal(notes.is_drum, (True, False, False))
    np.testing.assert_array_equal(notes.tracks, (2, 1, 0))


def test_beats_are_exact_ticks_through_changes_of_tempo(tmp_path, rng):
    ticks_per_beat = 96
    waits, tempos_us = rng.integers(1, 200, 40), rng.integers(200_000, 900_000, 40)
    events = [mido.MetaMessage("set_tempo", tempo=t, time=wait) for t, wait in zip(tempos_us, waits, strict=True)]
    gaps = rng.integers(0, 300, 50)
    played = sum((note(60, gap, 7) for gap in gaps), [])
    notes = read_midi(write_events(tmp_path / "a.mid", events, played, ticks_per_beat=ticks_per_beat))
    onsets_ticks = np.cumsum(gaps + 7) - 7
    np.testing.assert_array_equal(notes.onsets_beats, onsets_ticks / ticks_per_beat)
    np.testing.assert_array_equal(notes.ends_beats, (onsets_ticks + 7) / ticks_per_beat)
    assert notes.n_tempos == 41
    assert notes.tempo_bpm == pytest.approx(120)  # before the first event


def test_metres_and_pedal(tmp_path):
    metre = mido.MetaMessage("time_signature", numerator=6, denominator=8)
    pedal = [mido.Message("control_change", control=c, value=v, time=480) for c, v in ((64, 127), (1, 5), (64, 0))]
    notes = read_midi(write_events(tmp_path / "a.mid", [metre], [*pedal, *note(60, 0, 10)]))
    np.testing.assert_allclose(notes.time_signatures, [(6, 8, 0)])
    np.testing.assert_allclose(notes.pedal, [(0.5, 127, 0), (1.5, 0, 0)])
    # on another track it warns nobody
    metre = mido.MetaMessage("time_signature", numerator=3, denominator=4)
    path = write_events(tmp_path / "a.mid", note(60, 0, 10), [metre, *note(62, 0, 10)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read_midi(path).pitches) == 2


@pytest.mark.parametrize("content", [b"", b"no MIDI at all", b"MThd", b"MThd\0\0\0\6\0\1\0\0\1\xe0"])
def test_what_is_no_midi_is_refused(tmp_path, content):
    path = tmp_path / "a.mid"
    with pytest.raises(FileNotFoundError):
        read_midi(path)
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.mid: cannot be read as MIDI: \w"):
        read_midi(path)
    content = bytearray(write_midi(path).read_bytes())
    content[12:14] = b"\xe7\x28"  # times in frames of film, 25 a second
    with pytest.raises(ValueError, match="cannot be read as MIDI"):
        files.parse(bytes(content))


def test_damaged_files_are_read_or_refused_and_nothing_else(tmp_path, rng):
    tempo = mido.MetaMessage("set_tempo", tempo=400_000)
    extras = [mido.MetaMessage("time_signature"), mido.MetaMessage("key_signature", key="Bb"), tempo]
    texts = [mido.MetaMessage("track_name", name="drums"), mido.Message("sysex", data=(1, 2)), *note(38, 5, 9, 9)]
    good = write_events(tmp_path / "good.mid", extras, [*texts, *note(36, 0, 100, 9)]).read_bytes()
    damaged = [good[:length] for length in range(len(good))]
    for _ in range(1500):
        content = bytearray(good)
        for position in rng.integers(0, len(good), rng.integers(1, 4)):
            content[position] = rng.integers(256)
        damaged.append(bytes(content))
    messages = []
    for content in damaged:
        try:
            notes = files.parse(content)
        except ValueError as error:
            messages.append(str(error))
        else:
            assert np.isfinite([notes.onsets_s, notes.ends_s, notes.onsets_beats, notes.ends_beats]).all()
    assert all(message.startswith("cannot be read as MIDI: ") for message in messages)
    assert 300 < len(messages) < len(damaged)


def test_all_in_order_with_the_broken_ones_named_and_what_is_cached_not_parsed_again(tmp_path, monkeypatch):
    paths = write_many(tmp_path / "music", 3)
    known = [read_midi(path) for path in paths[::2]]
    paths[1].write_bytes(b"MThd")
    notes, broken = read_all([*paths, tmp_path / "missing.mid"], tmp_path / "cache")
    assert list(broken) == [tmp_path / "missing.mid", paths[1]]
    assert broken[paths[1]].startswith("cannot be read as MIDI")
    assert notes[1] is notes[3] is None
    monkeypatch.setattr(files, "parse", lambda content: pytest.fail("parsed again"))
    again, _ = read_all(paths[::2], tmp_path / "cache")
    assert_same(notes[0], known[0])
    assert_same(again[0], known[0])
    assert_same(again[1], known[1])


def test_a_cache_of_another_format_is_made_anew(tmp_path, monkeypatch):
    paths = write_many(tmp_path / "music", 1)
    first = read_midi(paths[0])
    with monkeypatch.context() as patch:
        patch.setattr(files, "parse", lambda content: replace(first, tempo_bpm=1.0))
        patch.setattr(files, "FORMAT", 0)
        read_all(paths, tmp_path / "cache")
    [again], _ = read_all(paths, tmp_path / "cache")
    assert_same(first, again)


def test_a_changed_file_is_parsed_anew_and_twins_once(tmp_path):
    paths = [write_midi(tmp_path / name) for name in ("a.mid", "b.mid")]
    read_all(paths, tmp_path / "cache")
    assert len(list((tmp_path / "cache").glob("??/*.npz"))) == 1
    write_midi(paths[0], onsets_s=(0, 1, 2))
    notes, _ = read_all(paths, tmp_path / "cache")
    assert [len(of_file.pitches) for of_file in notes] == [3, 2]


def test_several_processes_give_the_same(tmp_path):
    paths = write_many(tmp_path / "music", files.FEW_FILES + 2)
    paths[4].write_bytes(b"nothing")
    one, broken = read_all(paths, tmp_path / "one", n_processes=1)
    two, broken_too = read_all(paths, tmp_path / "two", n_processes=2)
    assert broken == broken_too
    assert list(broken) == [paths[4]]
    assert one[4] is two[4] is None
    for notes, others in zip(one[:4] + one[5:], two[:4] + two[5:], strict=True):
        assert_same(notes, others)
    assert len(list((tmp_path / "two").glob("??/*.npz"))) == len(paths) - 1
