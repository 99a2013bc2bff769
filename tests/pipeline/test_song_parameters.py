from pathlib import Path

import pytest

from pipeline.parameters import ROOT, load
from pipeline.sections.autoencoder import Loss
from pipeline.studies.song import RESULTS, STEPS, Parameters
from pipeline.windows import Sample

SONG = 'study = "song"\nsound.file = "a.wav"\n'
NAMES = sorted(path.stem for path in (ROOT / "parameters").glob("*.toml"))


@pytest.fixture
def load_text(write_parameters):
    def load_it(text):
        return load("song", write_parameters(SONG + text))

    return load_it


@pytest.mark.parametrize("name", NAMES)
def test_shipped_file_loads_for_all_of_its_runs(name):
    parameters = load(name)
    assert parameters.runs
    assert [run.run for run in parameters.for_runs()] == list(parameters.runs)


def test_demo_compares_pure_conditioned_and_linear():
    runs = {each.run: each for each in load("demo").for_runs()}
    assert load("demo").is_composed
    assert (runs["R"].loss.letters(), runs["RPVW"].loss.letters()) == ("R", "RPVW")
    assert runs["PCA"].model.method == "pca"


def test_letters_of_the_loss_are_its_terms_that_are_on():
    assert Loss().letters() == "RF"
    assert Loss(alpha=0.0, gamma=0.1, delta=0.2).letters() == "ROC"
    assert Loss(alpha=0.0, persistence=0.1, constant_velocity=0.2, whiteness=0.3).letters() == "RPVW"


@pytest.mark.parametrize(
    ("run", "changes"),
    [
        ("RF", ""),
        ("RF_2s", "window.length_s = 2"),
        ("RF2s", "loss.alpha = 0"),
        ("RPV", "loss.alpha = 0\nloss.persistence = 1\nloss.constant_velocity = 1"),
        ("R_12d", "loss.alpha = 0"),
        ("RFOC", "loss.gamma = 1\nloss.delta = 1"),
        ("RO", "loss.alpha = 0\nloss.gamma = 1"),
        ("R", 'model.method = "pca"'),
        ("R8", 'model.method = "pca"'),
        ("RF", 'model.method = "sfa"'),
        ("C", 'model.method = "dca"'),
        ("Rhythm", ""),
        ("pure", "loss.alpha = 0"),
    ],
)
def test_name_of_a_run_that_says_its_loss_or_nothing(load_text, run, changes):
    assert load_text(f"[runs.{run}]\n{changes}\n").for_run(run).run == run


@pytest.mark.parametrize(
    ("run", "changes", "message"),
    [
        ("R", "", "the terms R are on, the weights in loss say RF"),
        ("RF", "loss.alpha = 0", "the terms RF are on, the weights in loss say R"),
        ("RFC_2s", "", "the terms RFC are on, the weights in loss say RF"),
        ("R4", "loss.delta = 1", "the terms R are on, the weights in loss say RFC"),
    ],
)
def test_name_of_a_run_that_says_another_loss(load_text, run, changes, message):
    expected = f"parameters/song.toml: runs.{run}: the name says that {message}: change one of them"
    with pytest.raises(ValueError, match=f"^{expected}$"):
        load_text(f"[runs.{run}]\n{changes}\n")


@pytest.mark.parametrize("term", ["persistence", "constant_velocity", "whiteness"])
def test_whitening_needs_more_points_than_dimensions(load_text, term):
    with pytest.raises(ValueError, match=r"runs.a: training.batch_samples=8: must be more than half of model.latent"):
        load_text(f"[runs.a]\nmodel.latent_dim = 16\nloss.{term} = 1\n")
    assert load_text(f"[runs.a]\nmodel.latent_dim = 15\nloss.{term} = 1\n").for_run("a").model.latent_dim == 15


