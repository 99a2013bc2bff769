import json
import re
import zipfile

import numpy as np
import pytest

from pipeline import provenance, results
from pipeline.parameters import load

SONG = 'study = "song"\nsound.file = "a.wav"\n'
RUNS = "[runs.RF]\n[runs.R]\nloss.alpha = 0.0\n"
ARRAYS = {"frames": np.arange(6.0).reshape(3, 2), "hop_s": np.array(0.5), "scale": np.array("magnitude")}


class SmallModel:
    """What `results.save_model` asks of a Keras model."""

    def __init__(self, weights):
        self.weights = weights

    def get_weights(self):
        return self.weights

    def save(self, path):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("config.json", '{"units": 2, "activation": "relu"}')
            archive.writestr("model.weights.h5", b"".join(array.tobytes() for array in self.weights))


@pytest.fixture
def root(write_parameters):
    root = write_parameters(SONG + RUNS)
    (root / "music").mkdir()
    (root / "music" / "a.wav").write_bytes(b"sound")
    return root


@pytest.fixture
def song(root):
    return load("song", root)


@pytest.fixture
def rf(song):
    return song.for_run("RF")


@pytest.fixture
def change(write_parameters):
    """The parameters after an edit of their file."""

    def change_to(lines, run="RF"):
        return load("song", write_parameters(SONG + lines + RUNS)).for_run(run)

    return change_to


def save_spectrogram(parameters, root, arrays=ARRAYS):
    return results.save(parameters, "spectrogram", arrays, root, raw=[root / "music" / "a.wav"])


def save_all(parameters, root):
    save_spectrogram(parameters, root)
    results.save_model(parameters, "autoencoder", SmallModel([np.ones((2, 3))]), root)
    return results.save(parameters, "embedding", {"z": np.eye(3)}, root)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def assert_refused(parameters, kind, root, message):
    with pytest.raises(ValueError, match=message):
        results.load(parameters, kind, root)


def test_arrays_come_back_as_they_were(song, root):
    path = save_spectrogram(song, root)
    loaded = results.load(song, "spectrogram", root)
    assert path == root / "output" / "song" / "spectrogram.npz"
    assert loaded.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(loaded[name], array)
        assert loaded[name].dtype == array.dtype


def test_provenance_has_all_parameters_and_what_the_result_was_made_from(rf, root):
    save_all(rf, root)
    spectrogram, autoencoder, embedding = (
        results.read_provenance(rf, kind, root) for kind in ("spectrogram", "autoencoder", "embedding")
    )
    assert spectrogram["raw"].keys() == {"music/a.wav"}
    assert spectrogram["step"] == "save_dataset.step1_save_song"
    assert spectrogram["versions"]["numpy"] == np.__version__
    assert embedding["parameters"] == rf.model_dump(mode="json")
    assert embedding["made_from"] == {"spectrogram": spectrogram["digest"], "autoencoder": autoencoder["digest"]}


def test_dependence_reaches_back_to_the_sound(rf):
    sections = results.sections_of(rf, "embedding")
    assert sections == ["composition", "sound", "spectrogram", "window", "model", "loss", "training"]
    assert results.sections_of(rf, "spectrogram") == ["composition", "sound", "spectrogram"]


def test_missing_result_or_source_names_the_step(rf, root):
    message = "output/song/spectrogram.npz: does not exist; run: python -m save_dataset.step1_save_song song"
    with pytest.raises(FileNotFoundError, match=f"^{re.escape(message)}$"):
        results.load(rf, "spectrogram", root)
    with pytest.raises(FileNotFoundError, match=re.escape(message)):
        results.save(rf, "history", {"loss": np.arange(3)}, root)


def test_stale_by_a_parameter_of_its_own(rf, root, change):
    save_spectrogram(rf, root)
    message = (
        "output/song/spectrogram.npz: was made with spectrogram.overlap=0.0, parameters/song.toml now says 0.5; "
        "run: python -m save_dataset.step1_save_song song"
    )
    assert_refused(change("spectrogram.overlap = 0.5\n"), "spectrogram", root, f"^{re.escape(message)}$")


