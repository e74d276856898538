"""Networks as data: a list of layers, or a library's network with a new head."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from study.recipe.base import Count, NonNegativeCount, Proportion, SpecModel


class Conv(SpecModel):
    """A two-dimensional convolution with bias."""

    type: Literal["conv"]
    filters: Count
    kernel: Count
    stride: Count = 1
    padding: NonNegativeCount | Literal["same"] = 0
    """Zeros on each side; ``same`` keeps the size (only for stride 1 and odd kernels, where all frameworks agree)."""
    activation: Literal["relu", "none"] = "relu"

    @model_validator(mode="after")
    def _same_is_unambiguous(self) -> "Conv":
        if self.padding == "same" and (self.stride != 1 or self.kernel % 2 == 0):
            raise ValueError("padding 'same' needs stride 1 and an odd kernel; set padding to the number of zeros")
        return self

    @property
    def zeros(self) -> int:
        """The number of zeros added on each side."""
        return (self.kernel - 1) // 2 if self.padding == "same" else self.padding


class MaxPool(SpecModel):
    """Maximum over a window."""

    type: Literal["max_pool"]
    size: Count
    stride: Count


class GlobalAveragePool(SpecModel):
    """Mean over all positions of each channel."""

    type: Literal["global_average_pool"]


class Flatten(SpecModel):
    """All values of an image in one row."""

    type: Literal["flatten"]


class Dense(SpecModel):
    """A fully connected layer with bias."""

    type: Literal["dense"]
    units: Count | Literal["classes"]
    """Outputs; ``classes`` takes the number of the data set's classes."""
    activation: Literal["relu", "none"] = "relu"


class Dropout(SpecModel):
    """Zeroes a share of the values during training and scales up the rest."""

    type: Literal["dropout"]
    rate: Proportion


Layer = Annotated[Union[Conv, MaxPool, GlobalAveragePool, Flatten, Dense, Dropout], Field(discriminator="type")]
HeadLayer = Annotated[Union[GlobalAveragePool, Flatten, Dense, Dropout], Field(discriminator="type")]


def _check_last(layers: tuple[Layer, ...] | tuple[HeadLayer, ...]) -> None:
    last = layers[-1] if layers else None
    if not (isinstance(last, Dense) and last.units == "classes" and last.activation == "none"):
        raise ValueError(
            "the last layer must be {type: dense, units: classes, activation: none}: "
            "networks end in one score per class"
        )


class DescribedNetwork(SpecModel):
    """A network given as its layers; the same description builds it in both frameworks."""

    layers: tuple[Layer, ...]

    @model_validator(mode="after")
    def _is_a_network(self) -> "DescribedNetwork":
        _check_last(self.layers)
        is_image, flattener = True, ""
        for number, layer in enumerate(self.layers, start=1):
            if isinstance(layer, (Conv, MaxPool, GlobalAveragePool)) and not is_image:
                raise ValueError(f"layer {number} ({layer.type}) needs an image, but comes after {flattener}")
            if isinstance(layer, Dense) and is_image:
                raise ValueError(f"layer {number} (dense) needs a flatten or global_average_pool before it")
            if isinstance(layer, (Flatten, GlobalAveragePool)):
                is_image, flattener = False, layer.type
        return self


class LibraryNetwork(SpecModel):
    """A network of torchvision or keras.applications with a new head."""

    library: Literal["torchvision", "keras"]
    model: str
    """The library's own name for the network, such as ``alexnet`` or ``ResNet50``."""
    keep: Literal["trunk", "all_but_last_layer"] = "trunk"
    """What is kept of it: the part before its pooling and classifier, or everything but its last dense layer."""
    head: tuple[HeadLayer, ...]
    """What replaces the rest; always computed in float32."""

    @model_validator(mode="after")
    def _ends_in_scores(self) -> "LibraryNetwork":
        _check_last(self.head)
        return self


def _is_given(value: Any) -> Any:
    if not isinstance(value, (Mapping, SpecModel)):
        forms = {"layers": "{layers: [...]}", "library": "{library: ..., model: ..., head: [...]}"}
        raise PydanticCustomError("network", "must be a network: {layers} or {library}", forms)
    return value


def _network_form(value: Any) -> str:
    given = isinstance(value, DescribedNetwork) or (isinstance(value, Mapping) and "layers" in value)
    return "described" if given else "library"


Network = Annotated[
    Union[Annotated[DescribedNetwork, Tag("described")], Annotated[LibraryNetwork, Tag("library")]],
    Discriminator(_network_form),
    BeforeValidator(_is_given),
]


def convolves(network: Network) -> bool:
    """Return whether a network begins with filters over its images, as every library network does."""
    return not isinstance(network, DescribedNetwork) or any(isinstance(layer, Conv) for layer in network.layers)
