import itertools
import sys
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from pipeline.sections.symbolic import Collection
from save_dataset.midi.collection import draw_splits, read_collection

GROOVE_COLUMNS = "drummer,session,id,style,bpm,beat_type,time_signature,midi_filename,audio_filename,duration,split"
WITH_X = {"a.mid": "", "t.csv": "path,x\na.mid,dev"}
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


def facts_of(entries):
    return [(entry.label, entry.group, entry.split) for entry in entries.values()]


def groove(*rows):
    lines = (f"d,{session},x,{style},120,beat,4-4,{file},,1,{split}" for session, style, file, split in rows)
    return "\n".join([GROOVE_COLUMNS, *lines])


def test_without_a_table_folders_are_labels_and_files_groups(collect):
    entries = collect(["Bach/a/1.mid", "Bach/2.MIDI", "3.mid", "Liszt/notes.txt"])
    labels = {name: entry.label for name, entry in entries.items()}
    assert labels == {"3.mid": "", "Bach/2.MIDI": "Bach", "Bach/a/1.mid": "Bach"}
    assert all(entry.group == name and entry.row == {} for name, entry in entries.items())


def test_a_pattern_without_an_ending_finds_all_midi(collect):
    names = ["a/1.KAR", "a/2.Midi", "a/3.rmi", "a/4.mid", "a/notes.txt"]
    assert [*collect(names)] == [*collect(names, files="a/*")] == names[:4]
    assert [*collect(names, files="*/*.mid*")] == ["a/2.Midi", "a/4.mid"]
    assert [*collect(names, files="*/*.txt")] == ["a/notes.txt"]


def test_a_pattern_finds_groups_within_a_label(collect):
    names = ["Bach/BWV1-2.mid", "Bach/BWV1-3.mid", "Bach/other.mid", "Liszt/BWV1-2.mid"]
    entries = collect(names, group_pattern=r"BWV\d+")
    assert [entry.group for entry in entries.values()] == ["Bach:BWV1", "Bach:BWV1", "Bach:other", "Liszt:BWV1"]


def test_table_of_groove(collect, capsys):
    rows = (
        ("s1", "funk/groove1", "a/1.mid", "train"),
        ("s2", "rock", "a/2.mid", "validation"),
        ("s2", "soul", "lost.mid", "test"),
    )
    entries = collect({"a/1.mid": "", "a/2.mid": "", "extra.mid": "", "info.csv": groove(*rows)})
    assert facts_of(entries) == [("funk", "s1", "train"), ("rock", "s2", "validation")]
    assert list(entries) == ["a/1.mid", "a/2.mid"]
    assert entries["a/1.mid"].row["bpm"] == "120"
    out = capsys.readouterr().out
    assert "left out: 1 files without a row in the table (extra.mid)" in out
    assert "left out: 1 rows of the table without a file (lost.mid)" in out


def test_table_of_maestro_with_titles_that_hold_commas(collect):
    table = f'{MAESTRO_COLUMNS}\nLiszt,"Étude, No. 1",test,2004,2004/1.midi,,1\n'
    entries = collect({"2004/1.midi": "", "maestro-v3.0.0.csv": table})
    assert facts_of(entries) == [("Liszt", "Liszt: Étude, No. 1", "test")]


def test_columns_that_are_named_win(collect):
    table = groove(("s1", "funk", "1.mid", "train"), ("s2", "jazz", "2.mid", "test"))
    files = {"1.mid": "", "2.mid": "", "info.csv": table}
    entries = collect(files, label_column="session", group_column="drummer", split_column="split")
    assert facts_of(entries) == [("s1", "d", "train"), ("s2", "d", "test")]
    by_pattern = collect(files, group_pattern=r"\d")
    assert [entry.group for entry in by_pattern.values()] == ["funk:1", "jazz:2"]


