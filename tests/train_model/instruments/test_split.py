import dataclasses

import numpy as np
import pytest

from pipeline.parameters import load
from tests.small_clips import TEXT, small_clips, store_small_clips
from train_model.instruments.split import load_phrases, split_clips

PHRASES = '[phrases]\nper_class = 2\ncollections = ["A"]'


def parameters_of(write_parameters, change=""):
    return load("small", write_parameters(TEXT + change, "small"))


def test_clips_of_the_collections_on_either_side(write_parameters):
    clips = small_clips(6)
    train, test = split_clips(clips, parameters_of(write_parameters, '[split]\ntrain = ["A", "C"]\ntest = ["B"]'))
    assert set(clips.collections[train]) == {"A", "C"}
    assert set(clips.collections[test]) == {"B"}
    assert len(train) + len(test) == len(clips.labels)


def test_an_unknown_collection_is_named_beside_those_there_are(write_parameters):
    with pytest.raises(ValueError, match="split.train='Y': there are the collections A, B, C"):
        split_clips(small_clips(), parameters_of(write_parameters, '[split]\ntrain = ["A", "Y"]'))


def test_a_class_that_cannot_be_learned_is_named(write_parameters):
    clips = small_clips()
    clips = clips.rows(np.flatnonzero((clips.labels != 1) | (clips.collections == "B")))
    with pytest.raises(ValueError, match=r"split.train=\('A',\): has no clip of drum"):
        split_clips(clips, parameters_of(write_parameters))


def test_a_group_on_both_sides_is_refused(write_parameters):
    clips = small_clips()
    groups = clips.groups.copy()
    groups[-18 * 2] = groups[0]  # the first clip of B
    with pytest.raises(ValueError, match="the group 'A0' is in split.train=.* and in split.test="):
        split_clips(dataclasses.replace(clips, groups=groups), parameters_of(write_parameters))


@pytest.mark.parametrize(
    ("change", "n_phrases"),
    [
        ("", None),
        (PHRASES, 6),
        (PHRASES + "\n[split]\nphrases = false", None),
        (PHRASES + '\n[split]\ntrain = ["C"]', None),  # of which there are none
    ],
)
def test_phrases_are_those_of_the_collections_learned_from(write_parameters, change, n_phrases):
    made_of = {"n_per_class": 2, "collections": ("A", "B")}
    parameters, root = store_small_clips(write_parameters, TEXT + change, **made_of)
    phrases = load_phrases(parameters, root)
    assert (phrases and len(phrases.labels)) == n_phrases
    assert phrases is None or set(phrases.collections) == {"A"}


@pytest.mark.parametrize(
    ("average", "message"),
    [
        ('["all"]', "classifier.average='all': must be another run that is trained; there are: net"),
        ('["net", "nett"]', "classifier.average='nett': must be another run that is trained"),
        ('["both"]', "classifier.average='both': must be another run that is trained; there are: net, twice, machine"),
    ],
)
def test_an_average_is_of_other_runs_that_are_trained(write_parameters, average, message):
    with pytest.raises(ValueError, match=message):
        parameters_of(write_parameters, f"[runs.all]\nclassifier.average = {average}")