def test_stale_by_a_parameter_of_what_it_was_made_from(rf, root, change):
    save_all(rf, root)
    message = r"^output/song/RF/{}: was made with training.seed=0, .* says 1; run: .*{}_song song$"
    after = change("training.seed = 1\n")
    assert_refused(after, "embedding", root, message.format("autoencoder.keras", "step2_train"))
    results.path_of(rf, "autoencoder", root).unlink()
    assert_refused(after, "embedding", root, message.format("embedding.npz", "step3_embed"))


def test_parameter_that_it_does_not_depend_on_is_no_harm(rf, root, change):
    save_all(rf, root)
    after = change('figures.compare = [["R", "RF"]]\n')
    assert results.load(after, "embedding", root)["z"].shape == (3, 3)
    assert results.load(change("training.seed = 1\n"), "spectrogram", root).keys() == ARRAYS.keys()


def test_each_run_has_a_folder_and_a_change_of_one_leaves_the_other(root, song, write_parameters):
    save_spectrogram(song, root)
    for run in song.for_runs():
        results.save(run, "history", {"loss": np.arange(3)}, root)
    assert names_in(root / "output" / "song") == ["R", "RF", "spectrogram.npz"]
    write_parameters(SONG + RUNS + "model.latent_dim = 4\n")  # below [runs.R]
    after = load("song", root)
    assert [results.is_fresh(run, "history", root) for run in after.for_runs(["RF", "R"])] == [True, False]
    assert results.load_fresh(after.for_runs(), "history", root).keys() == {"RF"}


def test_stale_when_a_source_is_made_again_with_other_content(rf, root):
    save_all(rf, root)
    save_spectrogram(rf, root)
    assert results.is_fresh(rf, "embedding", root)
    results.save_model(rf, "autoencoder", SmallModel([np.zeros((2, 3))]), root)
    message = r"^output/song/RF/embedding.npz: was made from another output/song/RF/autoencoder.keras; run: .*step3"
    assert_refused(rf, "embedding", root, message)
    save_spectrogram(rf, root, ARRAYS | {"frames": np.zeros((3, 2))})
    message = r"^output/song/RF/autoencoder.keras: was made from another output/song/spectrogram.npz; run: .*step2"
    assert_refused(rf, "embedding", root, message)


def test_stale_when_the_raw_file_changed(rf, root):
    save_all(rf, root)
    (root / "music" / "a.wav").write_bytes(b"another sound")
    message = r"^output/song/spectrogram.npz: was made from another music/a.wav; run: .*step1_save_song song$"
    assert_refused(rf, "embedding", root, message)
    (root / "music" / "a.wav").unlink()  # one that is gone is no harm
    assert results.is_fresh(rf, "embedding", root)


def test_all_that_cannot_be_used_is_told(rf, root, write_parameters):
    save_all(rf, root)
    results.save(rf, "history", {"loss": np.arange(3)}, root)
    results.save(rf, "forecast_knn", {"forecast": np.zeros(3)}, root)
    results.save(rf, "recurrence", {"gaps_s": np.zeros(3)}, root)
    truncate(results.path_of(rf, "recurrence", root))
    after = load("song", write_parameters(SONG + "training.seed = 1\n" + RUNS))
    lines = results.left_out(after, root)
    stale = r"output/song/RF/{}: was made with training.seed=0, .*now says 1; run: .*step2_train_song song"
    made_from = ", ".join(f"output/song/RF/{name}.npz" for name in ("embedding", "forecast_knn", "recurrence"))
    assert sum(bool(re.fullmatch(f"{made_from}: {stale.format('autoencoder.keras')}", line)) for line in lines) == 1
    assert sum(bool(re.fullmatch(stale.format("history.npz"), line)) for line in lines) == 1
    missing = "output/song/R/autoencoder.keras, output/song/R/history.npz: not made yet; run: python -m train_model."
    assert [line for line in lines if line.startswith(missing)]
    assert not [line for line in lines if "spectrogram" in line]
    paths = {results.path_of(run, kind, root) for run in after.for_runs() for kind in run.RESULTS if run.has(kind)}
    told = {name for line in lines for name in re.findall(r"output/\S+?\.(?:npz|keras)", line)}
    assert told == {results.display_path(path, root) for path in paths if path.name != "spectrogram.npz"}


