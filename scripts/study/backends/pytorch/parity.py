"""PyTorch's side of a parity certificate."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from study.backends.pytorch.data import DeviceData
from study.backends.pytorch.network import Network
from study.backends.pytorch.optimiser import make_optimiser
from study.backends.pytorch.trainer import PytorchTrainer
from study.backends.pytorch.weights import export_parameters, initial_network
from study.data.splits import Indices, Split
from study.parity.sample import Doubles, Sample, dropout_draws
from study.parity.side import FreeRun, Pass, Side
from study.recipe.layer_names import layer_names
from study.recipe.networks import DescribedNetwork
from study.recipe.optimiser import OptimiserSettings
from study.recipe.run import RunSpec
from study.store.parameters import Arrays
from study.training.augmentation import NO_DRAWS, Draws
from study.training.loop import Progress, fit, start

CPU = torch.device("cpu")


class StoredDropout(nn.Module):
    """Dropout by stored draws instead of a generator's."""

    def __init__(self, name: str, rate: float) -> None:
        super().__init__()
        self.name = name
        self.rate = rate

    def forward(self, values: Tensor) -> Tensor:
        """Drop values of [N, ...] while training."""
        if not self.training:
            return values
        draws = torch.from_numpy(dropout_draws(self.name, tuple(values.shape[1:])))[: len(values)]
        return values * (draws >= self.rate) / (1 - self.rate)


class RecordingData(DeviceData):
    """A run's data that records which training images were requested."""

    def batch(self, split: Split, indices: Indices, draws: Draws = NO_DRAWS) -> tuple[Tensor, Tensor]:
        """Return prepared images and labels."""
        if split == "train":
            self.batches.append(indices)
        return super().batch(split, indices, draws)

    batches: list[Indices]


def make_side() -> Side:
    """Return the operations that a certificate compares."""
    return PytorchSide()


class PytorchSide:
    """PyTorch's operations for a certificate; see ``study.parity.side.Side``."""

    def prepared(self, spec: RunSpec, sample: Sample) -> NDArray[np.float32]:
        """Return the sample's training images as the network gets them, float32 [N, 3, S, S]."""
        indices = np.arange(len(sample.cache.train.labels))
        return DeviceData(spec.input, sample.cache, CPU).batch("train", indices)[0].numpy()

    def parameters(self, spec: RunSpec) -> Arrays:
        """Return the initial parameters of a run."""
        return export_parameters(initial_network(spec, None))

    def run_batch(self, spec: RunSpec, sample: Sample, dropout: bool) -> Pass:
        """Pass the sample's batch through the run's network."""
        network = with_stored_dropout(initial_network(spec, None)).train(dropout)
        activations: dict[str, Doubles] = {}
        for name, module in _layers(network, spec).items():
            module.register_forward_hook(_keep(activations, name))
        loss = nn.functional.cross_entropy(network(torch.from_numpy(sample.inputs)), torch.from_numpy(sample.labels))
        loss.backward()  # type: ignore[no-untyped-call]
        parameters = [*network.body.named_parameters(), *network.head.named_parameters()]
        gradients = {name: value.grad.numpy() for name, value in parameters if value.grad is not None}
        return Pass(activations, loss.item(), gradients)

    def dropped_ones(self, spec: RunSpec) -> dict[str, Doubles]:
        """Return what each dropout layer makes of ones while training."""
        network = initial_network(spec, None).train()
        ones = torch.ones(10_000, dtype=torch.float64)
        return {
            name: module(ones).numpy()
            for name, module in network.body.named_children()
            if isinstance(module, nn.Dropout)
        }

    def optimise(self, spec: OptimiserSettings, start: Doubles, gradients: Doubles, rates: Doubles) -> Doubles:
        """Parameters after each step [steps, K]."""
        parameter = torch.from_numpy(start.copy()).requires_grad_()
        optimiser = make_optimiser([parameter], spec)
        path = []
        for gradient, rate in zip(gradients, rates, strict=True):
            parameter.grad = torch.from_numpy(gradient)
            optimiser.param_groups[0]["lr"] = float(rate)
            optimiser.step()
            path.append(parameter.detach().numpy().copy())
        return np.array(path)

    def free_run(self, spec: RunSpec, sample: Sample) -> FreeRun:
        """Train the run's network on the sample."""
        data = RecordingData(spec.input, sample.cache, CPU)
        data.batches = []
        trainer = PytorchTrainer(spec, with_stored_dropout(initial_network(spec, None)), data)
        rates: list[float] = []

        def note(progress: Progress) -> None:
            rates.append(float(trainer.optimiser.param_groups[0]["lr"]))

        images: dict[Split, int] = {"train": len(sample.cache.train.labels), "test": len(sample.cache.test.labels)}
        progress = fit(trainer, spec, images, start(spec), note, lambda _: None)
        losses = tuple(epoch.train_loss for epoch in progress.history)
        return FreeRun(tuple(data.batches), tuple(rates), losses, trainer.parameters())


def with_stored_dropout(network: Network) -> Network:
    """Replace each dropout layer of a network by stored draws, at its rate and place."""
    for name, module in list(network.body.named_children()):
        if isinstance(module, nn.Dropout):
            setattr(network.body, name, StoredDropout(name, module.p))
    return network


def _layers(network: Network, spec: RunSpec) -> dict[str, nn.Module]:
    """Return the last module of each of the description's layers."""
    modules = dict([*network.body.named_children(), *network.head.named_children()])
    assert isinstance(spec.network, DescribedNetwork)
    names = [name for name in layer_names(spec.network.layers) if name in modules]
    return {name: modules.get(f"{name}_relu", modules.get(f"{name}_flatten", modules[name])) for name in names}


def _keep(activations: dict[str, Doubles], name: str) -> Callable[[nn.Module, object, Tensor], None]:
    def hook(module: nn.Module, inputs: object, output: Tensor) -> None:
        # A copy, since a following ReLU works in place.
        activations[name] = output.detach().numpy().copy()

    return hook
