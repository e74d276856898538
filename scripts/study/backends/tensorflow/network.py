"""Networks in TensorFlow (Keras), from their descriptions."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras

from study.errors import StudyError
from study.recipe.layer_names import frozen_layers, layer_names
from study.recipe.layer_table import LayerRow
from study.recipe.networks import (
    Conv,
    Dense,
    DescribedNetwork,
    Dropout,
    Flatten,
    GlobalAveragePool,
    HeadLayer,
    Layer,
    LibraryNetwork,
    MaxPool,
)
from study.recipe.run import RunSpec
from study.training.randomness import derive_seed


@dataclass(frozen=True)
class Network:
    """A body in the run's precision and a head in float32 (float64 if the body is), which gives logits [N, classes]."""

    model: keras.Model
    head: frozenset[str]
    """Names of the head's layers."""
    frozen: frozenset[str]
    """Names of the frozen layers."""
    rest: keras.Model | None = None
    """The part after the features of the frozen part, if the network is given those instead of images."""

    @property
    def entered(self) -> keras.Model:
        """The model that takes the inputs: the whole network, or its rest."""
        return self.model if self.rest is None else self.rest

    def layer_table(self) -> list[LayerRow]:
        """Return all layers with parameters, and which are trainable."""
        return [
            LayerRow(
                name=layer.name,
                type=type(layer).__name__,
                parameters=sum(v.shape.num_elements() for v in layer.weights),
                trainable=bool(layer.trainable_weights),
            )
            for layer in self.model.layers
            if layer.weights
        ]


def build(spec: RunSpec, weights: Path | None = None) -> Network:
    """Build the run's network with random parameters from Keras' generator, frozen as the run says.

    ``weights`` is a Keras file of a library's network without top, from which the body then starts.
    Raises StudyError if the file does not fit.
    """
    keras.utils.set_random_seed(derive_seed(spec.seed, "initialisation"))
    head_type = "float64" if spec.precision == "float64" else "float32"
    if isinstance(spec.network, DescribedNetwork):
        inputs = keras.Input((spec.input.size, spec.input.size, 3))
        *body, last = spec.network.layers
        names = layer_names(spec.network.layers)
        outputs = _stack(inputs, body, names[:-1], spec, dtype=None)
        outputs = _stack(outputs, [last], names[-1:], spec, dtype=head_type)
        head, body_names = names[-1:], names[:-1]
    else:
        base = _base(spec.network, spec.input.size, weights)
        inputs = base.input
        head = [f"head_{name}" for name in layer_names(spec.network.head)]
        outputs = _stack(base.output, spec.network.head, head, spec, dtype=head_type)
        body_names = [layer.name for layer in base.layers]
    model = keras.Model(inputs, outputs)
    frozen = frozen_layers(body_names, spec.frozen)
    for name in frozen:
        model.get_layer(name).trainable = False
    return Network(model, frozenset(head), frozen)


def _base(network: LibraryNetwork, size: int, weights: Path | None) -> keras.Model:
    base = getattr(keras.applications, network.model)(include_top=False, weights=None, input_shape=(size, size, 3))
    if weights is not None:
        try:
            base.load_weights(weights)
        except (ValueError, OSError, KeyError) as error:
            raise StudyError(
                f"{weights}: does not fit keras' {network.model} without top ({' '.join(str(error).split())[:200]})"
            ) from error
    return base


def _stack(
    values: keras.KerasTensor,
    layers: Sequence[Layer] | Sequence[HeadLayer],
    names: Sequence[str],
    spec: RunSpec,
    dtype: str | None,
) -> keras.KerasTensor:
    """Apply layers one after another; ``dtype`` None leaves the type to Keras' dtype policy."""
    for name, layer in zip(names, layers, strict=True):
        match layer:
            case Conv():
                if layer.zeros and layer.padding != "same":
                    values = keras.layers.ZeroPadding2D(layer.zeros, name=f"{name}_zeros", dtype=dtype)(values)
                padding = "same" if layer.padding == "same" else "valid"
                built = keras.layers.Conv2D(
                    layer.filters,
                    layer.kernel,
                    layer.stride,
                    padding,
                    activation=_activation(layer),
                    name=name,
                    dtype=dtype,
                )
            case MaxPool():
                built = keras.layers.MaxPooling2D(layer.size, layer.stride, name=name, dtype=dtype)
            case GlobalAveragePool():
                built = keras.layers.GlobalAveragePooling2D(name=name, dtype=dtype)
            case Flatten():
                built = keras.layers.Flatten(name=name, dtype=dtype)
            case Dense():
                units = spec.classes if layer.units == "classes" else layer.units
                built = keras.layers.Dense(units, activation=_activation(layer), name=name, dtype=dtype)
            case Dropout():
                seed = derive_seed(spec.seed, f"dropout:{name}")
                built = keras.layers.Dropout(layer.rate, seed=seed, name=name, dtype=dtype)
        values = built(values)
    return values


def _activation(layer: Conv | Dense) -> str | None:
    return None if layer.activation == "none" else layer.activation