def test_what_all_runs_share_is_told_once(rf, root, change):
    save_all(rf, root)
    (line,) = [line for line in results.left_out(change("spectrogram.overlap = 0.5\n"), root) if "was made" in line]
    assert line.count("spectrogram.npz") == 1
    results.path_of(rf, "spectrogram", root).unlink()
    assert sum(line.count("spectrogram.npz") for line in results.left_out(rf, root)) == 1


def test_content_that_is_not_what_the_record_says_is_told_and_not_fresh(rf, root):
    save_all(rf, root)
    rewrite(results.path_of(rf, "embedding", root), {"z": np.zeros((3, 3))})
    assert not results.is_fresh(rf, "embedding", root)
    told = (
        "output/song/RF/embedding.npz: does not hold what its record says; run: python -m embed.step3_embed_song song"
    )
    assert told in results.left_out(rf, root)


def test_raw_file_outside_the_repository(song, root, tmp_path_factory):
    sound = tmp_path_factory.mktemp("elsewhere") / "b.wav"
    sound.write_bytes(b"sound")
    results.save(song, "spectrogram", ARRAYS, root, raw=[sound])
    assert results.is_fresh(song, "spectrogram", root)
    sound.write_bytes(b"another sound")
    assert_refused(song, "spectrogram", root, re.escape(f"was made from another {sound};"))


def truncate(path):
    path.write_bytes(path.read_bytes()[:-100])


def change_bytes(path):
    path.write_bytes(path.read_bytes().replace(np.float64(5).tobytes(), np.float64(6).tobytes(), 1))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (truncate, "is broken, or no result of a step"),
        (change_bytes, "is broken, or no result of a step"),
        (lambda path: path.write_bytes(b""), ""),
        (lambda path: np.savez(path, **ARRAYS), "is broken, or no result of a step"),
    ],
    ids=["truncated", "changed", "empty", "without provenance"],
)
def test_broken_arrays(song, root, spoil, message):
    spoil(save_spectrogram(song, root))
    message = rf"^output/song/spectrogram.npz: {message}.*; run: .*step1_save_song song$"
    assert_refused(song, "spectrogram", root, message)
    assert not results.is_fresh(song, "spectrogram", root)


def rewrite(path, change, save=np.savez):
    """Write a result with other members under its old record."""
    with np.load(path) as members:
        save(path, **{name: array for name, array in (dict(members) | change).items() if array is not None})


def record_with(path, **change):
    with np.load(path) as members:
        return np.array(json.dumps(json.loads(str(members["record"])) | change))


