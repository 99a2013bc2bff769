import base64
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from pretty_midi import Instrument, Note, PrettyMIDI

from embed import step4_hear_dictionary as step
from embed.dictionary.excerpt import take_excerpt
from embed.dictionary.hear import loudness_of, write_dictionary
from embed.dictionary.page.build import build_page
from embed.dictionary.page.describe import describe_atoms, describe_piece, pack_music
from embed.dictionary.page.sound_sheet import encode_sheet, pack_sounds
from embed.dictionary.render import Heard
from embed.pages.html import digest
from pipeline import results
from save_dataset.midi.above_bass import channel_names, from_roll
from tests.small_dictionary import (
    HATS,
    KICK,
    SNARE,
    TEXT,
    TURNED,
    known_music,
    small_codes,
    small_corpus,
    store_small_dictionary,
)


@pytest.fixture
def written(write_parameters):
    parameters, root = store_small_dictionary(write_parameters)
    return write_dictionary(parameters.for_run("A"), root)


def script(text, name):
    return re.search(rf'<script [^>]*id="{name}">(.*?)</script>', text, re.DOTALL).group(1)


def unpack(music, n_channels=27):
    return np.frombuffer(base64.b64decode(music), np.int8).reshape(-1, n_channels) / 100


@pytest.fixture
def page(written):
    return written[0].read_text(encoding="utf-8")


@pytest.fixture
def data(page):
    return json.loads(script(page, "data"))


def test_everything_that_is_heard_is_written(written):
    folder = written[0].parent
    names = sorted(path.relative_to(folder).as_posix() for path in written)
    endings = [f"{name}{end}" for name in ("atoms/atom_000", "atoms/atom_001") for end in (".mid", ".wav")]
    assert set(endings) | {"atoms.html", "piece/original.mid", "piece/reconstruction.wav"} < set(names)
    assert len(names) == 1 + 2 * 4 + 2 * 2
    assert all(path.is_file() for path in written)


def test_the_page_holds_the_atoms_in_order_of_use(data):
    assert [atom["number"] for atom in data["atoms"]] == [HATS, KICK, SNARE, TURNED]
    assert data["n_atoms"] == 5
    assert [kind for kind, _ in data["rows"]] == ["hit", "velocity", "offset"]
    assert data["rows"][0][1][:2] == ["kick", "snare"]
    for atom in data["atoms"]:
        np.testing.assert_allclose(unpack(atom["music"]), known_music()[atom["number"]], atol=0.006)
    assert data["labels"] == ["jazz", "rock"]
    assert data["atoms"][1]["lifts"] == [3, 0]


def test_the_page_holds_the_piece_and_its_code(data):
    piece = data["piece"]
    assert (piece["name"], piece["label"], piece["n_steps"]) == ("b/three.mid", "rock", 128)
    assert piece["step_s"] == pytest.approx(60 / 150 / 4)
    np.testing.assert_array_equal(unpack(piece["music"][0]), unpack(piece["music"][1]))
    assert piece["active"] == [HATS, SNARE, TURNED]
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
    assert atoms["rows"] == [["onset", ["C4"]], ["frame", ["C4"]]]
    excerpt = take_excerpt(corpus, codes)
    piece = describe_piece(excerpt, codes, corpus, 0.1, [(0, 1), (1, 1)])
    assert piece["rows"] == [["onset", ["C4"]], ["frame", ["C4"]]]
    np.testing.assert_array_equal(unpack(piece["music"][0], 2), roll[:128, [39, 88 + 39]])


def test_each_sound_stands_where_the_page_says(page, data, written):
    samples, rate_hz = soundfile.read(io.BytesIO(base64.b64decode(script(page, "sound-data"))))
    kick = next(atom for atom in data["atoms"] if atom["number"] == KICK)
    start, length = (round(seconds * rate_hz) for seconds in kick["sound"])
    assert np.abs(samples[start : start + length]).max() > 0.5
    between = samples[start - round(0.03 * rate_hz) : start - 20]
    assert np.abs(between).max() < 0.02
    wav, _ = soundfile.read(written[0].parent / "atoms" / "atom_000.wav")
    assert length / rate_hz <= len(wav) / 8000