def test_own_table_with_own_words(collect):
    table = "path,kind,work,part\nx\\1.mid,swing/fast,w1, VALID \n2.mid,rock,w2,val\n"
    files = {"x/1.mid": "", "2.mid": "", "my.csv": "\ufeff" + table}
    entries = collect(files, table="my.csv", label_column="kind", split_column="part")
    assert facts_of(entries) == [("rock", "2.mid", "validation"), ("swing", "x/1.mid", "validation")]


def test_names_of_columns_and_rows_are_those_of_the_parameters_and_the_disk(collect):
    table = "FILE;Genre;BPM\n.\\X\\1.MID; Rock ;97.5\n/Cafe\u0301.mid;Caf\u00e9/b;\n"
    files = {"x/1.mid": "", "Caf\u00e9.mid": "", "my.csv": table}
    entries = collect(files, table="my.csv", path_column="File", label_column="GENRE")
    assert [(entry.name, entry.label, entry.row["bpm"]) for entry in entries.values()] == [
        ("Caf\u00e9.mid", "Caf\u00e9", ""),
        ("x/1.mid", "Rock", "97.5"),
    ]


def test_names_are_composed_and_paths_as_they_are(tmp_path):
    path = tmp_path / "music" / "songs" / "Cafe\u0301" / "1.mid"
    path.parent.mkdir(parents=True)
    path.touch()
    (entry,) = read_collection(Collection(folder="songs"), tmp_path)
    assert (entry.name, entry.label, entry.path) == ("Caf\u00e9/1.mid", "Caf\u00e9", path)


def test_groups_are_not_torn_and_files_of_one_share_their_part(collect):
    names = [f"{composer}/op{work}_{index}.mid" for composer in "AB" for work in range(20) for index in range(3)]
    entries = collect(names, group_pattern=r"op\d+").values()
    assert len({entry.group for entry in entries}) == 40
    assert len({(entry.group, entry.split) for entry in entries}) == 40


def test_fractions_and_seeds_of_the_split():
    groups = {f"work {index}" for index in range(4000)}
    settings = {"folder": "x", "validation_fraction": 0.1, "test_fraction": 0.2}
    splits = draw_splits(groups, Collection(**settings))
    counts = {split: list(splits.values()).count(split) / len(groups) for split in ("train", "validation", "test")}
    assert counts == pytest.approx({"train": 0.7, "validation": 0.1, "test": 0.2}, abs=0.02)
    assert splits == draw_splits(groups, Collection(**settings))
    assert splits != draw_splits(groups, Collection(**settings, seed=1))
    fewer = set(sorted(groups)[::2])
    assert {group: splits[group] for group in fewer} == draw_splits(fewer, Collection(**settings))
    assert {*draw_splits(groups, Collection(folder="x", validation_fraction=0, test_fraction=0)).values()} == {"train"}


@pytest.mark.parametrize(("validation", "test"), [(0.1, 0.15), (0.01, 0.01), (0.5, 0.45), (0.0, 0.99)])
def test_no_part_is_empty_that_must_not_be(validation, test):
    for seed, n_groups in itertools.product(range(20), range(1, 7)):
        collection = Collection(folder="x", validation_fraction=validation, test_fraction=test, seed=seed)
        splits = set(draw_splits({str(index) for index in range(n_groups)}, collection).values())
        assert "train" in splits
        assert "test" in splits or n_groups < 2
        assert "validation" in splits or n_groups < 3 or validation == 0


