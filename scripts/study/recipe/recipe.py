"""How a network is trained: every setting that decides a result, declared once.

An arm of the configuration, a run, and the protocol of a source of claims all extend this with their own kinds of
network and weights; facts, gate and report derive from a run's fields.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Generic, Literal, TypeVar, Union

from pydantic import Discriminator, Tag, model_validator
from pydantic_core import PydanticCustomError

from study.recipe.base import Count, Name, NonNegativeCount, Proportion, SpecModel, Text, one_of
from study.recipe.choices import Optimiser, Schedule
from study.recipe.data import InputSpec
from study.recipe.schedules.constant import ConstantRate

Framework = Literal["pytorch", "tensorflow"]
FRAMEWORKS: tuple[Framework, Framework] = ("pytorch", "tensorflow")


Precision = Literal["auto", "float32", "float16", "bfloat16", "float64"]


DefaultValues = Literal["native", "pytorch", "keras"]


Init = Literal["fan_in_uniform", "glorot_uniform"]


BiasInit = Literal["fan_in_uniform", "zeros"]


class EarlyStop(SpecModel):
    """Ends a training whose monitored accuracy reaches no new best."""

    patience: Count
    """Epochs without a new best after which the training ends."""

    def acts_within(self, epochs: int) -> bool:
        """Return whether it can end a training of so many epochs before the last."""
        return self.patience < epochs


Stopping = Annotated[
    Union[Annotated[Literal["never"], Tag("never")], Annotated[EarlyStop, Tag("early")]],
    Discriminator(lambda value: "never" if isinstance(value, str) else "early"),
    one_of("never", "{patience: EPOCHS}"),
]


class Frozen(SpecModel):
    """Layers whose parameters do not change; their batch norms run in inference mode.

    Where both keys are given, what either of them names is frozen.
    """

    layers: tuple[Text, ...] | None = None
    """Names, or their first part up to a dot: ``features`` freezes ``features.0`` too."""
    all_but_last: NonNegativeCount | None = None
    """Number of last layers before the head that are not frozen, in the library's own order."""

    @model_validator(mode="after")
    def _says_which(self) -> "Frozen":
        if self.layers is None and self.all_but_last is None:
            raise PydanticCustomError("two_forms", "give 'layers', 'all_but_last' or both")
        return self


class FileWeights(SpecModel):
    """Initial parameters from a file under ``weights``."""

    file: Name


class ArmWeights(SpecModel):
    """Initial parameters, all but the head's, from another arm's run with the same seed."""

    arm: Name


def _weights_form(value: Any) -> str:
    if isinstance(value, str):
        return "none"
    return "arm" if isinstance(value, ArmWeights) or (isinstance(value, Mapping) and "arm" in value) else "file"


Weights = Annotated[
    Union[
        Annotated[Literal["none"], Tag("none")],
        Annotated[FileWeights, Tag("file")],
        Annotated[ArmWeights, Tag("arm")],
    ],
    Discriminator(_weights_form),
    one_of("none", "{file: KEY} or {arm: KEY}"),
]


Freezing = Annotated[
    Union[Annotated[Literal["nothing"], Tag("nothing")], Annotated[Frozen, Tag("some")]],
    Discriminator(lambda value: "nothing" if isinstance(value, str) else "some"),
    one_of("nothing", "{layers: [NAMES]}, {all_but_last: NUMBER} or a mapping with both"),
]


NetworkKind = TypeVar("NetworkKind")
WeightsKind = TypeVar("WeightsKind")
InitKind = TypeVar("InitKind")
BiasInitKind = TypeVar("BiasInitKind")


class Recipe(SpecModel, Generic[NetworkKind, WeightsKind, InitKind, BiasInitKind]):
    """All settings of a training, in the order in which the report lists them."""

    framework: Framework
    network: NetworkKind
    input: InputSpec
    weights: WeightsKind
    frozen: Freezing = "nothing"
    init: InitKind
    """Initial weights, uniform: within 1/sqrt(inputs), or within sqrt(6/(inputs + outputs)) (Glorot & Bengio 2010)."""
    bias_init: BiasInitKind
    """Initial biases: uniform within 1/sqrt(inputs of the layer), or 0."""
    optimiser: Optimiser
    schedule: Schedule = ConstantRate(name="constant")
    batch_size: Count
    epochs: Count
    early_stop: Stopping = "never"
    """``never``, or ``{patience: N}``: after N epochs without a new best monitored accuracy."""
    result: Literal["last", "best"] = "last"
    """Which epoch's parameters are the result: the last, or the one with the best monitored accuracy."""
    shuffle: bool = True
    """Whether the order of the training images is redrawn in every epoch."""
    augmentation: Literal["none", "flips"] = "none"
    """``flips``: in every epoch, each training image is mirrored left to right with probability one half."""
    labels: Literal["given", "shuffled"] = "given"
    """``shuffled``: training images get each other's labels, in one order drawn by the seed, and are scored by their
    own: a control, in which nothing can be learned that holds for other images."""
    precision: Precision = "float32"
    """Type of the arithmetic; parameters and the last layer stay float32. ``auto``: the fastest that the device has
    instructions for: bfloat16, float16 or float32."""
    monitor: Literal["test", "validation", "none"] = "none"
    """The split scored after every epoch; ``test`` is a leak if a schedule follows it, and is recorded as such."""
    validation_fraction: Proportion = 0.0
    """Share of the training images set aside for ``monitor: validation``."""
