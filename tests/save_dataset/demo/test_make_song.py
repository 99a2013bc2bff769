"""A sound that is composed, and stopped between sound and MIDI, is composed again."""

import pytest

from pipeline.sections.sound import Composition
from save_dataset.demo import make_song


def test_stopped_after_the_sound_it_is_composed_again(tmp_path, monkeypatch):
    def write_and_stop(*args):
        write(*args)
        raise KeyboardInterrupt

    composition, sound, write = (
        Composition(file="made.wav", form="A", bpm=240),
        tmp_path / "made.wav",
        make_song.write_sound,
    )
    monkeypatch.setattr(make_song, "write_sound", write_and_stop)
    with pytest.raises(KeyboardInterrupt):
        make_song.write_composition(composition, sound, 8000)
    monkeypatch.undo()
    make_song.write_composition(composition, sound, 8000)
    make_song.check_composition(composition, sound, "")
