"""Every change on the disk is seen, with its number, place and path."""

from pipeline.atomic_write import atomic_folder, write_text
from tests.faults.disk import BEGUN, HALF, OTHER, RENAMED, WRITTEN, Disk


def test_each_write_has_its_places_also_one_within_another(tmp_path):
    seen, halves = [], []

    def see(number, place, path):
        seen.append((number, place, path and path.name))
        if place == HALF:
            halves.extend(hidden.read_text() for hidden in tmp_path.glob(".*.txt"))

    with Disk(tmp_path, see).watched():
        write_text(tmp_path / "a.txt", "abcd")
        with atomic_folder(tmp_path / "b"):
            write_text(tmp_path / "c.txt", "efgh")
        (tmp_path / "a.txt").unlink()
    assert [at for at in seen if at[1] != OTHER] == [
        *((1, place, "a.txt") for place in (BEGUN, HALF, WRITTEN, RENAMED)),
        (2, BEGUN, "b"),
        *((3, place, "c.txt") for place in (BEGUN, HALF, WRITTEN, RENAMED)),
    ]
    assert seen[-1][1] == OTHER
    assert halves == ["ab", "ef"]
    assert (tmp_path / "c.txt").read_text() == "efgh"
