"""Models cut out of trained models: parts are found by name, never by position."""

import keras
from keras import ops


def part(model: keras.Model, name: str) -> keras.Model:
    """Return the part of a model with this name; ValueError naming those there are if it has none."""
    parts = {layer.name: layer for layer in model.layers if isinstance(layer, keras.Model)}
    if name not in parts:
        raise ValueError(f"part={name!r}: the model {model.name} has the parts {', '.join(parts)}")
    return parts[name]


def has_part(model: keras.Model, name: str) -> bool:
    """Whether a model has a part with this name."""
    return any(layer.name == name for layer in model.layers if isinstance(layer, keras.Model))


def build_embedder(autoencoder: keras.Model) -> keras.Model:
    """Return a model from windows to the point of each and the loss of its reconstruction.

    Returns
    -------
    keras.Model
        From windows ``(batch, ...)`` to a dict of ``z`` ``(batch, latent_dim)`` and
        ``reconstruction_loss`` ``(batch,)``, the mean binary cross-entropy over the pixels of the window.
    """
    encoder, decoder = part(autoencoder, "encoder"), part(autoencoder, "decoder")
    window = keras.Input(encoder.input_shape[1:], name="window")
    z = encoder(window)
    loss = ops.mean(ops.binary_crossentropy(window, decoder(z)), axis=tuple(range(1, window.ndim)))
    return keras.Model(window, {"z": z, "reconstruction_loss": loss}, name="embedder")


def build_penultimate(network: keras.Model) -> keras.Model:
    """Return the model from what a network classifies to the activations of its layer `penultimate`."""
    return keras.Model(network.input, network.get_layer("penultimate").output, name="penultimate")
