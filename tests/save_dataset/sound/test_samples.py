import numpy as np
import pytest
import soundfile

from pipeline.studies.signal import Parameters
from save_dataset import step1_save_signal
from save_dataset.sound.samples import read_samples

RATE_HZ = 8000


def parameters_for(files="*.*", **sound):
    sound |= {"folder": "takes", "files": files, "sample_rate_hz": RATE_HZ}
    return Parameters(name="x", study="signal", sound=sound, runs={"LEARNED": {}})


@pytest.fixture
def takes(tmp_path, rng):
    """Two takes of noise and a text, in music/takes."""
    folder = tmp_path / "music" / "takes"
    folder.mkdir(parents=True)
    for name, n_samples in (("b.wav", 8000), ("a.flac", 12000)):
        soundfile.write(folder / name, rng.uniform(-0.5, 0.5, n_samples), RATE_HZ)
    (folder / "notes.txt").write_text("no sound")
    return tmp_path


def test_recordings_follow_each_other_and_the_last_part_of_each_is_held_out(takes):
    arrays, paths = read_samples(parameters_for(), takes)
    assert [path.name for path in paths] == arrays["names"].tolist() == ["a.flac", "b.wav"]
    assert arrays["starts"].tolist() == [0, 12000, 20000]
    assert arrays["ends_of_training"].tolist() == [9600, 12000 + 6400]
    second, _ = soundfile.read(paths[1])
    assert arrays["samples"].dtype == np.float32
    assert arrays["samples"][12000:] == pytest.approx(second, abs=1e-6)
    assert read_samples(parameters_for(("b.wav",)), takes)[0]["names"].tolist() == ["b.wav"]


def test_one_channel_of_each_is_read(takes):
    path = takes / "music" / "takes" / "b.wav"
    first, _ = soundfile.read(path, dtype="float32")
    soundfile.write(path, np.stack([first, -first], axis=1), RATE_HZ)
    with pytest.raises(ValueError, match=r"b\.wav: the channels cancel"):
        read_samples(parameters_for(("b.wav",)), takes)
    np.testing.assert_array_equal(read_samples(parameters_for(("b.wav",), channel=1), takes)[0]["samples"], first)


def test_what_is_not_there_is_named(takes, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"^sound\.files: not in .*takes: c\.wav, d\.mp3$"):
        read_samples(parameters_for(("c.wav", "a.flac", "d.mp3")), takes)
    with pytest.raises(ValueError, match=r"takes: contains no sound that '\*\.txt' finds"):
        read_samples(parameters_for("*.txt"), takes)
    with pytest.raises(FileNotFoundError, match="^sound.folder='takes': there is no folder"):
        read_samples(parameters_for(), tmp_path / "elsewhere")


def test_a_recording_that_is_too_short_or_silent_is_named(takes):
    with pytest.raises(ValueError, match=r"b\.wav: 7200 samples to learn from and 800 held out .*at least 1024"):
        read_samples(parameters_for(("b.wav",), validation_fraction=0.1), takes)
    soundfile.write(takes / "music" / "takes" / "c.wav", np.zeros(8000), RATE_HZ)
    with pytest.raises(ValueError, match=r"c\.wav: is silent"):
        read_samples(parameters_for(), takes)


def test_step_1_saves_the_samples(takes, write_parameters, capsys):
    write_parameters(
        f'study = "signal"\n[sound]\nfolder = "takes"\nsample_rate_hz = {RATE_HZ}\n[runs.LEARNED]\n', name="takes"
    )
    path = step1_save_signal.run("takes", takes)
    with np.load(path) as stored:
        assert stored["samples"].shape == (20000,)
    assert "music/takes: 2 recordings, 2 s for training, 0 s held out" in capsys.readouterr().out
