"""Toy data: nothing separates it by a line at first, and one does after hidden layers."""

import numpy as np
import pytest

from embed.instruments.linearisation import ball_in_shell, linearise


@pytest.mark.parametrize("n_dimensions", [2, 3])
def test_a_shell_surrounds_a_ball(n_dimensions, rng):
    points, labels = ball_in_shell(100, n_dimensions, rng)
    radii = np.linalg.norm(points, axis=1)
    assert points.shape == (100, n_dimensions)
    assert radii[labels == 0].max() <= 1
    assert radii[labels == 1].min() >= 1.5
    assert labels.sum() == 50


@pytest.mark.parametrize("n_dimensions", [2, 3])
def test_hidden_layers_linearise(n_dimensions):
    found = linearise(n_dimensions)
    accuracies = found[f"{n_dimensions}d_accuracies"]
    assert accuracies[0] < 0.7
    assert accuracies[-1] > 0.97
    for layer in range(len(accuracies)):
        assert found[f"{n_dimensions}d_layer_{layer}"].shape == (200, n_dimensions)
