import numpy as np
import pretty_midi
import pytest

from embed.dictionary.atom_sounds import hear_atoms, hearing_threshold, write_atoms
from tests.small_dictionary import HATS, KICK, SNARE, TURNED, small_codes, small_corpus, store_small_dictionary


@pytest.fixture
def heard(write_parameters):
    parameters, root = store_small_dictionary(write_parameters)
    codes = small_codes()
    return hear_atoms(parameters.for_run("A"), small_corpus(codes), codes, root)


def test_the_most_used_atoms_are_heard_as_they_are_in_the_music(heard):
    assert list(heard) == [HATS, KICK, SNARE, TURNED]
    notes = {number: each.midi.instruments[0].notes for number, each in heard.items()}
    assert [(note.pitch, note.velocity) for note in notes[HATS]] == [(42, 64), (42, 32)]
    assert [(note.pitch, note.velocity) for note in notes[TURNED]] == [(51, 64)]
    assert notes[SNARE][0].start == pytest.approx((2 - 0.25) * 0.125, abs=1e-3)  # an offset of 0.5 is early
    assert all(len(each.samples) for each in heard.values())


def test_something_of_a_weak_atom_is_heard_and_nothing_that_is_negative():
    assert hearing_threshold(np.array([[0.1, -0.9], [0.02, 0.06]])) == pytest.approx(0.05)
    assert hearing_threshold(np.array([-1.0, -0.5])) == 0


def test_files_of_other_atoms_do_not_stay(heard, tmp_path):
    folder = tmp_path / "atoms"
    write_atoms(heard, folder, 8000)
    first = {HATS: heard[HATS]}
    paths = write_atoms(first, folder, 8000)
    assert sorted(folder.iterdir()) == sorted(paths)
    assert [path.name for path in paths] == ["atom_002.mid", "atom_002.wav"]
    assert len(pretty_midi.PrettyMIDI(str(paths[0])).instruments[0].notes) == 2
