"""How an arm is trained, and the resolved specification of one run."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union

from pydantic import Discriminator, Field, Tag, model_validator

from study.recipe.base import (
    Count,
    Name,
    NonNegativeCount,
    NonNegativeNumber,
    PositiveNumber,
    PositiveShare,
    Proportion,
    Seed,
    SpecModel,
    Text,
    one_of,
)
from study.recipe.data import InputSpec
from study.recipe.networks import Network

Framework = Literal["pytorch", "tensorflow"]
Precision = Literal["auto", "float32", "float16", "bfloat16", "float64"]

DefaultValues = Literal["native", "pytorch", "keras"]
Init = Literal["fan_in_uniform", "glorot_uniform"]
BiasInit = Literal["fan_in_uniform", "zeros"]
EpsilonPlacement = Literal["after_correction", "before_correction"]
MomentumForm = Literal["rate_outside", "rate_inside"]
DecayForm = Literal["coupled", "decoupled"]


class Decay(SpecModel):
    """Weight decay of an optimiser, on all trainable parameters; keys left out are filled as the arm's ``defaults``."""

    weight_decay: NonNegativeNumber | None = None
    """Strength; 0 in both frameworks."""
    decay_form: DecayForm | None = None
    """``coupled``: added to the gradient; ``decoupled``: rate times strength off the parameter (Loshchilov 2019)."""

    @property
    def settable(self) -> list[str]:
        """Names of the keys that ``defaults`` fills."""
        return [name for name, field in type(self).model_fields.items() if field.default is None]

    @property
    def is_native(self) -> bool:
        """Whether all that could be set is left to the framework."""
        return all(getattr(self, name) is None for name in self.settable)


class Adam(Decay):
    """Kingma & Ba, "Adam: a method for stochastic optimization", 2015, with its betas 0.9 and 0.999."""

    name: Literal["adam"]
    learning_rate: PositiveNumber
    adam_epsilon: PositiveNumber | None = None
    """What keeps the denominator from 0: 1e-8 in PyTorch, 1e-7 in Keras."""
    epsilon_placement: EpsilonPlacement | None = None
    """Epsilon joins the root ``after_correction`` of its bias (Algorithm 1) or before (end of section 2, "hat")."""


class Sgd(Decay):
    """Stochastic gradient descent with momentum."""

    name: Literal["sgd"]
    learning_rate: PositiveNumber
    momentum: Proportion = 0.0
    momentum_form: MomentumForm | None = None
    """Whether the rate multiplies the velocity (``rate_outside``, PyTorch) or is summed up in it (``rate_inside``)."""


Optimiser = Annotated[Union[Adam, Sgd], Field(discriminator="name")]


class ConstantRate(SpecModel):
    """The optimiser's learning rate throughout."""

    name: Literal["constant"]


class ReduceOnPlateau(SpecModel):
    """Lower the rate when the monitored accuracy stops improving (the rule of Keras' ReduceLROnPlateau)."""

    name: Literal["reduce_on_plateau"]
    factor: PositiveShare
    """The rate is multiplied by this."""
    patience: Count
    """Epochs without improvement before that."""
    minimum: NonNegativeNumber = 0.0
    """The rate never falls below this."""
    min_delta: NonNegativeNumber = 1e-4
    """An improvement is more than this, in accuracy as a fraction."""


Schedule = Annotated[Union[ConstantRate, ReduceOnPlateau], Field(discriminator="name")]


class EarlyStop(SpecModel):
    """End a training whose monitored accuracy no longer reaches a new best."""

    patience: Count
    """Epochs without a new best after which the training ends."""


Stopping = Annotated[
    Union[Annotated[Literal["never"], Tag("never")], Annotated[EarlyStop, Tag("early")]],
    Discriminator(lambda value: "never" if isinstance(value, str) else "early"),
    one_of("never", "{patience: EPOCHS}"),
]


class Frozen(SpecModel):
    """Layers whose parameters stay as they are; their batch norms run in inference mode."""

    layers: tuple[Text, ...] | None = None
    """Names, or the first part of names up to a dot: ``features`` freezes ``features.0`` too."""
    all_but_last: NonNegativeCount | None = None
    """All layers before the head but the last so many, in the library's own order."""

    @model_validator(mode="after")
    def _one_way(self) -> "Frozen":
        if (self.layers is None) == (self.all_but_last is None):
            raise ValueError("give either 'layers' or 'all_but_last'")
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
    one_of("nothing", "{layers: [NAMES]} or {all_but_last: NUMBER}"),
]


class RunSpec(SpecModel):
    """Everything that decides what one training gives; nothing else does."""

    framework: Framework
    network: Network
    classes: Count
    input: InputSpec
    weights: Literal["none", "file", "run"]
    """Where the initial parameters come from: drawn at random, the weights file, or another run."""
    frozen: Freezing
    init: Init | Literal["native"] = "native"
    bias_init: BiasInit | Literal["native"] = "native"
    optimiser: Optimiser
    """Either every key that changes its formula is given, or none: then it is the framework's own."""
    schedule: Schedule
    batch_size: Count
    epochs: Count
    early_stop: Stopping = "never"
    result: Literal["last", "best"] = "last"
    shuffle: bool
    precision: Precision
    """``auto``: the fastest that the device has instructions for; then the run's record says which it was."""
    monitor: Literal["test", "validation", "none"]
    validation_fraction: Proportion
    seed: Seed
