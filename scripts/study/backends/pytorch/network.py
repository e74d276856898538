"""Networks in PyTorch, from their descriptions."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

import torch
import torchvision
from torch import Tensor, nn

from study.backends.pytorch.linear import Linear
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
from study.recipe.shapes import output_shapes

AUTOCAST = {"float16": torch.float16, "bfloat16": torch.bfloat16}


class Network(nn.Module):
    """A body in the run's precision and a head in float32 (float64 if the body is), which gives logits [N, classes]."""

    def __init__(
        self, body: nn.Module, head: nn.Module, names: Sequence[str], precision: str, head_prefix: str
    ) -> None:
        super().__init__()
        self.body = body
        self.head = head
        self.head_prefix = head_prefix
        """Prefix of the names of the head's parameters, so that they differ from a library's own."""
        self.names = tuple(names)
        """Layers of the body in order, as the configuration's ``frozen`` counts and names them."""
        self.precision = precision
        self.dtype = torch.float64 if precision == "float64" else torch.float32
        """Type of the parameters and the head."""
        self.frozen: frozenset[str] = frozenset()
        self.enter: Callable[[Tensor], Tensor] = self._enter_with_images
        """From inputs to the head's input; inputs are prepared images, or features of the frozen part."""
        self.to(self.dtype).to(memory_format=torch.channels_last)

    @property
    def body_dtype(self) -> torch.dtype:
        """Type of the body's arithmetic, and so of its inputs."""
        return AUTOCAST.get(self.precision, self.dtype)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the logits of a batch of prepared images [N, 3, S, S], or of features."""
        with self.autocast(inputs.device):
            values = self.enter(inputs)
        logits: Tensor = self.head(values.to(self.dtype))
        return logits

    def autocast(self, device: torch.device) -> torch.autocast:
        """Return the context for the body's arithmetic on a device."""
        return torch.autocast(device.type, self.body_dtype, enabled=self.precision in AUTOCAST)

    def _enter_with_images(self, images: Tensor) -> Tensor:
        values: Tensor = self.body(images.to(self.body_dtype))
        return values

    def freeze(self, names: frozenset[str]) -> None:
        """Fix the parameters of these layers."""
        self.frozen = names
        for name, module in self.body.named_modules():
            if name in names:
                module.requires_grad_(False)

    def train(self, mode: bool = True) -> "Network":
        """Switch between training and inference; frozen layers stay in inference mode."""
        super().train(mode)
        for name, module in self.body.named_modules():
            if name in self.frozen:
                module.eval()
        return self

    def layer_table(self) -> list[LayerRow]:
        """Return all layers with parameters, and which are trainable."""
        rows = []
        head = [(f"{self.head_prefix}{name}", module) for name, module in self.head.named_modules()]
        for name, module in [*self.body.named_modules(), *head]:
            own = list(module.parameters(recurse=False))
            if own:
                trainable = any(parameter.requires_grad for parameter in own)
                parameters = sum(parameter.numel() for parameter in own)
                rows.append(LayerRow(name, type(module).__name__, parameters, trainable))
        return rows


def build(spec: RunSpec, state: dict[str, Tensor] | None = None) -> Network:
    """Build the run's network with random parameters from PyTorch's generator, frozen as the run says.

    ``state`` is the state dict of a library's whole network, from which the body then starts.
    Raises StudyError if the state does not fit.
    """
    if isinstance(spec.network, DescribedNetwork):
        network = _described(spec, spec.network)
    else:
        network = _from_library(spec, spec.network, state)
    network.freeze(frozen_layers(network.names, spec.frozen))
    return network


def _described(spec: RunSpec, network: DescribedNetwork) -> Network:
    names = layer_names(network.layers)
    shapes = [(3, spec.input.size, spec.input.size), *output_shapes(network, spec.input.size, spec.classes)]
    modules: OrderedDict[str, nn.Module] = OrderedDict()
    for name, layer, shape in zip(names, network.layers, shapes[:-1], strict=True):
        modules.update(_modules(name, layer, shape[0], spec.classes))
    last = names[-1]
    head = nn.Sequential(OrderedDict([(last, modules.pop(last))]))
    return Network(nn.Sequential(modules), head, names[:-1], spec.precision, head_prefix="")


def _modules(name: str, layer: Layer | HeadLayer, inputs: int, classes: int) -> list[tuple[str, nn.Module]]:
    """Return the modules of a layer that takes ``inputs`` channels or features."""
    match layer:
        case Conv():
            module: nn.Module = nn.Conv2d(inputs, layer.filters, layer.kernel, layer.stride, layer.zeros)
        case MaxPool():
            module = nn.MaxPool2d(layer.size, layer.stride)
        case GlobalAveragePool():
            return [(name, nn.AdaptiveAvgPool2d(1)), (f"{name}_flatten", nn.Flatten())]
        case Flatten():
            module = nn.Flatten()
        case Dense():
            module = Linear(inputs, classes if layer.units == "classes" else layer.units)
        case Dropout():
            module = nn.Dropout(layer.rate)
    if isinstance(layer, Conv | Dense) and layer.activation == "relu":
        return [(name, module), (f"{name}_relu", nn.ReLU(inplace=True))]
    return [(name, module)]


def _from_library(spec: RunSpec, network: LibraryNetwork, state: dict[str, Tensor] | None) -> Network:
    whole = torchvision.models.get_model(network.model, weights=None)
    if state is not None:
        try:
            whole.load_state_dict(state)
        except RuntimeError as error:
            raise StudyError(
                f"the weights file does not fit torchvision's {network.model}: {' '.join(str(error).split())[:300]}"
            ) from error
    _keep_memory(whole)
    body = _trunk(whole) if network.keep == "trunk" else _without_last_layer(whole)
    with torch.no_grad():
        inputs = body.eval()(torch.zeros(1, 3, spec.input.size, spec.input.size)).shape[1]
    modules: OrderedDict[str, nn.Module] = OrderedDict()
    for name, layer in zip(layer_names(network.head), network.head, strict=True):
        modules.update(_modules(name, layer, inputs, spec.classes))
        if isinstance(layer, Dense) and layer.units != "classes":
            inputs = layer.units
    names = [name for name, module in body.named_modules() if not list(module.children())]
    return Network(body, nn.Sequential(modules), names, spec.precision, head_prefix="head.")


def _keep_memory(whole: nn.Module) -> None:
    """Replace a network's dense layers by ours, which allocate no new memory in any step."""
    for name, module in list(whole.named_modules()):
        if isinstance(module, nn.Linear):
            parent, _, child = name.rpartition(".")
            setattr(whole.get_submodule(parent), child, Linear.of(module))


def _trunk(whole: nn.Module) -> nn.Module:
    """Return the part of a torchvision network before its pooling and classifier."""
    children = dict(whole.named_children())
    if "features" in children:
        return nn.Sequential(OrderedDict(features=children["features"]))
    kept = [(name, child) for name, child in children.items() if name not in ("avgpool", "fc")]
    return nn.Sequential(OrderedDict(kept))


def _without_last_layer(whole: nn.Module) -> nn.Module:
    name = [name for name, module in whole.named_modules() if isinstance(module, nn.Linear)][-1]
    parent, _, child = name.rpartition(".")
    setattr(whole.get_submodule(parent), child, nn.Identity())
    return whole