def test_compared_runs_exist(load_text):
    parameters = load_text('figures.compare = [["RF", "a"], ["a"]]\n[runs.RF]\n[runs.a]\n')
    assert parameters.figures.compare == (("RF", "a"), ("a",))
    with pytest.raises(ValueError, match=r"^parameters/song.toml: figures.compare: no run is called 'R'; runs: RF, a$"):
        load_text('figures.compare = [["RF", "R"]]\n[runs.RF]\n[runs.a]\n')


def test_sound_is_composed_only_if_it_is_the_file_of_the_composition(load_text):
    assert not load_text("[runs.RF]\n").is_composed
    assert not load_text('composition.file = "b.wav"\n[runs.RF]\n').is_composed
    assert load_text('composition.file = "a.wav"\n[runs.RF]\n').is_composed


def test_sample_has_only_what_the_loss_needs(load_text):
    parameters = load_text(
        "[runs.RF]\n[runs.R]\nloss.alpha = 0\n[runs.RC]\nloss.alpha = 0\nloss.delta = 1\n[runs.RFV]\n"
        'loss.constant_velocity = 1\n[runs.RF_paper]\ntraining.clip = "encoded"\n'
        '[runs.RC_paper]\nloss.alpha = 0\nloss.delta = 1\ntraining.clip = "encoded"\n'
        "[runs.RP]\nloss.alpha = 0\nloss.persistence = 1\nloss.max_lag = 9\n"
        '[runs.PCA]\nmodel.method = "pca"\nmodel.latent_dim = 7\n'
        '[runs.SFA]\nmodel.method = "sfa"\n[runs.DCA]\nmodel.method = "dca"\n'
    )
    assert {each.run: each.sample(22) for each in parameters.for_runs()} == {
        "RF": Sample(22, after=1, remembered=44),
        "R": Sample(22),
        "RC": Sample(22, before=2),
        "RFV": Sample(22, before=2, after=1, remembered=42),
        "RF_paper": Sample(22, before=44, after=1),
        "RC_paper": Sample(22, before=44),
        "RP": Sample(22, max_lag=9),
        "PCA": Sample(22, after=6),
        "SFA": Sample(22, after=3),
        "DCA": Sample(22, after=3),
    }


def test_window_counts_frames_of_the_stored_spectrogram(load_text):
    two_seconds = load_text("window.length_s = 2\n[runs.RF]\n")
    assert two_seconds.count_window_frames({"hop_s": 1024 / 44100, "frame_s": 1024 / 44100}) == 88
    assert two_seconds.count_window_frames({"hop_s": 512 / 44100, "frame_s": 1024 / 44100}) == 172


def test_each_result_is_made_by_a_step_from_sections_and_results_there_are():
    for result in RESULTS.values():
        assert result.step in STEPS
        assert set(result.sections) <= Parameters.model_fields.keys()
        assert set(result.made_from) <= RESULTS.keys()


def test_no_two_results_share_a_path_and_those_of_a_run_lie_in_its_folder():
    assert len({result.path for result in RESULTS.values()}) == len(RESULTS)
    for result in RESULTS.values():
        depends_on_run = bool(set(result.sections) & set(Parameters.RUN_SECTIONS)) or any(
            "{run}" in RESULTS[source].path for source in result.made_from
        )
        assert result.path.startswith("{run}/") == depends_on_run


def test_steps_are_modules_in_the_order_of_their_numbers():
    assert all((ROOT / Path(*step.split("."))).with_suffix(".py").is_file() for step in STEPS)
    numbers = [int(step.split(".step")[1].split("_")[0]) for step in STEPS]
    assert numbers == sorted(numbers)


def test_every_parameter_says_what_it_does():
    for name in ("composition", "sound", "spectrogram", "window", "model", "loss", "training", "figures"):
        section = Parameters.model_fields[name].annotation
        section = next(each for each in getattr(section, "__args__", (section,)) if each is not type(None))
        assert section.__doc__
        assert [key for key, field in section.model_fields.items() if not field.description] == []
