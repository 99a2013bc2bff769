"""What the studies of complex bases share: the results of their training."""

from pipeline.results import Result

TRAIN = "train_model.step2_train_complex"
TRAINED = ("model", "loss", "training")


def trained_from(data: str) -> dict[str, Result]:
    """The results of training on data of a kind."""
    return {
        "complex_autoencoder": Result("{run}/complex_autoencoder.keras", TRAIN, TRAINED, (data,)),
        "history": Result("{run}/history.npz", TRAIN, TRAINED, (data,)),
    }
