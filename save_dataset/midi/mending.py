"""MIDI files brought into the order that pretty_midi reads: no note, tempo or metre is lost.

pretty_midi takes tempo, metre and key from the first track only, and drops a note that nothing ends in its track, or
that ends at the tick of its onset. So the first track gets the tempos, metres and keys of all; an open note ends with
its track; and a note without length gets the shortest there is, a tick. As in pretty_midi a note-off ends all notes of
its channel and pitch that began before it.
"""

from collections import defaultdict

import mido

from save_dataset.midi.events import Event, Track, read_events

OF_ALL_TRACKS = ("set_tempo", "time_signature", "key_signature")
NO_LENGTH, OPEN = "mended: {n} note{s} of length 0", "mended: {n} note{s} held to the end"
Key = tuple[int, int]  # channel and pitch


def read_mended(content: bytes) -> tuple[mido.MidiFile, list[str]]:
    """Return a MIDI file in order; and a remark on each note that was mended and each event that was left out.

    Of n equal remarks `save_dataset.midi.reading.print_mended` makes a sentence. ValueError says what is broken.
    """
    ticks_per_beat, tracks, remarks = read_events(content)
    midi = mido.MidiFile(type=int(len(tracks) > 1), ticks_per_beat=ticks_per_beat)
    for track in _gather(tracks):
        mended, of_track = _mend_notes(track)
        remarks += of_track
        midi.tracks.append(_to_waits(mended))
    return midi, remarks


def _gather(tracks: list[Track]) -> list[Track]:
    """Return the tracks with tempos, metres and keys of all on the first, in order of time."""
    moved = [event for track in tracks[1:] for event in track if event[1].type in OF_ALL_TRACKS]
    rest = [[event for event in track if event[1].type not in OF_ALL_TRACKS] for track in tracks[1:]]
    return [_in_order(tracks[0] + moved), *rest]


class _Keys:
    """The notes of a track: which sound, and what its events become."""

    def __init__(self) -> None:
        self.events: Track = []
        self.moved: Track = []  # note-offs a tick later than they were
        self.remarks: list[str] = []
        self._onsets: dict[Key, list[int]] = defaultdict(list)  # of the notes that sound
        self._ended: dict[Key, Event] = {}  # at the tick of their only onset: what follows says whether it is the end

    def press(self, tick: int, message: mido.Message) -> None:
        """Add a note-on; one with an end before it, at the same tick, is the same note, as of two voices in unison."""
        key = self._key_at(tick, message)
        if key in self._ended:
            self.events.append(self._ended.pop(key))
            del self._onsets[key]
        self._onsets[key].append(tick)
        self.events.append((tick, message))

    def release(self, tick: int, message: mido.Message) -> None:
        """Add a note-off; it ends what began before it, what begins at its tick sounds on."""
        key = self._key_at(tick, message)
        if set(self._onsets[key]) == {tick}:
            self._ended[key] = tick, message
            return
        self._onsets[key] = [onset for onset in self._onsets[key] if onset == tick]
        self.events.append((tick, message))

    def close(self, end: int) -> Track:
        """Return the events, with ends of all notes."""
        for key in list(self._ended):
            self._lengthen(key)
        for (channel, pitch), onsets in self._onsets.items():
            if onsets:
                off = mido.Message("note_off", channel=channel, note=pitch)
                self.events.append((max(end, max(onsets) + 1), off))
                self.remarks += [OPEN] * len(onsets)
        return _in_order([*self.moved, *self.events])

    def _key_at(self, tick: int, message: mido.Message) -> Key:
        """Return the key of a message; what ended on it at an earlier tick has had no length."""
        key = message.channel, message.note
        if key in self._ended and self._ended[key][0] < tick:
            self._lengthen(key)
        return key

    def _lengthen(self, key: Key) -> None:
        tick, message = self._ended.pop(key)
        self.moved.append((tick + 1, message))
        self.remarks += [NO_LENGTH] * len(self._onsets.pop(key))


def _mend_notes(track: Track) -> tuple[Track, list[str]]:
    """Return a track whose notes all end after their onset; and a remark on each that was mended."""
    keys = _Keys()
    for tick, message in track:
        if message.type == "note_on" and message.velocity:
            keys.press(tick, message)
        elif message.type in ("note_on", "note_off"):
            keys.release(tick, message)
        else:
            keys.events.append((tick, message))
    return keys.close(track[-1][0]), keys.remarks


def _in_order(events: Track) -> Track:
    """Return events by tick, those of one tick as they are; the end of the track last."""
    return sorted(events, key=lambda event: (event[1].type == "end_of_track", event[0]))


def _to_waits(track: Track) -> mido.MidiTrack:
    """Return a track as mido has it: the time of a message is the ticks since the one before."""
    before = 0
    for tick, message in track:
        message.time = max(tick - before, 0)  # an end may come before what was moved here
        before += message.time
    return mido.MidiTrack(message for _, message in track)
