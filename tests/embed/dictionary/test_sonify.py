import base64
import io
from dataclasses import replace

import numpy as np
import pretty_midi
import pytest
import soundfile
from pretty_midi import Instrument, Note, PrettyMIDI

from embed import step4_hear_dictionary as step
from embed.dictionary.excerpt import take_excerpt
from embed.dictionary.page.describe import describe_atoms, describe_piece, pack_music
from embed.dictionary.page.slices import encode_slices, join_sounds
from embed.dictionary.render import Rendering
from embed.dictionary.sonify import loudness_of, render_atoms, rendering_threshold, write_atoms
from pipeline import results
from save_dataset.midi.above_bass import channel_names, from_roll
from tests.small_dictionary import (
    HATS,
    KICK,
    NEGATIVE,
    SNARE,
    TEXT,
    known_music,
    small_codes,
    small_corpus,
    store_small_dictionary,
)


@pytest.fixture
def page(dictionary_files):
    return dictionary_files[0].read_text(encoding="utf-8")


@pytest.fixture
def data(page, script_of):
    return script_of(page, "data")


def unpack(music, n_channels=27):
    return np.frombuffer(base64.b64decode(music), np.int8).reshape(-1, n_channels) / 100


def test_page_midi_and_sounds_are_written(dictionary_files):
    folder = dictionary_files[0].parent
    names = {path.relative_to(folder).as_posix() for path in dictionary_files}
    stems = ["atoms/atom_000", "atoms/atom_001", "atoms/atom_002", "piece/original", "piece/reconstruction"]
    assert names == {"atoms.html", *(stem + end for stem in stems for end in (".mid", ".wav"))}
    assert all(path.is_file() for path in dictionary_files)


def test_the_page_has_the_atoms_in_order_of_use(data):
    assert [atom["number"] for atom in data["atoms"]] == [HATS, KICK, SNARE]
    assert data["n_atoms"] == 5
    assert [kind for kind, _ in data["rows"]] == ["hit", "velocity", "offset"]
    assert data["rows"][0][1][:2] == ["kick", "snare"]
    for atom in data["atoms"]:
        np.testing.assert_allclose(unpack(atom["music"]), known_music()[atom["number"]], atol=0.006)
    assert data["labels"] == ["jazz", "rock"]
    assert data["atoms"][1]["lifts"] == [3, 0]


def test_the_page_has_the_piece_and_its_code(data):
    piece = data["piece"]
    assert (piece["name"], piece["label"], piece["n_steps"]) == ("b/three.mid", "rock", 128)
    assert piece["step_s"] == pytest.approx(60 / 150 / 4)
    np.testing.assert_array_equal(unpack(piece["music"][0]), unpack(piece["music"][1]))
    assert piece["active"] == [HATS, SNARE, NEGATIVE]
    assert [0, 2, -3.0] in piece["code"]
    assert [4, 0, 3.0] in piece["code"]
    assert len(piece["code"]) == 16 + 11 + 4


def test_music_seen_from_the_bass_is_shown_on_keys():
    roll = np.zeros((128, 176), np.float32)
    roll[::4, 39], roll[:, 88 + 39] = 1, 1
    small = small_codes()
    patterns = np.repeat(from_roll(roll)[None, :4], 5, axis=0)
    codes = replace(small, patterns=patterns, values=np.ones(len(small.values)), bias=np.zeros(175))
    corpus = replace(
        small_corpus(small), channels=np.array(channel_names()), steps=np.tile(from_roll(roll), (4, 1))[:480]
    )
    atoms = describe_atoms(codes, corpus, 2, [(0, 1), (1, 1)])
    piece = describe_piece(take_excerpt(corpus, codes), codes, corpus, 0.1, [(0, 1), (1, 1)])
    assert atoms["rows"] == piece["rows"] == [["onset", ["C4"]], ["frame", ["C4"]]]
    np.testing.assert_array_equal(unpack(piece["music"][0], 2), roll[:128, [39, 88 + 39]])


def test_each_sound_lies_where_the_page_says(page, data, script_of, dictionary_files):
    samples, rate_hz = soundfile.read(io.BytesIO(base64.b64decode(script_of(page, "sound-data"))))
    kick = next(atom for atom in data["atoms"] if atom["number"] == KICK)
    start, length = (round(seconds * rate_hz) for seconds in kick["sound"])
    assert np.abs(samples[start : start + length]).max() > 0.5
    assert np.abs(samples[start - round(0.03 * rate_hz) : start - 20]).max() < 0.02  # silence between
    wav, _ = soundfile.read(dictionary_files[0].parent / "atoms" / "atom_000.wav")
    assert length / rate_hz <= len(wav) / 8000


