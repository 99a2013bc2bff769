import sys
from types import SimpleNamespace

import pytest

from pipeline.sections.symbolic import Collection
from save_dataset.midi.collection import draw_splits, folder_of, read_collection, table_of

GROOVE_COLUMNS = "drummer,session,id,style,bpm,beat_type,time_signature,midi_filename,audio_filename,duration,split"
MAESTRO_COLUMNS = "canonical_composer,canonical_title,split,year,midi_filename,audio_filename,duration"


@pytest.fixture
def collect(tmp_path):
    """The entries, by name, of a folder with these files; a text is the file's content."""

    def collect_it(there, **settings):
        for name, content in (there if isinstance(there, dict) else dict.fromkeys(there, "")).items():
            path = tmp_path / "music" / "songs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        entries = read_collection(Collection(folder="songs", **settings), tmp_path)
        assert [entry.name for entry in entries] == sorted(entry.name for entry in entries)
        assert all(entry.path == tmp_path / "music" / "songs" / entry.name for entry in entries)
        return {entry.name: entry for entry in entries}

    return collect_it


def groove(*rows):
    return "\n".join(
        [GROOVE_COLUMNS, *(f"d,{session},x,{style},120,beat,4-4,{f},,1,{split}" for session, style, f, split in rows)]
    )


def test_without_a_table_folders_are_labels_and_files_groups(collect):
    entries = collect(["Bach/a/1.mid", "Bach/2.midi", "3.mid", "Liszt/notes.txt"])
    assert {name: entry.label for name, entry in entries.items()} == {
        "3.mid": "",
        "Bach/2.midi": "Bach",
        "Bach/a/1.mid": "Bach",
    }
    assert all(entry.group == name and entry.row == {} for name, entry in entries.items())


def test_folder_in_music_or_full_or_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert folder_of(Collection(folder="songs"), tmp_path) == tmp_path / "music" / "songs"
    assert folder_of(Collection(folder=str(tmp_path / "far")), tmp_path) == tmp_path / "far"
    assert folder_of(Collection(folder="~/far"), tmp_path) == tmp_path / "home" / "far"


def test_a_pattern_finds_groups_within_a_label(collect):
    entries = collect(
        ["Bach/BWV1-2.mid", "Bach/BWV1-3.mid", "Bach/other.mid", "Liszt/BWV1-2.mid"], group_pattern=r"BWV\d+"
    )
    assert [entry.group for entry in entries.values()] == ["Bach:BWV1", "Bach:BWV1", "Bach:other", "Liszt:BWV1"]


def test_table_of_groove(collect, capsys):
    rows = (
        ("s1", "funk/groove1", "a/1.mid", "train"),
        ("s2", "rock", "a/2.mid", "validation"),
        ("s2", "soul", "lost.mid", "test"),
    )
    entries = collect({"a/1.mid": "", "a/2.mid": "", "extra.mid": "", "info.csv": groove(*rows)})
    assert {name: (e.label, e.group, e.split) for name, e in entries.items()} == {
        "a/1.mid": ("funk", "s1", "train"),
        "a/2.mid": ("rock", "s2", "validation"),
    }
    assert entries["a/1.mid"].row["bpm"] == "120"
    out = capsys.readouterr().out
    assert "left out: 1 files without a row in the table (extra.mid)" in out
    assert "left out: 1 rows of the table without a file (lost.mid)" in out


def test_table_of_maestro_with_titles_that_hold_commas(collect):
    table = f'{MAESTRO_COLUMNS}\nLiszt,"Étude, No. 1",test,2004,2004/1.midi,,1\n'
    [entry] = collect({"2004/1.midi": "", "maestro-v3.0.0.csv": table}).values()
    assert (entry.label, entry.group, entry.split) == ("Liszt", "Liszt: Étude, No. 1", "test")


def test_columns_that_are_named_win(collect):
    files = {
        "1.mid": "",
        "2.mid": "",
        "info.csv": groove(("s1", "funk", "1.mid", "train"), ("s2", "jazz", "2.mid", "test")),
    }
    entries = collect(files, label_column="session", group_column="drummer", split_column="split")
    assert [(entry.label, entry.group, entry.split) for entry in entries.values()] == [
        ("s1", "d", "train"),
        ("s2", "d", "test"),
    ]
    by_pattern = collect(files, group_pattern=r"\d")
    assert [entry.group for entry in by_pattern.values()] == ["funk:1", "jazz:2"]


def test_own_table_with_own_words(collect):
    table = "path,kind,work,part\nx\\1.mid,swing/fast,w1, VALID \n2.mid,rock,w2,val\n"
    entries = collect(
        {"x/1.mid": "", "2.mid": "", "my.csv": "\ufeff" + table},
        table="my.csv",
        label_column="kind",
        split_column="part",
    )
    assert {name: (e.label, e.group, e.split) for name, e in entries.items()} == {
        "2.mid": ("rock", "2.mid", "validation"),
        "x/1.mid": ("swing", "x/1.mid", "validation"),
    }


def test_another_info_csv_is_no_table(collect, tmp_path):
    assert list(collect({"1.mid": "", "info.csv": "path,what\n2.mid,x\n"})) == ["1.mid"]
    assert table_of(Collection(folder="songs"), tmp_path) is None


def test_groups_are_not_torn_and_files_of_one_share_their_part(collect):
    entries = collect(
        [f"{composer}/op{work}_{movement}.mid" for composer in "AB" for work in range(20) for movement in range(3)],
        group_pattern=r"op\d+",
    )
    parts = {}
    for entry in entries.values():
        parts.setdefault(entry.group, set()).add(entry.split)
    assert len(parts) == 40
    assert all(len(splits) == 1 for splits in parts.values())


