from dataclasses import replace

import numpy as np
import pytest

from evaluate import step7_measure_dictionary
from evaluate.dictionary import results as dictionary_results
from evaluate.dictionary.measures import by_name
from evaluate.dictionary.results import measure_run, save_baselines
from pipeline import results
from pipeline.parameters import load
from save_dataset.midi.event_tokens import to_numbers
from tests.small_dictionary import TEXT, codes_of, small_codes, small_corpus
from tests.stored_results import store

BASELINES = '[baselines]\nmethods = ["mean", "pca_first"]\nn_atoms = 2\nk = [1]\n'
STYLE = "[style]\nmin_pieces = 2\nfolds = 2\nn_bootstrap = 10\npenalty = 100\n"


def repeat(corpus, codes, times=4):
    """A corpus and its codes `times` over, each time in other sessions."""
    texts = {name: np.tile(getattr(corpus, name), times) for name in ("names", "labels", "splits", "bpm", "chords")}
    many = codes_of([codes.piece(p) for p in range(corpus.n_pieces)] * times, codes.patterns, codes.stride_steps)
    groups = np.arange(times * corpus.n_pieces).astype(str)
    return replace(
        corpus, steps=np.tile(corpus.steps, (times, 1)), starts=4 * many.starts, groups=groups, **texts
    ), many


@pytest.fixture
def prepare(write_parameters, monkeypatch):
    """Store a corpus and its codes; a run's model encodes by least squares. Returns parameters, corpus, root."""

    def prepare_it(text=BASELINES + STYLE, change=lambda corpus, codes: (corpus, codes)):
        root = write_parameters(f"{TEXT}\n{text}", "beats")
        parameters = load("beats", root)
        corpus, codes = change(small_corpus(small_codes()), small_codes())
        store(parameters, "corpus", root, **corpus.to_arrays())
        dense = np.stack([np.abs(codes.piece(p)).mean(axis=0) for p in range(corpus.n_pieces)])
        for run in parameters.for_runs():
            store(run, "codes", root, **vars(codes), mean_activity=dense)
        unmix = np.linalg.pinv(codes.patterns.reshape(len(codes.patterns), -1))

        def encode(music):
            return music.reshape(*music.shape[:-2], -1, len(unmix)) @ unmix

        monkeypatch.setattr(dictionary_results.results, "load_model", lambda parameters, kind, root: kind)
        monkeypatch.setattr(dictionary_results, "batch_encoder", lambda model: encode)
        return parameters, corpus, root

    return prepare_it


def names_of(paths):
    return [path.name for path in paths]


def test_baselines_are_saved_once_and_again_if_asked_or_stale(prepare):
    parameters, corpus, root = prepare(change=repeat)
    both = ["baselines.npz", "style_baselines.npz"]
    assert names_of(save_baselines(parameters, corpus, root)) == both
    assert save_baselines(parameters, corpus, root) == []
    assert names_of(save_baselines(parameters, corpus, root, force=True)) == both
    toml = root / "parameters" / "beats.toml"
    toml.write_text(toml.read_text().replace("k = [1]", "k = [2]"))
    changed = load("beats", root)
    assert names_of(save_baselines(changed, corpus, root)) == ["baselines.npz"]
    assert results.load(changed, "baselines", root)["k"].tolist() == [0, 2]
    toml.write_text(toml.read_text().replace("n_bootstrap = 10", "n_bootstrap = 11"))
    assert names_of(save_baselines(load("beats", root), corpus, root)) == ["style_baselines.npz"]


def test_style_that_cannot_be_classified_stops_nothing_and_a_line_says_why(prepare, capsys):
    parameters, corpus, root = prepare()  # one piece of jazz
    assert names_of(save_baselines(parameters, corpus, root)) == ["baselines.npz"]
    assert "style is not measured: labels=['rock']: there must be two" in capsys.readouterr().out
    (run,) = parameters.for_runs()
    assert names_of(measure_run(run, corpus, root)) == ["measures.npz"]
    assert "style" not in capsys.readouterr().out


def test_no_baselines_are_saved_if_none_is_asked_for_or_can_be_fitted(prepare, capsys):
    parameters, corpus, root = prepare("[baselines]\nmethods = []\n")
    assert save_baselines(parameters, corpus, root) == []
    parameters, corpus, root = prepare("[baselines]\nmethods = ['mean']\nn_atoms = 1000\nk = [1]\n")
    assert save_baselines(parameters, corpus, root) == []
    assert "baseline mean is left out: n_atoms=1000: must be 1 to the 80 windows" in capsys.readouterr().out
    assert not results.path_of(parameters, "baselines", root).exists()


def test_run_has_all_measures_that_apply_and_a_line(prepare, capsys):
    parameters, corpus, root = prepare(change=repeat)
    (run,) = parameters.for_runs()
    assert names_of(measure_run(run, corpus, root)) == ["measures.npz", "style.npz"]  # drums have no chords
    stored = results.load(run, "measures", root)
    assert by_name(stored)["f1"] == 1
    assert stored["shifts"].tolist() == [0, 1, 2, 3, 4, 8]
    assert 0 < float(stored["noisy_f1"]) < 1
    assert results.load(run, "style", root)["accuracy"] == 1
    assert capsys.readouterr().out == "A: MSE 0.0000, F1 1.000, style 1.000\n"


def test_tokens_have_no_hits_shifts_or_noise(prepare, capsys):
    def as_tokens(corpus, codes):
        numbers = to_numbers(np.resize(np.arange(150, 350), (len(corpus.steps), 1)))
        silent = codes_of(np.zeros((3, 40, len(codes.patterns))), codes.patterns[..., :1], codes.stride_steps)
        return replace(corpus, steps=numbers, channels=np.array(["token"])), silent

    parameters, corpus, root = prepare(change=as_tokens)
    (run,) = parameters.for_runs()
    assert names_of(measure_run(run, corpus, root)) == ["measures.npz"]
    assert not {"shifts", "noisy_f1"} & {*results.load(run, "measures", root)}
    of_224 = np.mean(np.resize(np.arange(150, 350), len(corpus.steps))[-160:] == 224)  # the number 0, rounded
    assert capsys.readouterr().out.endswith(f"exact tokens {of_224:.3f}\n")


def test_step_says_that_nothing_is_held_out(prepare):
    _, _, root = prepare(change=lambda corpus, codes: (replace(corpus, splits=np.full(3, "train")), codes))
    with pytest.raises(ValueError, match=r"^evaluation.split='test': there is no piece in it; raise .*$"):
        step7_measure_dictionary.run("beats", root)


def test_step_measures_baselines_and_runs(prepare, capsys):
    parameters, _, root = prepare(change=repeat)
    paths = step7_measure_dictionary.run("beats", root)
    assert names_of(paths) == ["baselines.npz", "style_baselines.npz", "measures.npz", "style.npz"]
    assert capsys.readouterr().out.splitlines()[-1] == "wrote 4 files to output/beats"
    assert names_of(step7_measure_dictionary.run("beats", root)) == ["measures.npz", "style.npz"]
    assert all(results.is_fresh(run, "measures", root) for run in parameters.for_runs())
