import numpy as np
import pytest

from embed.song.collapse import REMEDY, REMEDY_OF_P, describe_collapses
from pipeline.parameters import load

RUNS = """
study = "song"
sound.file = "tones.wav"
[runs.R]
loss.alpha = 0.0
[runs.R_s1]
loss.alpha = 0.0
training.seed = 1
[runs.RF]
[runs.RF_2s]
window.length_s = 2.0
[runs.PCA]
model.method = "pca"
[runs.RF_1d]
model.latent_dim = 1
[runs.RP]
loss = { alpha = 0.0, persistence = 0.1 }
"""
BALL = np.concatenate([np.eye(3), -np.eye(3)])
LINE = BALL * [1.0, 0.1, 0.1]


@pytest.fixture
def describe(write_parameters):
    runs = load("song", write_parameters(RUNS)).for_runs()

    def describe(**embeddings):
        stored = {
            run: {"z": np.asarray(z, np.float32), "path_over_extent": np.array(path)}
            for run, (z, path) in embeddings.items()
        }
        return describe_collapses(runs, stored)

    return describe


def test_nothing_is_said_of_trajectories_that_fill_their_space(describe):
    assert describe(R=(BALL, 40), RF=(BALL, 119), PCA=(BALL, 50)) == []
    assert describe() == []


def test_few_dimensions_are_said_of_any_run_and_a_remedy_of_a_conditioned_one(describe):
    dimensions = "1.04 effective dimensions of 3"
    start = "has all but collapsed to a line"
    assert describe(R=(LINE, 40), RF=(LINE, 50), PCA=(LINE, 50)) == [
        f"warning: R {start} ({dimensions})",
        f"warning: RF {start} ({dimensions}); {REMEDY.format(study='song')}",
        f"warning: PCA {start} ({dimensions})",
    ]
    assert describe(RF_1d=(LINE[:, :1], 900)) == []  # a line is all there is


def test_a_long_path_is_one_of_several_times_that_of_the_first_pure_run_of_the_same_windows(describe):
    path = "zigzags: its path is 4.2 times as long for its extent as that of R"
    (line,) = describe(R=(BALL, 40), R_s1=(BALL, 10), RF=(BALL, 166), RF_2s=(BALL, 1000))
    assert line == f"warning: RF {path}; {REMEDY.format(study='song')}"
    assert describe(R=(BALL, 40), RP=(LINE, 166)) == [
        f"warning: RP has all but collapsed to a line (1.04 effective dimensions of 3); {REMEDY_OF_P}",
        f"warning: RP {path}; {REMEDY_OF_P}",
    ]
