import numpy as np
import pretty_midi
import pytest
import soundfile

from embed.dictionary.render import to_midi_of, to_sound, write_music
from pipeline.studies import drums, piano
from save_dataset.midi import above_bass, event_tokens

DRUMS = drums.Parameters(
    name="x", study="drums", collection={"folder": "x"}, rendering={"sample_rate_hz": 8000}, runs={"A": {}}
)


def piano_parameters(**roll):
    return piano.Parameters(name="x", study="piano", collection={"folder": "x"}, roll=roll, runs={"A": {}})


def with_sound_font(sound_font):
    return DRUMS.model_copy(update={"rendering": DRUMS.rendering.model_copy(update={"sound_font": sound_font})})


BEAT = np.zeros((16, 27))  # a kick at step 0, a snare at step 4, of four beats
BEAT[0, [0, 9]] = 1, 1
BEAT[4, [1, 10]] = 0.7, 64 / 127


def notes_of(midi):
    return [(note.pitch, note.velocity, note.start) for part in midi.instruments for note in part.notes]


def test_drums_are_strokes_at_their_steps_above_the_threshold():
    midi = to_midi_of(BEAT, DRUMS, bpm=120)
    assert notes_of(midi) == [(36, 127, 0.0), (38, 64, pytest.approx(0.5, abs=1e-3))]
    assert [part.is_drum for part in midi.instruments] == [True]
    assert notes_of(to_midi_of(BEAT, DRUMS, bpm=120, threshold=0.8)) == [(36, 127, 0.0)]
    assert notes_of(to_midi_of(-BEAT, DRUMS, bpm=120)) == []


def test_keys_are_notes_that_last_and_steps_in_seconds_have_their_own_tempo():
    roll = np.zeros((8, 176))
    roll[2, 39], roll[2:6, 88 + 39] = 1, 1
    (note,) = to_midi_of(roll, piano_parameters(), bpm=60).instruments[0].notes
    assert (note.pitch, note.start, note.end) == pytest.approx((60, 0.5, 1.5), abs=2e-3)
    onsets = roll[:, :88]
    (note,) = to_midi_of(onsets, piano_parameters(kind="onsets", step_s=0.05), bpm=60).instruments[0].notes
    assert note.start == pytest.approx(0.1, abs=2e-3)


def test_what_is_seen_from_the_bass_is_rendered_as_keys():
    roll = np.zeros((8, 176), np.float32)
    for first, end, key in ((0, 4, 39), (2, 4, 46), (4, 8, 41)):
        roll[first, key], roll[first:end, 88 + key] = 1, 1
    midi = to_midi_of(0.8 * above_bass.from_roll(roll), piano_parameters(kind="above_bass"), bpm=60)
    assert notes_of(midi) == notes_of(to_midi_of(roll, piano_parameters(), bpm=60))
    assert [(pitch, start) for pitch, _, start in notes_of(midi)] == [(60, 0), (67, 0.5), (62, 1)]


def test_tokens_are_the_notes_they_say():
    tokens = np.array([356 + 16, 60, 255 + 50, 64, 255 + 50, 128 + 60, 128 + 64])
    numbers = event_tokens.to_numbers(tokens)[:, None] + 0.004  # less than half a token off
    midi = to_midi_of(numbers, piano_parameters(kind="tokens"), bpm=60)
    assert [(pitch, start) for pitch, _, start in notes_of(midi)] == [(60, 0.0), (64, 0.5)]


def test_music_is_written_as_midi_and_sound(tmp_path):
    paths = write_music(BEAT, DRUMS, tmp_path / "beat.v1", bpm=120)
    assert paths == [tmp_path / "beat.v1.mid", tmp_path / "beat.v1.wav"]
    assert [pitch for pitch, *_ in notes_of(pretty_midi.PrettyMIDI(str(paths[0])))] == [36, 38]
    samples, rate_hz = soundfile.read(paths[1])
    assert rate_hz == 8000
    assert np.abs(samples).max() == pytest.approx(0.9, abs=1e-3)
    assert write_music(np.zeros((16, 27)), DRUMS, tmp_path / "beat.v1", bpm=120) == paths[:1]  # there is no note
    assert list(tmp_path.iterdir()) == paths[:1]


def test_a_sound_font_is_played_by_fluidsynth_if_both_exist(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match=r"rendering.sound_font=no.sf2: no such file in music/"):
        write_music(BEAT, with_sound_font("no.sf2"), tmp_path / "beat", bpm=120, root=tmp_path)
    sound_font, asked = tmp_path / "music" / "a.sf2", {}
    sound_font.parent.mkdir()
    sound_font.touch()
    midi, parameters = to_midi_of(BEAT, DRUMS, bpm=120), with_sound_font("a.sf2")
    with monkeypatch.context() as patch:
        patch.setattr(pretty_midi.fluidsynth, "_HAS_FLUIDSYNTH", False)
        with pytest.raises(ValueError, match=r"rendering.sound_font=a.sf2: FluidSynth is not installed; leave it out"):
            to_sound(midi, parameters, tmp_path)

    def play(midi, **given):
        asked.update(given)
        return np.array([0.0, 1.0, -0.5])

    monkeypatch.setattr(pretty_midi.PrettyMIDI, "fluidsynth", play)
    assert to_sound(midi, parameters, tmp_path) == pytest.approx([0, 0.9, -0.45])
    assert asked == {"fs": 8000, "synthesizer": str(sound_font)}
