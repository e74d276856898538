"""The document that the study re-runs, and what its figures refer to."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from study.recipe.base import EACH_ONCE, Accuracy, Count, NonNegativeNumber, SpecModel, Text
from study.recipe.data import Checksum
from study.recipe.networks import Network
from study.recipe.recipe import BiasInit, Init, Recipe
from study.recipe.run import RunSpec

ROUNDING = 1e-9
"""Slack for percentages in binary."""
PERCENTAGE = r"^[0-9]+([.,][0-9]+)?[ \u00a0\u202f]?%$"
"""A percentage with its sign, with or without a space between them."""

Section = Literal["1.1", "1.2", "2.1", "2.2"]
Source = Literal["document", "notebook"]
"""Where a figure appears: in the printed document, or only in its authors' notebooks."""


class DocumentFigures(SpecModel):
    """The document's figures for an arm, for comparison; they do not affect any training."""

    train_accuracy: Accuracy | None = None
    test_accuracy: Accuracy
    printed: Annotated[str, Field(pattern=PERCENTAGE)]
    """The test accuracy as the document prints it, in percent."""

    @model_validator(mode="after")
    def _prints_its_value(self) -> "DocumentFigures":
        digits = self.printed.rstrip("% \u00a0\u202f").replace(",", ".")
        half_a_place = 0.5 * 10.0 ** -len(digits.partition(".")[2])
        if abs(100 * self.test_accuracy - float(digits)) > half_a_place + ROUNDING:
            raise ValueError(
                f"printed: '{self.printed}' is not test_accuracy {self.test_accuracy:g} rounded; correct one of them"
            )
        return self


class DocumentData(SpecModel):
    """The data that the document's figures come from."""

    checksum: Checksum
    train_images: Count
    test_images: Count


class Document(SpecModel):
    """The document that the study re-runs."""

    title: Text
    authors: Annotated[tuple[Text, ...], Field(min_length=1), EACH_ONCE]
    data: DocumentData


class Protocol(Recipe[Network, Literal["none"] | Checksum, Init | Literal["native"], BiasInit | Literal["native"]]):
    """What a source says about the training behind a section's figures or, where it is silent, what its authors ran.

    Whatever is not named here was the framework's default: initial values and the optimiser's constants.
    """

    weights: Literal["none"] | Checksum
    """Initial parameters: random values, or the file with this checksum."""
    init: Init | Literal["native"] = "native"
    bias_init: BiasInit | Literal["native"] = "native"
    monitor: Literal["test", "validation", "none"] = "test"
    """The split that the schedule followed."""

    def run(self, classes: int) -> RunSpec:
        """Return a run that does all this, for data with so many classes; its seed has no meaning."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        weights = "none" if self.weights == "none" else "file"
        return RunSpec(**{**given, "weights": weights, "classes": classes, "seed": 0})


class Curves(SpecModel):
    """What a run of the authors printed after each epoch, as fractions; the last entry is the last epoch's."""

    train_accuracy: tuple[Accuracy, ...] = Field(min_length=1)
    """As seen during the epoch, while parameters change."""
    test_accuracy: tuple[Accuracy | None, ...] = Field(min_length=1)
    """None where nothing was printed."""
    train_loss: tuple[NonNegativeNumber, ...] = ()
    """Empty if left out."""
    test_loss: tuple[NonNegativeNumber | None, ...] = ()

    @model_validator(mode="after")
    def _equally_long(self) -> "Curves":
        lengths = {name: len(getattr(self, name)) for name in type(self).model_fields if getattr(self, name)}
        if len(set(lengths.values())) > 1:
            each = ", ".join(f"{name} has {length}" for name, length in lengths.items())
            raise ValueError(f"{each}; give one number for each epoch")
        return self