def claim(path, shape, descr="<f8"):
    """Let the header of `frames`, in the file and in its checksum, claim another shape or type."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
    with np.load(path) as members:
        rest = {f"{name}.npy": array for name, array in dict(members).items() if name != "frames"}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("frames.npy", b"\x93NUMPY\x01\x00v\x00" + header.ljust(117).encode() + b"\n" + bytes(48))
        for name, array in rest.items():
            with archive.open(name, "w") as file:
                np.save(file, array)


TAMPERED = [
    (lambda path: rewrite(path, {"frames": np.zeros((3, 2))}), "does not hold what its record says"),
    (lambda path: rewrite(path, {"hop_s": None}), "does not hold what its record says"),
    (lambda path: rewrite(path, {"more": np.zeros(2)}), "does not hold what its record says"),
    (
        lambda path: rewrite(path, {"record": record_with(path, kind="embedding")}),
        "was made as another result, embedding",
    ),
    (lambda path: rewrite(path, {"record": record_with(path, raw=[1])}), "is broken, .*its record: raw: "),
    (
        lambda path: rewrite(path, {"record": record_with(path, made_from={"a": 1})}),
        "is broken, .*its record: made_from.a: ",
    ),
    (lambda path: rewrite(path, {"record": record_with(path, parameters=[])}), "is broken, .*its record: parameters: "),
    (
        lambda path: rewrite(path, {"record": record_with(path, parameters={"sound": []})}),
        "is broken, .*parameters.sound",
    ),
    (
        lambda path: rewrite(path, {"frames": np.zeros((2000, 2000))}, np.savez_compressed),
        "is broken, .*are compressed",
    ),
    (lambda path: claim(path, (80_000, 80_000)), r"is broken, .*frames.npy is said to have the shape \(80000, 80000\)"),
    (lambda path: claim(path, (2, 2)), r"is broken, .*frames.npy is said to have the shape \(2, 2\)"),
    (lambda path: claim(path, "(3, 2"), "is broken, or no result of a step"),  # NumPy reads headers as Python
    (lambda path: claim(path, (3, 2), "<,8"), "is broken, or no result of a step"),
]


@pytest.mark.parametrize(("tamper", "message"), TAMPERED)
def test_arrays_that_were_tampered_with(song, root, tamper, message):
    tamper(save_spectrogram(song, root))
    assert_refused(
        song, "spectrogram", root, rf"^output/song/spectrogram.npz: {message}.*; run: .*step1_save_song song$"
    )


def test_results_that_were_exchanged_are_not_taken_for_each_other(rf, root):
    save_all(rf, root)
    first, second = (results.path_of(rf, kind, root) for kind in ("embedding", "history"))
    results.save(rf, "history", {"z": np.eye(3)}, root)
    second.replace(first)
    assert_refused(rf, "embedding", root, "embedding.npz: was made as another result, history; run: .*step3")


def test_no_flipped_bit_is_a_traceback_or_changes_a_value(song, root):
    path = save_spectrogram(song, root)
    whole = path.read_bytes()
    start = whole.index(b"PK\x01\x02")  # of the list of members
    refused = []
    for position in [*range(180), *range(start, len(whole))]:
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1 << position % 8]) + whole[position + 1 :])
        try:
            arrays = results.load(song, "spectrogram", root)
        except ValueError as error:
            refused.append(str(error))
        else:
            np.testing.assert_equal(arrays, ARRAYS)
    line = re.compile(r"output/song/spectrogram.npz: .*; run: .*step1_save_song song")
    assert [text for text in refused if not line.fullmatch(text)] == []
    assert len(refused) > 100


def test_arrays_that_hold_pickled_objects(song, root):
    path = save_spectrogram(song, root)
    with np.load(path) as members:
        record = members["record"]
    np.savez(path, frames=np.array([{"a": 1}], object), record=record)
    message = r"^output/song/spectrogram.npz: .*allow_pickle=False.*; run: .*step1"
    assert_refused(song, "spectrogram", root, message)


def test_objects_are_not_saved(song, root):
    with pytest.raises(ValueError, match="allow_pickle=False"):
        results.save(song, "spectrogram", {"frames": np.array([{"a": 1}], object)}, root)
    assert names_in(root / "output" / "song") == []


def test_model_is_checked_by_its_provenance(rf, root, change):
    save_all(rf, root)
    path = results.usable_path(rf, "autoencoder", root)
    assert path == root / "output" / "song" / "RF" / "autoencoder.keras"
    with zipfile.ZipFile(path) as archive:
        assert archive.read("model.weights.h5") == np.ones((2, 3)).tobytes()
    with pytest.raises(ValueError, match=r"autoencoder.keras: was made with model.latent_dim=3, .* now says 4; run"):
        results.usable_path(change("model.latent_dim = 4\n"), "autoencoder", root)
    truncate(path)
    with pytest.raises(ValueError, match=r"^output/song/RF/autoencoder.keras: is broken.*; run: .*step2"):
        results.usable_path(rf, "autoencoder", root)


def test_interrupted_write_leaves_the_old_file_and_nothing_else(rf, root):
    save_all(rf, root)
    model = SmallModel([np.zeros((2, 3))])

    def interrupt(path):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    model.save = interrupt
    with pytest.raises(KeyboardInterrupt):
        results.save_model(rf, "autoencoder", model, root)
    assert results.is_fresh(rf, "embedding", root)
    assert names_in(root / "output" / "song" / "RF") == ["autoencoder.keras", "embedding.npz"]


@pytest.mark.parametrize("kind", ["spectrogram", "autoencoder"])
def test_full_disk_leaves_the_old_result_and_is_an_error_that_names_the_file(rf, root, full_disk, kind):
    save_all(rf, root)
    path = results.path_of(rf, kind, root)
    there = names_in(path.parent)
    save, content = {
        "spectrogram": (results.save, ARRAYS | {"frames": np.zeros((1000, 50))}),
        "autoencoder": (results.save_model, SmallModel([np.zeros(10_000)])),
    }[kind]
    with full_disk(5000), pytest.raises(OSError, match=re.escape(f"'{path}'")):
        save(rf, kind, content, root)
    assert results.is_fresh(rf, "embedding", root)
    assert names_in(path.parent) == there


def test_output_folder_that_cannot_be_written(song, root):
    (root / "output").write_text("I am a file")
    with pytest.raises(OSError, match=re.escape(f"'{results.path_of(song, 'spectrogram', root)}'")):
        save_spectrogram(song, root)


def test_paths_are_shown_from_the_root_and_figures_lie_next_to_the_runs(rf, root):
    assert results.display_path(root / "output" / "a.npz", root) == "output/a.npz"
    assert results.display_path(root.parent / "a.npz", root) == str(root.parent / "a.npz")
    assert results.figure_path(rf, "losses", root) == root / "output" / "song" / "figures" / "losses"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("member", "before", "after"),
    [
        ("config.json", '"activation": "relu"', '"activation": "tanh"'),
        ("config.json", '"units": 2', '"units": 2000000000'),
        ("model.weights.h5", "\0\0\0\0\0\0", "\0\0\1\0\0\0"),
    ],
)
def test_a_model_whose_members_were_changed_under_its_record_is_not_built(rf, root, member, before, after):
    save_spectrogram(rf, root)
    path = results.save_model(rf, "autoencoder", SmallModel([np.zeros((2, 3))]), root)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[member] = members[member].replace(before.encode(), after.encode(), 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    line = (
        "output/song/RF/autoencoder.keras: does not hold what its record says; run: python -m train_model.step2_train"
    )
    with pytest.raises(ValueError, match=f"^{line}_song song$"):
        results.load_model(rf, "autoencoder", root)
    assert not results.is_fresh(rf, "autoencoder", root)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after"),
    [('"class_name": "Dense"', '"class_name": "Denser"'), ('"units": 2', '"units": 2, "rotation": 1'), ("{", "[")],
)
def test_a_model_that_a_newer_keras_saved_is_told_in_one_line(rf, root, before, after):
    import keras  # which no other test here needs

    save_spectrogram(rf, root)
    path = results.save_model(rf, "autoencoder", keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]), root)
    assert results.load_model(rf, "autoencoder", root).count_params() == 8
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    record = json.loads(members.pop("record.json"))
    members["config.json"] = members["config.json"].replace(before.encode(), after.encode())
    reasons = {
        keras.__version__: "is not a model of the code of today; ",
        "99.0.0": r"was saved by Keras 99.0.0, Keras \d.* here cannot read it; install the version that saved it, or ",
    }
    for version, reason in reasons.items():
        members["metadata.json"] = json.dumps({"keras_version": version}).encode()
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        provenance.add_to_model(path, record)
        again = "run: python -m train_model.step2_train_song song --force$"
        with pytest.raises(ValueError, match=f"^output/song/RF/autoencoder.keras: {reason}{again}"):
            results.load_model(rf, "autoencoder", root)
