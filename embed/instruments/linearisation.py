"""What hidden layers do: two classes that no line or plane separates are pulled apart until one does.

A ball inside a ring (in the plane) or inside a shell (in space) goes through a small network; a linear classifier is
fitted to the activations of each layer, and scored on points that neither it nor the network was fitted to.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from embed.instruments.clusters import principal_components

N_POINTS = 400  # of which half are tested
UNITS = 8  # of the hidden layers but the last, which has as many units as there are axes to draw


def ball_in_shell(n_points: int, n_dimensions: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return points, ``(n_points, n_dimensions)``, and labels: 0 within radius 1, 1 between radii 1.5 and 2.5."""
    labels = np.arange(n_points) % 2
    directions = rng.standard_normal((n_points, n_dimensions))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    radii = np.where(labels, rng.uniform(1.5, 2.5, n_points), rng.uniform(0, 1, n_points))
    return directions * radii[:, np.newaxis], labels


def activations_of(network: MLPClassifier, points: np.ndarray) -> list[np.ndarray]:
    """Return the activations of each hidden layer, hyperbolic tangents, of a network: ``(n_points, n_units)``."""
    layers = [points]
    for weights, biases in zip(network.coefs_[:-1], network.intercepts_[:-1], strict=True):
        layers.append(np.tanh(layers[-1] @ weights + biases))
    return layers[1:]


def linearise(n_dimensions: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Return the tested points before and after each hidden layer, and how well a linear classifier does there.

    `{n}d_labels`, ``(n_points,)``; `{n}d_accuracies`, ``(1 + n_layers,)``; `{n}d_layer_0`, `{n}d_layer_1` ...,
    ``(n_points, n_dimensions)``, whose principal components they are where a layer has more units.
    """
    points, labels = ball_in_shell(N_POINTS, n_dimensions, np.random.default_rng(seed))
    half = N_POINTS // 2
    hidden = (UNITS, UNITS, n_dimensions)
    network = MLPClassifier(hidden, activation="tanh", solver="lbfgs", alpha=1e-3, max_iter=2000, random_state=seed)
    network.fit(points[:half], labels[:half])
    layers = [points, *activations_of(network, points)]
    found = {f"{n_dimensions}d_labels": labels[half:]}
    scores = [LogisticRegression().fit(x[:half], labels[:half]).score(x[half:], labels[half:]) for x in layers]
    found[f"{n_dimensions}d_accuracies"] = np.array(scores)
    for index, values in enumerate(layers):
        drawn = values if values.shape[1] == n_dimensions else principal_components(values, n_dimensions)
        found[f"{n_dimensions}d_layer_{index}"] = drawn[half:]
    return found
