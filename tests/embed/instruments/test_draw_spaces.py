"""What figures of spaces show."""

import numpy as np
import pytest

from embed.instruments.clusters import cluster_clips
from embed.instruments.draw_spaces import class_colours, draw_activations, draw_clusters, draw_helix, draw_linearisation
from embed.instruments.linearisation import linearise
from tests.drawn import legend_of
from tests.noise_clips import noise_clips


@pytest.mark.parametrize("n_classes", [2, 10, 14])
def test_each_class_has_a_colour_of_its_own(n_classes):
    assert len(np.unique(class_colours(n_classes), axis=0)) == n_classes


def test_clusters_show_agreement_classes_and_collections(rng):
    clips = noise_clips(rng, time=rng.random((32, 5)))
    figure = draw_clusters(cluster_clips(clips), clips)
    assert [axes.get_title().split(",")[0] for axes in figure.axes] == ["mfcc", "time log"]
    assert "with classes" in figure.axes[0].get_title()
    assert legend_of(figure) == ["class_0", "class_1", "in A", "in B"]
    assert sum(len(dots.get_offsets()) for dots in figure.axes[0].collections) == 32


def test_activations_are_those_of_the_clips_that_test(rng):
    clips = noise_clips(rng)
    tested = clips.of_collections(["B"])
    figure = draw_activations({"clips": tested, "activations": rng.random((16, 8))}, clips, "net")
    assert legend_of(figure) == ["class_0", "class_1", "in B"]
    (dots,) = figure.axes[0].collections
    assert len(dots.get_offsets()) == 16


def test_the_helix_names_the_octaves_of_its_first_pitch(rng):
    spaces = {"helix": rng.random((25, 3)), "helix_bins": np.arange(25), "octave_ratio": np.array(0.5)}
    figure = draw_helix(spaces, min_frequency_hz=55.0, bins_per_octave=12)
    assert [text.get_text().strip() for text in figure.axes[0].texts] == ["A1", "A2", "A3"]
    assert figure.axes[0].get_title() == "octave 0.50 times as far as a tritone less or more"


def test_linearisation_has_a_panel_for_each_layer():
    figure = draw_linearisation(linearise(2) | linearise(3))
    assert len(figure.axes) == 8
    assert figure.axes[3].get_title() == "after hidden layer 3\nlinear classifier 100 %"
