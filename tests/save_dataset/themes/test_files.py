import pytest

from pipeline.sections.recordings import Recordings
from save_dataset.themes.files import find_pieces, find_training_pieces


@pytest.fixture
def find(tmp_path):
    """Names of the pieces among files of these names."""

    def find_names(*names, **section):
        for name in names:
            path = tmp_path / "music" / "set" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return [path.name for path in find_pieces(Recordings(folder="set", **section), tmp_path)]

    return find_names


def test_sound_and_midi_are_found_in_order_scores_and_other_files_are_not_pieces(find):
    names = ("b.wav", "a.MP3", "a.mid", "b.csv", "b.mid", "c.mid", "._b.wav", "notes.txt", "groundtruth/b.txt")
    assert find(*names) == ["a.MP3", "b.wav", "c.mid"]
    assert find(files="*.mid") == ["a.mid", "b.mid", "c.mid"]
    assert find(files=("b.wav", "b.mid", "a.MP3", "a.MP3")) == ["a.MP3", "b.wav"]


def test_what_is_not_there_or_there_twice_is_named(find, tmp_path):
    with pytest.raises(FileNotFoundError, match=rf"^pieces.folder='set': there is no folder {tmp_path}/music/set$"):
        find()
    with pytest.raises(ValueError, match=r"^pieces.files='\*.\*': finds neither sound nor MIDI in .*/music/set$"):
        find("a.txt")
    with pytest.raises(FileNotFoundError, match=rf"^pieces.files: not in {tmp_path}/music/set: x.wav$"):
        find("a.wav", files=("x.wav", "a.wav"))
    with pytest.raises(ValueError, match=r"must be of different names; there are a.flac, a.wav$"):
        find("a.flac", "b.wav")


def test_names_in_either_form_of_unicode_are_one(find):
    composed, decomposed = "\u00e9", "e\u0301"
    assert find(f"{decomposed}.wav", f"{composed}.MIDI", bpm={composed: 60.0}) == [f"{decomposed}.wav"]
    with pytest.raises(ValueError, match="must be of different names; there are"):
        find(f"{composed}.wav")


def test_a_tempo_of_an_unknown_piece_is_refused_with_near_names(find):
    assert find("sonata.wav", "swan.wav", bpm={"swan": 54.0}) == ["sonata.wav", "swan.wav"]
    with pytest.raises(ValueError, match=r"^pieces.bpm.sonatta: there is no such piece; there are sonata$"):
        find(bpm={"sonatta": 54.0})
    with pytest.raises(ValueError, match=r"^pieces.bpm.zzz: there is no such piece; there are sonata, swan$"):
        find(bpm={"zzz": 54.0})


def test_training_pieces_are_found_at_any_depth_and_may_share_names(tmp_path):
    folder = tmp_path / "more"
    for name in ("x/one.mp3", "y/one.mp3", "y/one.mid", "z/two.mid"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    found = find_training_pieces(Recordings(folder="set", training_pieces=str(folder)), tmp_path)
    assert [path.relative_to(folder).as_posix() for path in found] == ["x/one.mp3", "y/one.mp3", "z/two.mid"]
    assert find_training_pieces(Recordings(folder="set"), tmp_path) == []
    with pytest.raises(FileNotFoundError, match=r"^pieces.training_pieces='none': there is no folder "):
        find_training_pieces(Recordings(folder="set", training_pieces="none"), tmp_path)
