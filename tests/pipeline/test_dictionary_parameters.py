import pytest

from pipeline.parameters import load
from pipeline.results import sections_of

DRUMS = 'study = "drums"\ncollection.folder = "beats"\n'
PIANO = 'study = "piano"\ncollection.folder = "scores"\n'


@pytest.fixture
def load_text(write_parameters):
    def read(text, study=DRUMS, runs="[runs.A]\n"):
        return load("beats", write_parameters(study + text + "\n" + runs, "beats")).for_run("A")

    return read


@pytest.mark.parametrize("study", [DRUMS, PIANO])
def test_nothing_but_a_folder_and_a_run_is_needed(load_text, study):
    parameters = load_text("", study)
    assert parameters.model.atom_steps == parameters.model.stride_steps == 4
    assert not parameters.corruption.is_on
    assert not parameters.is_composed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model = { k = 11, n_atoms = 10 }", "k=11: must be at most n_atoms=10"),
        ("model = { k = 1, k_max = 11, n_atoms = 10 }", "k_max=11: must be at most n_atoms=10"),
        ("model = { k = 4, k_max = 3 }", "k_max=3: must be at least k=4"),
        ("model.stride_steps = 3", "stride_steps=3: must divide atom_steps=4"),
        ("model.stride_steps = 8", "stride_steps=8: must divide atom_steps=4"),
        ("training.window_steps = 18", "training.window_steps=18: must be a multiple of stride_steps=4"),
        ("training.window_steps = 3\nmodel.stride_steps = 1", "training.window_steps=3: must be at least atom_steps=4"),
        ("model.window_steps = 24", "model.window_steps=24: must divide training.window_steps=64"),
        ("model.window_steps = 2", "model.window_steps=2: .*multiple of stride_steps=4"),
        ('model = { refine = "values", rank_by = "positive" }', "refine='values': values may be negative"),
        ('model = { refine = "pursuit", rank_by = "positive" }', "refine='pursuit': values may be negative"),
        ('model = { refine = "pursuit", bias = true }', "refine='pursuit': .*no bias"),
        ('model = { refine = "pursuit", scope = "map" }', "refine='pursuit': needs scope column or window, not map"),
        ('model = { refine = "pursuit", scope = "lifetime" }', "not lifetime"),
        (
            "collection.validation_fraction = 0.4\ncollection.test_fraction = 0.6",
            "validation_fraction . test_fraction=1: must be",
        ),
        ("collection.validation_fraction = 0.9", "validation_fraction . test_fraction=1.05: must be below 1"),
        ("baselines = { k = [1, 5], n_atoms = 4 }", "k=5: must be at most n_atoms=4"),
        ("loss.hits = 2.0", "unknown"),
        ("corruption.deleted = 1.0", "deleted"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(load_text, text, message):
    with pytest.raises(ValueError, match=message) as error:
        load_text(text)
    assert "parameters/beats.toml" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "model = { k = 10, n_atoms = 10 }",
        'model = { k = 11, n_atoms = 10, scope = "window", stride_steps = 1 }',
        "training.window_steps = 4",
        "model.window_steps = 16",
        'model = { refine = "values", scope = "lifetime" }',
        "collection.validation_fraction = 0.4\ncollection.test_fraction = 0.5",
    ],
)
def test_what_just_fits_is_taken(load_text, text):
    load_text(text)


def test_winners_must_have_fallen_before_the_training_ends(load_text):
    fall = "model = {{ k = 1, k_max = 4, k_every_epochs = 30 }}\ntraining.epochs = {}"
    assert load_text(fall.format(92)).training.epochs == 92
    with pytest.raises(ValueError, match="training.epochs=91: must be at least 92 for model.k_max=4 to fall to k=1"):
        load_text(fall.format(91))
    load_text("model = { k = 1, k_max = 4, k_every_epochs = 3, k_fall = 2 }\ntraining.epochs = 8")
    load_text("model = { k = 4, k_max = 4 }\ntraining.epochs = 1")


def test_a_run_is_checked_with_what_it_changes(load_text):
    with pytest.raises(ValueError, match="runs.A.*training.window_steps=64: must be a multiple of stride_steps=3"):
        load_text("", runs="[runs.A]\nmodel = { atom_steps = 6, stride_steps = 3 }\n")


def test_runs_share_the_music(load_text):
    with pytest.raises(ValueError, match="runs.A.collection: is the same for all runs"):
        load_text("", runs="[runs.A]\ncollection.seed = 1\n")


def test_music_is_composed_only_where_it_is_used(load_text):
    assert load_text('composition.folder = "beats"').is_composed
    assert not load_text('composition.folder = "others"').is_composed


def test_results_of_training_depend_on_what_is_trained_and_on_the_corpus(load_text):
    for text, array in ((DRUMS, "grid"), (PIANO, "roll")):
        parameters = load_text("", text)
        expected = {"composition", "collection", array, "model", "loss", "corruption", "training"}
        assert set(sections_of(parameters, "dictionary")) == set(sections_of(parameters, "codes")) == expected
        assert set(sections_of(parameters, "corpus")) == {"composition", "collection", array}


def test_proportions_that_would_have_one_name_are_refused(load_text):
    assert load_text("generate.alphas = [0.5, 0.51]").generate.alphas == (0.5, 0.51)
    with pytest.raises(ValueError, match="generate.alphas: must differ by a percent, they are 0.5, 0.501$"):
        load_text("generate.alphas = [0.5, 0.501]")