def test_atoms_are_as_loud_as_in_the_music_but_never_too_soft_to_hear():
    for velocities, loudness in (((127, 3), 1), ((64, 12), 64 / 127), ((1,), 0.3), ((), 0.3)):
        midi = PrettyMIDI()
        midi.instruments.append(Instrument(0))
        midi.instruments[0].notes = [Note(velocity, 60, 0, 1) for velocity in velocities]
        assert loudness_of(Rendering(midi, np.ones(1))) == pytest.approx(loudness)


def test_sounds_are_joined_with_silence_between_and_without_their_silent_ends():
    loud, empty = np.concatenate([np.ones(100), np.full(500, 1e-4)]), np.zeros(0)
    samples, spans = join_sounds([loud, empty, 0.5 * loud], 1000)
    assert spans == [(0.06, 0.1), (0.22, 0.0), (0.28, 0.1)]
    assert samples[60:150] == pytest.approx(1)
    assert samples[159] == 0  # faded out
    assert not samples[160:280].any()
    assert samples[280:370] == pytest.approx(0.5)
    assert len(samples) == 440


def test_slices_are_not_shifted_and_small(rng):
    rate_hz = 22050
    samples = np.zeros(10 * rate_hz, np.float32)
    samples[4 * rate_hz : 5 * rate_hz] = 0.1 * rng.normal(size=rate_hz)
    encoded = encode_slices(samples, rate_hz)
    decoded, decoded_hz = soundfile.read(io.BytesIO(encoded))
    assert len(decoded) / decoded_hz == pytest.approx(10, abs=1e-3)
    assert len(encoded) * 8 / 10 == pytest.approx(48000, rel=0.05)
    energy = np.cumsum(decoded**2)
    assert np.searchsorted(energy, 0.001 * energy[-1]) / decoded_hz == pytest.approx(4, abs=0.03)


def test_music_beyond_what_a_byte_holds_is_cut():
    assert unpack(pack_music(np.array([[2.0, -3.0, 0.004, -0.256]])), 4).tolist() == [[1.27, -1.27, 0, -0.26]]


@pytest.mark.slow
def test_the_step_writes_page_sounds_and_figures_of_the_runs_named(write_parameters, capsys):
    parameters, root = store_small_dictionary(write_parameters, TEXT + "[runs.B]\n")
    paths = {path.relative_to(root / "output" / "beats").as_posix() for path in step.run("beats", root, ["B"])}
    assert {"B/atoms.html", "B/atoms/atom_003.wav", "B/piece/original.mid", "figures/atoms_A.png"} < paths
    assert not (root / "output" / "beats" / "A" / "atoms.html").exists()
    assert {f"figures/{name}.pdf" for name in ("atoms_B", "code_A", "code_B", "usage", "spaces")} < paths
    printed = capsys.readouterr().out
    assert "B: 6 sounds; the page has" in printed
    assert "wrote output/beats/B/atoms.html" in printed
    results.path_of(parameters.for_run("A"), "codes", root).unlink()
    with pytest.raises(FileNotFoundError, match=r"A/codes.npz: does not exist; run: python -m embed.step3_embed_dict"):
        step.run("beats", root)


@pytest.fixture
def rendered(write_parameters):
    parameters, root = store_small_dictionary(write_parameters)
    return render_atoms(parameters.for_run("A"), small_corpus(small_codes()), small_codes(), root)


def test_the_most_used_atoms_are_rendered_as_they_are_in_the_music(rendered):
    assert list(rendered) == [HATS, KICK, SNARE, NEGATIVE]
    notes = {number: rendering.midi.instruments[0].notes for number, rendering in rendered.items()}
    assert [(note.pitch, note.velocity) for note in notes[HATS]] == [(42, 64), (42, 32)]
    assert [(note.pitch, note.velocity) for note in notes[NEGATIVE]] == [(51, 64)]
    assert notes[SNARE][0].start == pytest.approx((2 - 0.25) * 0.125, abs=1e-3)  # an offset of 0.5 is early
    assert all(len(rendering.samples) for rendering in rendered.values())
    # something of a weak atom too, and nothing that is negative
    assert rendering_threshold(np.array([[0.1, -0.9], [0.02, 0.06]])) == pytest.approx(0.05)
    assert rendering_threshold(np.array([-1.0, -0.5])) == 0


def test_files_of_other_atoms_do_not_stay(rendered, tmp_path):
    folder = tmp_path / "atoms"
    write_atoms(rendered, folder, 8000)
    paths = write_atoms({HATS: rendered[HATS]}, folder, 8000)
    assert sorted(folder.iterdir()) == sorted(paths)
    assert [path.name for path in paths] == ["atom_002.mid", "atom_002.wav"]
    assert len(pretty_midi.PrettyMIDI(str(paths[0])).instruments[0].notes) == 2