@pytest.mark.parametrize(
    ("files", "settings", "message"),
    [
        (["a.txt"], {}, r"songs: contains no MIDI that \*\*/\* finds"),
        (["a.mid"], {"files": "/a.mid"}, "collection.files='/a.mid': must be a pattern below the folder"),
        (["a.mid"], {"group_pattern": "("}, r"collection.group_pattern='\(': is not a regular expression"),
        (WITH_X, {"table": "t.csv", "label_column": "y"}, r"t.csv: has no column 'y'; there are path, x"),
        (WITH_X, {"table": "t.csv", "split_column": "x"}, "a.mid: split='dev': must be one of train"),
        ({"a.mid": "", "t.csv": "file\na.mid"}, {"table": "t.csv"}, "t.csv: has no column 'path'; there are file"),
        ({"a.mid": "", "t.csv": ""}, {"table": "t.csv"}, "t.csv: has no column 'path'; there are none"),
        (
            {"a.mid": "", "info.csv": "a,b\n1,2"},
            {},
            "info.csv: has no column 'midi_filename'; there are a, b; if",
        ),
        (
            {"a.mid": "", "INFO.CSV": groove().replace("style", "kind")},
            {},
            "INFO.CSV: has no column 'style'; there are",
        ),
        (
            {"a.mid": "", "maestro-v2.csv": MAESTRO_COLUMNS[10:]},
            {},
            "has no column 'canonical_composer'; there are",
        ),
        *(
            (
                {"a.mid": "", "t.csv": f"path;bpm\na.mid;{bpm}"},
                {"table": "t.csv"},
                f"t.csv: line 2: a.mid: bpm{message}",
            )
            for bpm, message in (
                ("0", "=0: must be from 1 to 1000, or empty"),
                ("0.001", "=0.001: must"),
                ("1001", "=1001: must"),
                ("-1", "=-1: must"),
                ("nan", ": 'nan': must"),
                ("9,5", ": "),
            )
        ),
        ({"a.mid": "", "t.csv": "path,x\na.mid,1\n,2"}, {"table": "t.csv"}, "t.csv: line 3: path is empty"),
        (
            {"a.mid": "", "t.csv": "path,x\na.mid,1\n./a.mid,1\nA.mid,2"},
            {"table": "t.csv"},
            "t.csv: line 4: A.mid: is also in line 2, with other cells",
        ),
        (
            {"a.mid": "", "t.csv": "path\nx\\b.mid"},
            {"table": "t.csv"},
            "t.csv: no row is for a file that .*: the first row is for 'x/b.mid', the first file is 'a.mid'",
        ),
        ({"a.mid": "", "t.csv": "path\n"}, {"table": "t.csv"}, "t.csv: contains no rows"),
        *(
            (["a.mid"], {column: "style"}, f"collection.{column}='style': there is no table with it; see ")
            for column in ("label_column", "group_column", "split_column")
        ),
    ],
)
def test_what_is_wrong_is_named(collect, files, settings, message):
    with pytest.raises(ValueError, match=message):
        collect(files, **settings)


def test_a_folder_or_table_that_is_not_there(collect, tmp_path):
    with pytest.raises(FileNotFoundError, match="collection.folder='none': there is no folder .*none"):
        read_collection(Collection(folder="none"), tmp_path)
    with pytest.raises(FileNotFoundError, match=r"collection.table='t.csv': is not in .*songs"):
        collect(["a.mid"], table="t.csv")


def test_tracks_of_mirdata(collect, monkeypatch):
    def initialize(name, data_home):
        facts = {"style": "funk/groove1", "session": "s1", "split": "train", "tempo": 97}
        track = SimpleNamespace(midi_path=f"{data_home}/d/1.mid", **facts)
        return SimpleNamespace(load_tracks=lambda: {"1": track})

    monkeypatch.setitem(sys.modules, "mirdata", SimpleNamespace(initialize=initialize))
    entries = collect(["d/1.mid"], mirdata="groove_midi")
    assert facts_of(entries) == [("funk", "s1", "train")]
    assert entries["d/1.mid"].row["bpm"] == "97"


def test_mirdata_or_a_data_set_of_it_that_is_not_there(collect, monkeypatch):
    monkeypatch.setitem(sys.modules, "mirdata", None)
    with pytest.raises(ValueError, match="collection.mirdata='maestro': is not installed; run: pip install mirdata"):
        collect(["a.mid"], mirdata="maestro")
    initialize = Mock(side_effect=FileNotFoundError("Metadata not found. Did you run .download()?"))
    monkeypatch.setitem(sys.modules, "mirdata", SimpleNamespace(initialize=initialize))
    message = r"is not the complete maestro of mirdata; run in Python: .*\.download\(\)"
    with pytest.raises(FileNotFoundError, match=message):
        collect(["a.mid"], mirdata="maestro")