def test_atoms_are_as_loud_as_in_the_music_but_never_too_soft_to_hear():
    def struck(*velocities):
        midi = PrettyMIDI()
        midi.instruments.append(Instrument(0))
        midi.instruments[0].notes = [Note(velocity, 60, 0, 1) for velocity in velocities]
        return Heard(midi, np.ones(1))

    loudness = [loudness_of(each) for each in (struck(127, 3), struck(64, 12), struck(1), struck())]
    assert loudness == pytest.approx([1, 64 / 127, 0.3, 0.3])


def test_the_policy_allows_nothing_but_what_is_inside(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
    inside = re.search(r"</noscript>\n<script>(.*?)</script>", page, re.DOTALL).group(1)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL).group(1)
    assert policy == (
        f"default-src 'none'; script-src '{digest(inside)}'; style-src '{digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"https?://|src=|href=|@import|url\(", page)


def test_names_cannot_break_out_of_the_page():
    page = build_page("</title><b>&", {"name": "</script><script>alert(1)"}, b"")
    assert "<title>&lt;/title&gt;&lt;b&gt;&amp;</title>" in page
    assert page.count("</script>") == 3
    assert json.loads(script(page, "data"))["name"] == "</script><script>alert(1)"


def test_sounds_are_packed_with_silence_between_and_without_their_silent_ends():
    loud, empty = np.concatenate([np.ones(100), np.full(500, 1e-4)]), np.zeros(0)
    samples, places = pack_sounds([loud, empty, 0.5 * loud], 1000)
    assert places == [(0.06, 0.1), (0.22, 0.0), (0.28, 0.1)]
    assert samples[60:150] == pytest.approx(1)
    assert samples[159] == 0  # faded out
    assert not samples[160:280].any()
    assert samples[280:370] == pytest.approx(0.5)
    assert len(samples) == 440


def test_a_sheet_is_not_shifted_and_small(rng):
    rate_hz = 22050
    samples = np.zeros(10 * rate_hz, np.float32)
    samples[4 * rate_hz : 5 * rate_hz] = 0.1 * rng.normal(size=rate_hz)
    encoded = encode_sheet(samples, rate_hz)
    decoded, decoded_hz = soundfile.read(io.BytesIO(encoded))
    assert len(decoded) / decoded_hz == pytest.approx(10, abs=1e-3)
    assert len(encoded) * 8 / 10 == pytest.approx(48000, rel=0.05)
    energy = np.cumsum(decoded**2)
    assert np.searchsorted(energy, 0.001 * energy[-1]) / decoded_hz == pytest.approx(4, abs=0.03)


def test_music_beyond_what_a_byte_holds_is_cut():
    assert unpack(pack_music(np.array([[2.0, -3.0, 0.004, -0.256]])), 4).tolist() == [[1.27, -1.27, 0, -0.26]]


def test_the_step_writes_page_sounds_and_figures_of_the_runs_named(write_parameters, capsys):
    parameters, root = store_small_dictionary(write_parameters, TEXT + "[runs.B]\n")
    paths = {path.relative_to(root / "output" / "beats").as_posix() for path in step.run("beats", root, ["B"])}
    assert {"B/atoms.html", "B/atoms/atom_003.wav", "B/piece/original.mid", "figures/atoms_A.png"} < paths
    assert not (root / "output" / "beats" / "A" / "atoms.html").exists()
    assert {f"figures/{name}.pdf" for name in ("atoms_B", "code_A", "code_B", "usage", "spaces")} < paths
    told = capsys.readouterr().out
    assert "B: 6 sounds; the page has" in told
    assert "wrote output/beats/B/atoms.html" in told


def test_the_step_names_what_must_be_run_before(write_parameters):
    parameters, root = store_small_dictionary(write_parameters)
    results.path_of(parameters.for_run("A"), "codes", root).unlink()
    with pytest.raises(FileNotFoundError, match=r"A/codes.npz: does not exist; run: python -m embed.step3_embed_dict"):
        step.run("beats", root)
