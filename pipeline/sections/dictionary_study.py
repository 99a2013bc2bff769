"""What the studies `drums` and `piano` share: steps, results and parameters of a dictionary of symbolic music."""

from typing import Self

from pydantic import model_validator

from pipeline.parameters import StudyParameters
from pipeline.results import Result
from pipeline.sections import dictionary
from pipeline.sections.symbolic import Collection, Pieces, Rendering

TRAINED = ("model", "loss", "corruption", "training")


def steps_of(study: str) -> tuple[str, ...]:
    """Return the steps of a study of dictionaries: all but the one that reads MIDI are shared."""
    return (
        "save_dataset.step0_make_pieces",
        f"save_dataset.step1_save_{study}",
        "train_model.step2_train_dictionary",
        "embed.step3_embed_dictionary",
        "embed.step4_hear_dictionary",
        "forecast.step6_generate_dictionary",
        "evaluate.step7_measure_dictionary",
        "evaluate.step8_draw_dictionary",
    )


def results_of(steps: tuple[str, ...], array: str) -> dict[str, Result]:
    """Return the results of a study of dictionaries, whose section `array` says what MIDI becomes."""
    _, save, train, embed, _, generate, measure, _ = steps
    return {
        "corpus": Result("corpus.npz", save, ("composition", "collection", array)),
        "dictionary": Result("{run}/dictionary.keras", train, TRAINED, ("corpus",)),
        "history": Result("{run}/history.npz", train, TRAINED, ("corpus",)),
        "codes": Result("{run}/codes.npz", embed, (), ("corpus", "dictionary")),
        "generated": Result("{run}/generated.npz", generate, ("generate", "rendering", "evaluation"), ("codes",)),
        "baselines": Result("baselines.npz", measure, ("baselines", "evaluation"), ("corpus",)),
        "style_baselines": Result("style_baselines.npz", measure, ("style",), ("corpus",)),
        "measures": Result("{run}/measures.npz", measure, ("evaluation",), ("codes",)),
        "style": Result("{run}/style.npz", measure, ("style",), ("codes",)),
        "chords": Result("{run}/chords.npz", measure, ("evaluation",), ("codes",)),
    }


class DictionaryParameters(StudyParameters):
    """The sections that both studies have."""

    RUN_SECTIONS = TRAINED

    composition: Pieces | None = None
    collection: Collection
    model: dictionary.Dictionary = dictionary.Dictionary()
    loss: dictionary.DictionaryLoss = dictionary.DictionaryLoss()
    corruption: dictionary.Corruption = dictionary.Corruption()
    training: dictionary.DictionaryTraining = dictionary.DictionaryTraining()
    rendering: Rendering = Rendering()
    generate: dictionary.Generate = dictionary.Generate()
    baselines: dictionary.Baselines = dictionary.Baselines()
    evaluation: dictionary.Evaluation = dictionary.Evaluation()
    style: dictionary.Style = dictionary.Style()

    @property
    def is_composed(self) -> bool:
        """Whether the MIDI is made by step 0."""
        return self.composition is not None and self.composition.folder == self.collection.folder

    @model_validator(mode="after")
    def check_that_windows_hold_whole_strides(self) -> Self:
        """A window of training is a multiple of the stride, and at least one atom long."""
        window, model = self.training.window_steps, self.model
        if window % model.stride_steps:
            raise ValueError(f"training.window_steps={window}: must be a multiple of stride_steps={model.stride_steps}")
        if window < model.atom_steps:
            raise ValueError(f"training.window_steps={window}: must be at least atom_steps={model.atom_steps}")
        if model.window_steps and (window % model.window_steps or model.window_steps % model.stride_steps):
            raise ValueError(
                f"model.window_steps={model.window_steps}: must divide training.window_steps={window}, "
                f"and be a multiple of stride_steps={model.stride_steps}"
            )
        return self

    @model_validator(mode="after")
    def check_that_winners_fall_in_time(self) -> Self:
        """The number of winners has fallen from k_max to k before the last epoch."""
        model, epochs = self.model, self.training.epochs
        if model.k_max is not None and model.k_max > model.k:
            n_falls = -(-(model.k_max - model.k) // model.k_fall)
            needed = n_falls * model.k_every_epochs + 2  # the first stage is one epoch longer, k itself has one
            if epochs < needed:
                raise ValueError(
                    f"training.epochs={epochs}: must be at least {needed} "
                    f"for model.k_max={model.k_max} to fall to k={model.k}"
                )
        return self
