"""The document that the study re-runs, and what its figures stand for."""

from typing import Annotated, Literal

from pydantic import Field

from study.spec.base import Accuracy, Count, NonNegativeNumber, SpecModel
from study.spec.data import Checksum, InputSpec
from study.spec.training import ConstantRate, Framework, Freezing, Optimiser, Precision, Schedule

Language = Literal["es", "en"]
Section = Literal["1.1", "1.2", "2.1", "2.2"]
Source = Literal["document", "notebook"]
"""Where a figure stands: in the printed document, or in its authors' notebooks only."""


class DocumentFigures(SpecModel):
    """What the document says of an arm, for comparison; changes nothing that is trained."""

    train_accuracy: Accuracy | None = None
    test_accuracy: Accuracy
    printed: str
    """The test accuracy as the document prints it."""


class DocumentData(SpecModel):
    """The data that the document's figures come from."""

    checksum: str
    train_images: Count
    test_images: Count


class Document(SpecModel):
    """The document that the study re-runs."""

    title: str
    authors: tuple[str, ...] = Field(min_length=1)
    data: DocumentData


class Protocol(SpecModel):
    """What a source says of the training behind a section's figures or, where it is silent, what its authors ran.

    All that is not named here was as the framework does it by itself: initial values and the optimiser's constants.
    """

    framework: Framework
    network: Annotated[str, Field(min_length=1)]
    """A library and its name of a network, or the widths of the hidden layers: ``conv 4-8, dense 16``."""
    weights: Literal["none"] | Checksum
    """Initial parameters: random values, or the file with this checksum."""
    frozen: Freezing = "nothing"
    input: InputSpec
    optimiser: Optimiser
    schedule: Schedule = ConstantRate(name="constant")
    batch_size: Count
    epochs: Count
    shuffle: bool = True
    precision: Precision = "float32"


class Curves(SpecModel):
    """What a run of the authors printed after each epoch, as fractions; the last entry is the last epoch's."""

    train_accuracy: tuple[Accuracy, ...] = Field(min_length=1)
    """As seen in passing, while the parameters change."""
    test_accuracy: tuple[Accuracy | None, ...] = Field(min_length=1)
    """None where nothing was printed."""
    train_loss: tuple[NonNegativeNumber, ...] = ()
    """Nothing at all if left out."""
    test_loss: tuple[NonNegativeNumber | None, ...] = ()
