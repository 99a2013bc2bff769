"""Step 6 of the study `timbre` by all methods but networks, on sounds made by hand."""

import pytest
import soundfile

from forecast import step6_transfer_timbre
from forecast.timbre.outputs import load_outputs
from pipeline import results
from pipeline.parameters import load
from tests.done_steps import assert_refused, names_in, versions_of
from tests.small_transfers import RATE_HZ, TEXT, small_sources, small_targets

pytestmark = pytest.mark.slow
RUNS = ("same", "hybrid", "opposite", "pieces", "runs")
SOUNDS = {
    *(f"{source}_to_{target}.wav" for source in ("voice", "reed") for target in ("reed", "bell")),
    *(f"{target}_held_out_to_{target}.wav" for target in ("reed", "bell")),
}


@pytest.fixture(scope="module")
def done(write_session_parameters):
    root = write_session_parameters(TEXT, "small")
    parameters = load("small", root)
    results.save(parameters, "targets", small_targets().to_arrays(), root)
    results.save(parameters, "sources", small_sources().to_arrays(), root)
    step6_transfer_timbre.run("small", root)
    return root


def test_each_run_has_its_outputs_as_sounds_of_the_same_samples(done):
    for run in RUNS:
        outputs = load_outputs(load("small", done).for_run(run), done)
        folder = done / "output" / "small" / run
        assert names_in(folder) == {"transfers.npz", "sounds"}
        assert names_in(folder / "sounds") == SOUNDS
        for output, name in enumerate(outputs.sound_names):
            samples, rate_hz = soundfile.read(folder / "sounds" / f"{name}.wav")
            assert rate_hz == RATE_HZ
            assert samples == pytest.approx(outputs.sound(output), abs=1e-4)
    assert (done / "output" / "small" / "listen.html").is_file()


def test_what_is_up_to_date_is_left_but_for_files_that_are_missing(done_again, capsys):
    sounds = done_again / "output" / "small" / "pieces" / "sounds"
    (sounds / "voice_to_bell.wav").unlink()
    (sounds / "old_to_bell.wav").touch()
    before = versions_of(done_again, "output/small/*/**/*.*")
    step6_transfer_timbre.run("small", done_again)
    after = versions_of(done_again, "output/small/*/**/*.*")
    added = {"output/small/pieces/sounds/voice_to_bell.wav"}
    assert after.keys() - before.keys() == added
    assert before.keys() - after.keys() == {"output/small/pieces/sounds/old_to_bell.wav"}
    assert all(before[path] == after[path] for path in before.keys() & after.keys())
    assert capsys.readouterr().out.count("transfers.npz is up to date\n") == len(RUNS)


def test_with_force_one_run_alone_is_made_again(done_again, capsys):
    before = versions_of(done_again, "output/small/*/**/*.*")
    step6_transfer_timbre.run("small", done_again, runs=["runs"], force=True)
    changed = {
        path for path, version in versions_of(done_again, "output/small/*/**/*.*").items() if version != before[path]
    }
    assert changed == {path for path in before if "/runs/" in path}
    assert " times faster than real time (processor time)" in capsys.readouterr().out


def test_what_is_missing_or_stale_is_refused_by_name(done_again, write_parameters):
    write_parameters(TEXT + "[runs.net]\n", "small")
    message = (
        r"^output/small/net/autoencoder.keras: does not exist; run: python -m train_model.step2_train_timbre small$"
    )
    message = message.replace("output", ".*output")
    assert_refused(done_again, message, step6_transfer_timbre, runs=["net"], error=FileNotFoundError)
    write_parameters(TEXT.replace("hop_samples = 128", "hop_samples = 64"), "small")
    message = r"targets.npz: was made with stft.hop_samples=128, .* now says 64; run: .*step1_save_timbre small$"
    assert_refused(done_again, message, step6_transfer_timbre)
