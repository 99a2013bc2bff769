import hashlib
import subprocess
import zipfile

import numpy as np
import pytest

from pipeline import provenance

RECORD = {
    "kind": "z",
    "parameters": {"name": "a"},
    "step": "a.step1",
    "digest": "12",
    "made_from": {"b": "34"},
    "raw": {"c": "56"},
}
RECORD |= {"versions": {"numpy": "2"}, "commit": ""}


def test_arrays_keep_their_record(tmp_path):
    np.savez(tmp_path / "a.npz", **provenance.add_to_arrays({"z": np.arange(3)}, RECORD))
    assert provenance.read(tmp_path / "a.npz") == RECORD
    arrays = provenance.read_arrays(tmp_path / "a.npz")
    assert arrays.keys() == {"z"}
    assert arrays["z"].tolist() == [0, 1, 2]


def test_model_keeps_its_record_and_its_members(tmp_path):
    path = tmp_path / "a.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}")
    provenance.add_to_model(path, RECORD)
    assert provenance.read(path) == RECORD | {"members": {"config.json": hashlib.sha256(b"{}").hexdigest()}}
    with zipfile.ZipFile(path) as archive:
        assert archive.read("config.json") == b"{}"


@pytest.mark.parametrize("name", ["a.npz", "a.keras"])
@pytest.mark.parametrize("content", [b"", b"RIFF and so on", b"\x80\x04]\x94K\x01a."], ids=["empty", "text", "pickle"])
def test_file_that_is_no_result(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match="is broken|is no complete|pickle"):
        provenance.read(tmp_path / name)


@pytest.mark.parametrize("name", ["a.npz", "a.keras"])
def test_file_without_provenance(tmp_path, name):
    if name == "a.npz":
        np.savez(tmp_path / name, z=np.arange(3))
    else:
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("config.json", "{}")
    with pytest.raises(ValueError, match=r"is broken, or no result of a step \(.*record"):
        provenance.read(tmp_path / name)


@pytest.mark.parametrize("content", [3, [1, 2], "no JSON", "{}", "[]"])
def test_record_of_another_program(tmp_path, content):
    np.savez(tmp_path / "a.npz", record=np.array(content))
    with pytest.raises(ValueError, match="is broken, or no result of a step"):
        provenance.read(tmp_path / "a.npz")


def test_array_whose_bytes_changed_on_disk(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, z=np.full(100, 7.0))
    path.write_bytes(path.read_bytes().replace(np.float64(7).tobytes(), np.float64(8).tobytes(), 1))
    with pytest.raises(ValueError, match="is no complete .npz file .*CRC"):
        provenance.read_arrays(path)


def test_digest_is_the_same_for_the_same_arrays_in_any_order_and_layout(rng):
    z = rng.normal(size=(4, 3))
    first = provenance.digest_arrays({"z": z, "t": np.array("magnitude")})
    second = provenance.digest_arrays({"t": np.array("magnitude"), "z": np.asfortranarray(z)})
    assert first == second


@pytest.mark.parametrize(
    "other",
    [
        {"y": np.zeros((2, 3))},
        {"z": np.zeros((3, 2))},
        {"z": np.zeros((2, 3), np.int64)},
        {"z": np.zeros(6)},
        {"z": np.eye(2, 3)},
        {"z": np.zeros((2, 3)), "y": np.zeros(0)},
    ],
    ids=["name", "shape", "type", "dimensions", "values", "one more"],
)
def test_digest_differs_for_other_arrays(other):
    assert provenance.digest_arrays(other) != provenance.digest_arrays({"z": np.zeros((2, 3))})
    assert provenance.digest_arrays({"z": np.array(1.0)}) != provenance.digest_arrays({"z": np.array([1.0])})


def test_digest_of_a_file_is_that_of_sha256sum(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-4, example of one block
    assert provenance.digest_file(tmp_path / "a") == known


def test_versions_of_packages_and_of_one_that_is_not_there(monkeypatch):
    monkeypatch.setattr(provenance, "PACKAGES", ("numpy", "no-such-package-of-ours"))
    assert provenance.versions() == {"numpy": np.__version__, "no-such-package-of-ours": ""}


def test_commit_is_marked_when_files_differ_from_it(tmp_path):
    def git(*arguments):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        command = ["git", "-C", str(tmp_path), *identity, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    (tmp_path / "a").write_text("1")
    git("add", "a")
    git("commit", "--quiet", "--no-gpg-sign", "--message", "a")
    commit = git("rev-parse", "--short", "HEAD")
    assert provenance.git_commit(tmp_path) == commit
    (tmp_path / "a").write_text("2")
    assert provenance.git_commit(tmp_path) == f"{commit}-dirty"


def test_commit_without_git(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert provenance.git_commit(tmp_path) == ""