def test_shares_and_seeds_of_the_split():
    groups = {f"work {index}" for index in range(4000)}
    settings = {"folder": "x", "validation_fraction": 0.1, "test_fraction": 0.2}
    splits = draw_splits(groups, Collection(**settings))
    counts = {split: list(splits.values()).count(split) / len(groups) for split in ("train", "validation", "test")}
    assert counts == pytest.approx({"train": 0.7, "validation": 0.1, "test": 0.2}, abs=0.02)
    assert splits == draw_splits(groups, Collection(**settings))
    assert splits != draw_splits(groups, Collection(**settings, seed=1))
    fewer = set(sorted(groups)[::2])
    assert {group: splits[group] for group in fewer} == draw_splits(fewer, Collection(**settings))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("shares", [(0.1, 0.15), (0.01, 0.01), (0.5, 0.45), (0.0, 0.99)])
def test_no_part_is_empty_that_must_not_be(seed, shares):
    collection = Collection(folder="x", validation_fraction=shares[0], test_fraction=shares[1], seed=seed)
    for n_groups in range(1, 7):
        splits = set(draw_splits({str(index) for index in range(n_groups)}, collection).values())
        assert "train" in splits
        assert "test" in splits or n_groups < 2
        assert "validation" in splits or n_groups < 3 or shares[0] == 0


def test_nothing_is_held_out_without_shares():
    collection = Collection(folder="x", validation_fraction=0, test_fraction=0)
    assert set(draw_splits(set("abcdefgh"), collection).values()) == {"train"}


@pytest.mark.parametrize(
    ("files", "settings", "message"),
    [
        (["a.txt"], {}, r"songs: contains no MIDI that \*\*/\*\.mid\* finds"),
        (["a.mid"], {"files": "/a.mid"}, "collection.files='/a.mid': must be a pattern below the folder"),
        (["a.mid"], {"group_pattern": "("}, r"collection.group_pattern='\(': is not a regular expression"),
        (
            {"a.mid": "", "t.csv": "path,x\na.mid,1"},
            {"table": "t.csv", "label_column": "y"},
            r"t.csv: has no column 'y'; there are path, x",
        ),
        ({"a.mid": "", "t.csv": "file\na.mid"}, {"table": "t.csv"}, "t.csv: has no column 'path'; there are file"),
        ({"a.mid": "", "t.csv": ""}, {"table": "t.csv"}, "has no column 'path'; there are no rows"),
        ({"a.mid": "", "t.csv": "path\nb.mid"}, {"table": "t.csv"}, "t.csv: no row is for a file that"),
        (
            {"a.mid": "", "t.csv": "path,s\na.mid,dev"},
            {"table": "t.csv", "split_column": "s"},
            "a.mid: split='dev': must be one of train",
        ),
    ],
)
def test_what_is_wrong_is_told(collect, files, settings, message):
    with pytest.raises(ValueError, match=message):
        collect(files, **settings)


def test_a_folder_or_table_that_is_not_there(collect, tmp_path):
    with pytest.raises(FileNotFoundError, match="collection.folder='none': there is no folder .*none"):
        read_collection(Collection(folder="none"), tmp_path)
    with pytest.raises(FileNotFoundError, match=r"collection.table='t.csv': is not in .*songs"):
        collect(["a.mid"], table="t.csv")


def test_mirdata_that_is_not_installed(collect, monkeypatch):
    monkeypatch.setitem(sys.modules, "mirdata", None)
    with pytest.raises(ValueError, match="collection.mirdata='maestro': is not installed; run: pip install mirdata"):
        collect(["a.mid"], mirdata="maestro")


def test_tracks_of_mirdata(collect, monkeypatch, tmp_path):
    def initialize(name, data_home):
        facts = {"style": "funk/groove1", "session": "s1", "split": "train", "tempo": 97}
        track = SimpleNamespace(midi_path=f"{data_home}/d/1.mid", **facts)
        return SimpleNamespace(load_tracks=lambda: {"1": track})

    monkeypatch.setitem(sys.modules, "mirdata", SimpleNamespace(initialize=initialize))
    [entry] = collect(["d/1.mid"], mirdata="groove_midi").values()
    assert (entry.label, entry.group, entry.split, entry.row["bpm"]) == ("funk", "s1", "train", "97")


def test_a_data_set_of_mirdata_that_is_not_there(collect, monkeypatch):
    def load_tracks():
        raise FileNotFoundError("Metadata not found. Did you run .download()?")

    dataset = SimpleNamespace(load_tracks=load_tracks)
    monkeypatch.setitem(sys.modules, "mirdata", SimpleNamespace(initialize=lambda name, data_home: dataset))
    with pytest.raises(FileNotFoundError, match=r"is no whole maestro of mirdata; run in Python: .*\.download\(\)"):
        collect(["a.mid"], mirdata="maestro")


@pytest.mark.parametrize("key", ["label_column", "group_column", "split_column"])
def test_a_column_without_a_table_is_told(tmp_path, key):
    (tmp_path / "music" / "beats").mkdir(parents=True)
    (tmp_path / "music" / "beats" / "a.mid").touch()
    collection = Collection(folder="beats", **{key: "style"})
    with pytest.raises(ValueError, match=f"collection.{key}='style': there is no table with it; see collection.table"):
        read_collection(collection, tmp_path)
