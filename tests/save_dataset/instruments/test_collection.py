"""Sounds by manifest, by folders, by mirdata; what is missing, unknown, or in two collections."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from pipeline.sections.instruments import Sounds
from save_dataset.instruments.collection import find_sounds, pitch_of_name

HEADER = "path,source,class,group,kind,pitch\n"
ROWS = {
    "a/1.wav": "a/1.wav,a,piano,g1,note,60",
    "a/2.wav": "a/2.wav,a,flute,g2,note,",
    "b/1.wav": "b/1.wav,b,piano,g3,solo,61.5",
    "b/2.wav": "b/2.wav,b,flute,g4,solo,",
    "c/1.wav": "c/1.wav,c,drum,g5,note,",
}
COLLECTIONS = {"A": ("a", "c"), "B": ("b",)}


@pytest.fixture
def folder(tmp_path):
    """A folder with the files of the manifest, which are not sounds: nothing here opens them."""
    return touch_all(tmp_path / "music" / "notes", ROWS)


def touch_all(folder, names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def find(notes, rows=None, header=HEADER, **changes):
    """The sounds of a manifest of these rows."""
    (notes / "m.csv").write_text(header + "\n".join(ROWS.values() if rows is None else rows) + "\n")
    section = {"folder": "notes", "manifest": "m.csv", "classes": ("piano", "flute"), "collections": COLLECTIONS}
    return find_sounds(Sounds(**section | changes), notes.parent.parent)


def test_a_manifest_says_what_sounds_are(folder, capsys):
    sounds, tables = find(folder)
    assert tables == [folder / "m.csv"]
    facts = [(sound.name, sound.source, sound.label, sound.group, sound.collection) for sound in sounds]
    assert facts == [
        ("a/1.wav", "a", "piano", "g1", "A"),
        ("a/2.wav", "a", "flute", "g2", "A"),
        ("b/1.wav", "b", "piano", "g3", "B"),
        ("b/2.wav", "b", "flute", "g4", "B"),
    ]
    np.testing.assert_equal([sound.pitch for sound in sounds], [60, np.nan, 61.5, np.nan])
    assert [sound.path for sound in sounds] == [folder / sound.name for sound in sounds]
    assert "left out: 1 of 5 sounds" in capsys.readouterr().out


def test_without_classes_and_collections_all_are_there_and_each_source_is_a_collection(folder, capsys):
    sounds, _ = find(folder, classes=(), collections={})
    assert [(sound.label, sound.collection) for sound in sounds] == [
        ("piano", "a"), ("flute", "a"), ("piano", "b"), ("flute", "b"), ("drum", "c")
    ]  # fmt: skip
    assert capsys.readouterr().out == ""


def test_columns_may_have_any_order_and_the_pitch_none(folder):
    rows = ["g1;flute;a;a/1.wav", "g2;piano;b;b/1.wav"]
    sounds, _ = find(folder, rows, header="Group;Class;Source;Path\n", collections={})
    assert [(sound.name, sound.label) for sound in sounds] == [("a/1.wav", "flute"), ("b/1.wav", "piano")]
    assert all(np.isnan(sound.pitch) for sound in sounds)


@pytest.mark.parametrize(
    ("name", "pitch"),
    [
        ("clarinet_C5_1_forte_normal.flac", 72),
        ("philharmonia/violin/violin_As3_05.flac", 58),
        ("A#3.wav", 58),
        ("Bb2.wav", 46),
        ("flute_Db4.mp3", 61),
        ("D♭4 soft.wav", 61),
        ("C4/D5.wav", 74),  # folders do not count
        ("C4\\loud.wav", np.nan),
        ("C4_to_C5.wav", np.nan),
        ("honeybee_g5_t0.wav", np.nan),  # a gain
        ("ABC4.wav", np.nan),
        ("C44.wav", np.nan),
        ("H4.wav", np.nan),
        ("keyboard_004-042-075.wav", np.nan),
        ("violin044.wav", np.nan),
    ],
)
def test_a_file_named_after_one_note_has_its_pitch(name, pitch):
    np.testing.assert_equal(pitch_of_name(name), pitch)


def test_the_name_tells_the_pitch_where_no_column_does(tmp_path):
    notes = touch_all(tmp_path / "music" / "notes", ["a/piano/C4.wav", "a/flute/C5.wav"])
    rows = ["a/piano/C4.wav,a,piano,g1,60.5", "a/flute/C5.wav,a,flute,g2,"]
    for header, how, pitches in (
        ("path,source,class,group,pitch\n", {}, [np.nan, 60.5]),
        ("path,source,class,group,other\n", {}, [72, 60]),
        ("", {"manifest": None}, [72, 60]),
    ):
        sounds, _ = find(notes, rows, header, classes=(), collections={}, **how)
        np.testing.assert_equal([sound.pitch for sound in sounds], pitches)


def test_folders_are_source_and_class_and_each_file_is_a_group(tmp_path):
    names = ["a/piano/1.wav", "a/flute/deep/2.FLAC", "b/piano/1.wav", "a/flute/notes.txt", "3.wav", "a/4.wav"]
    touch_all(tmp_path / "music" / "notes", names)
    sounds, tables = find_sounds(Sounds(folder="notes"), tmp_path)
    assert tables == []
    assert [(sound.name, sound.source, sound.label) for sound in sounds] == [
        ("a/flute/deep/2.FLAC", "a", "flute"), ("a/piano/1.wav", "a", "piano"), ("b/piano/1.wav", "b", "piano")
    ]  # fmt: skip
    assert [sound.group for sound in sounds] == [sound.name for sound in sounds]


LEAK = ROWS | {"b/2.wav": "b/2.wav,b,flute,g2,solo,"}
BAD_ROWS = {
    "a leak": (
        LEAK.values(), r"^group 'g2': is in the collections A \(a/2.wav\) and B \(b/2.wav\); it must be in one"
    ),
    "two rows": ([*ROWS.values(), ROWS["a/1.wav"]], r"m.csv: line 7: a/1.wav: has two rows$"),
    "a pitch": (["a/1.wav,a,piano,g,note,C4"], r"m.csv: line 2: pitch: 'C4': must be a number, a MIDI pitch, or empt"),
    "an empty cell": (["a/1.wav,a,,g,note,"], r"m.csv: line 2: class is empty$"),
    "no rows": ([], r"m.csv: contains no sounds$"),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "message"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_manifests_that_cannot_be_used_are_refused(folder, rows, message):
    with pytest.raises(ValueError, match=message):
        find(folder, rows)


def test_a_group_may_be_in_two_sources_of_one_collection_and_in_what_is_not_asked_for(folder):
    sounds, _ = find(folder, LEAK.values(), collections={"ALL": ("a", "b")})
    assert [sound.group for sound in sounds] == ["g1", "g2", "g3", "g2"]
    assert len(find(folder, [*ROWS.values(), "b/3.wav,b,drum,g5,note,"])[0]) == 4


def test_a_missing_column_is_named(folder):
    with pytest.raises(ValueError, match="m.csv: has no column 'class'; there are "):
        find(folder, header=HEADER.replace("class", "other"))


def test_files_that_do_not_exist_are_counted_and_the_first_named(folder):
    (folder / "a/2.wav").unlink()
    (folder / "b/1.wav").unlink()
    (folder / "c/1.wav").unlink()  # not asked for
    with pytest.raises(FileNotFoundError, match=r"m.csv: 2 of 4 files do not exist, first .*a/2.wav$"):
        find(folder)


BAD_SECTIONS = {
    "a class": ({"classes": ("piano", "flut")}, ValueError, r"is of flut; did you mean flute\?$"),
    "classes": ({"classes": ("piano", "x", "y")}, ValueError, r"is of x, y; there are drum, flute, piano$"),
    "a class elsewhere": ({"classes": ("piano", "drum"), "collections": {"A": ("a",)}}, ValueError, "is of drum; did"),
    "one class": ({"classes": ("piano",)}, ValueError, r"sounds.classes=\['piano'\]: must be at least 2"),
    "a source": (
        {"collections": {"A": ("aa",)}}, ValueError,
        r"^sounds.collections.A='aa': there is no such source; did you mean a\?$",
    ),
    "another source": ({"collections": {"A": ("zz",)}}, ValueError, r"no such source; there are a, b, c$"),
    "manifest": ({"manifest": "n.csv"}, FileNotFoundError, r"^sounds.manifest='n.csv': is not in .*notes$"),
    "folder": ({"folder": "other"}, FileNotFoundError, r"^sounds.folder='other': there is no folder .*other$"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "error", "message"), BAD_SECTIONS.values(), ids=BAD_SECTIONS)
def test_what_is_not_there_is_named(folder, changes, error, message):
    with pytest.raises(error, match=message):
        find(folder, **changes)


def test_an_empty_folder_is_refused(tmp_path):
    (tmp_path / "music" / "notes").mkdir(parents=True)
    with pytest.raises(
        ValueError, match="notes: contains no sounds; they lie in <source>/<class>/, or sounds.manifest lists them$"
    ):
        find_sounds(Sounds(folder="notes"), tmp_path)


def mirdata_of(tracks):
    """What is used of mirdata, with these tracks; `tracks` may be an error."""

    def load_tracks():
        if isinstance(tracks, Exception):
            raise tracks
        return dict(enumerate(tracks))

    return SimpleNamespace(initialize=lambda name, data_home: SimpleNamespace(load_tracks=load_tracks))


def test_tracks_of_medley_solos_db_are_of_a_song_and_a_part(folder, monkeypatch):
    tracks = [
        SimpleNamespace(audio_path=str(folder / name), subset=subset, instrument=instrument, song_id=7)
        for name, subset, instrument in [("a/1.wav", "training", "piano"), ("b/1.wav", "test", "flute")]
    ]
    monkeypatch.setitem(sys.modules, "mirdata", mirdata_of(tracks))
    section = Sounds(folder="notes", mirdata="medley_solos_db", collections={"A": ("training",), "B": ("test",)})
    sounds, tables = find_sounds(section, folder.parent.parent)
    assert tables == []
    assert [(sound.name, sound.source, sound.label, sound.group, sound.collection) for sound in sounds] == [
        ("a/1.wav", "training", "piano", "training_7", "A"), ("b/1.wav", "test", "flute", "test_7", "B")
    ]  # fmt: skip


def test_tracks_of_tinysol_are_of_a_fold_and_have_a_pitch(folder, monkeypatch):
    tracks = [
        SimpleNamespace(
            audio_path=str(folder / name), instrument_full=full, pitch_id=60, _track_metadata={"Fold": fold}
        )
        for name, full, fold in [("a/1.wav", "Flute", 0), ("b/1.wav", "Oboe", 4)]
    ]  # fmt: skip
    monkeypatch.setitem(sys.modules, "mirdata", mirdata_of(tracks))
    sounds, _ = find_sounds(Sounds(folder="notes", mirdata="tinysol"), folder.parent.parent)
    assert [(sound.source, sound.label, sound.pitch) for sound in sounds] == [
        ("fold_0", "Flute", 60), ("fold_4", "Oboe", 60)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "error", "message"),
    [
        (None, ValueError, "^sounds.mirdata='tinysol': is not installed; run: pip install mirdata, or leave it out$"),
        (mirdata_of(FileNotFoundError()), FileNotFoundError, r"notes: is not the complete tinysol of mirdata; run in"),
    ],
)
def test_mirdata_that_is_not_there_says_what_to_do(folder, monkeypatch, module, error, message):
    monkeypatch.setitem(sys.modules, "mirdata", module)
    with pytest.raises(error, match=message):
        find_sounds(Sounds(folder="notes", mirdata="tinysol"), folder.parent.parent)
