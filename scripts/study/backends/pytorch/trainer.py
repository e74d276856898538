"""Training and scoring in PyTorch."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from study.backends.pytorch.connect import connect
from study.backends.pytorch.data import DeviceData
from study.backends.pytorch.device import computing_device
from study.backends.pytorch.network import Network
from study.backends.pytorch.optimiser import build_optimiser
from study.backends.pytorch.scoring import class_scores
from study.backends.pytorch.weights import export_parameters, initial_network, load_parameters
from study.data.splits import Indices, Split
from study.data.tensor_cache import TensorCache
from study.recipe.layer_table import LayerRow
from study.recipe.run import RunSpec
from study.runs.checkpoints import UnusableCheckpoint, check_state
from study.store.parameters import Arrays
from study.training.augmentation import NO_DRAWS, Draws, draws_at
from study.training.history import Score
from study.training.loop import Trainer
from study.training.randomness import derive_seed


def make_trainer(spec: RunSpec, cache: TensorCache, weights: Path | None) -> tuple[Trainer, list[LayerRow]]:
    """Return a run's trainer and its network's layers; ``weights`` is the file that the run's settings ask for."""
    device = computing_device()
    network = initial_network(spec, weights).to(device)
    return PytorchTrainer(spec, network, connect(network, spec, cache, device)), network.layer_table()


class PytorchTrainer:
    """A run's network, optimiser and data on a device."""

    def __init__(self, spec: RunSpec, network: Network, data: DeviceData) -> None:
        self.network = network
        self.data = data
        self.batch_size = spec.batch_size
        self.optimiser = build_optimiser(network, spec)
        self.scaler = torch.amp.GradScaler(data.device.type, enabled=spec.precision == "float16")
        self.loss = nn.CrossEntropyLoss(reduction="sum")
        # Dropout draws from the device's generator.
        self.generator = torch.cuda.default_generators[0] if data.device.type == "cuda" else torch.default_generator
        self.generator.manual_seed(derive_seed(spec.seed, "dropout"))

    def train_epoch(
        self,
        order: Indices,
        learning_rate: float,
        on_batch: Callable[[int], object],
        draws: Draws = NO_DRAWS,
        labelled: Indices | None = None,
    ) -> Score:
        """Train once on the training images in this order, each changed as ``draws`` says.

        Each has the label of the image that ``labelled`` names, or its own.
        """
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate
        self.network.train()
        # The sums stay on the device: reading them after every batch would make a GPU wait.
        loss_sum = torch.zeros((), dtype=torch.float64, device=self.data.device)
        correct = torch.zeros((), dtype=torch.int64, device=self.data.device)
        for start in range(0, len(order), self.batch_size):
            places = slice(start, start + self.batch_size)
            indices = order[places]
            images, labels = self.data.batch("train", indices, draws_at(draws, places))
            if labelled is not None:
                labels = self.data.labels["train"][torch.from_numpy(labelled[places]).to(self.data.device)]
            logits = self.network(images)
            loss = self.loss(logits, labels)
            self.optimiser.zero_grad(set_to_none=True)
            self.scaler.scale(loss / len(indices)).backward()
            self.scaler.step(self.optimiser)
            self.scaler.update()
            loss_sum += loss.detach()
            correct += (logits.argmax(1) == labels).sum()
            on_batch(len(indices))
        return Score(loss_sum.item() / len(order), correct.item() / len(order))

    def score(self, split: Split, indices: Indices) -> Score:
        """Return loss and accuracy of images in inference mode."""
        logits = class_scores(self.network, self.data, split, indices)
        labels = self.data.labels[split][torch.from_numpy(indices).to(self.data.device)]
        loss = self.loss(logits.double(), labels).item() / len(indices)
        return Score(loss, (logits.argmax(1) == labels).sum().item() / len(indices))

    def parameters(self) -> Arrays:
        """Return copies of all variables of the network by name."""
        return {name: array.copy() for name, array in export_parameters(self.network).items()}

    def state(self) -> Arrays:
        """Return every variable that training changes: network, optimiser, random generator, gradient scale."""
        arrays = {f"network/{name}": array for name, array in export_parameters(self.network).items()}
        for index, variables in self.optimiser.state_dict()["state"].items():
            for name, value in variables.items():
                if value is not None:
                    arrays[f"optimiser/{index}/{name}"] = torch.as_tensor(value).cpu().numpy()
        arrays["generator"] = self.generator.get_state().numpy()
        for name, value in self.scaler.state_dict().items():
            arrays[f"scaler/{name}"] = np.array(value)
        return arrays

    def restore(self, state: Arrays) -> None:
        """Set every variable to its value in ``state``; raise UnusableCheckpoint, setting nothing, if it misfits."""
        variables: dict[int, dict[str, Tensor]] = {}
        for name, array in _part(state, "optimiser/").items():
            index, _, variable = name.partition("/")
            variables.setdefault(int(index), {})[variable] = torch.from_numpy(array)
        trainable = [parameter for group in self.optimiser.param_groups for parameter in group["params"]]
        _check_optimiser(trainable, variables)
        expected = {name: array for name, array in self.state().items() if not name.startswith("optimiser/")}
        check_state(expected, {name: array for name, array in state.items() if not name.startswith("optimiser/")})
        load_parameters(self.network, _part(state, "network/"), head=True)
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": variables, "param_groups": groups})
        self._lay_out_as_parameters()
        self.generator.set_state(torch.from_numpy(state["generator"]))
        self.scaler.load_state_dict({name: array.item() for name, array in _part(state, "scaler/").items()})

    def _lay_out_as_parameters(self) -> None:
        """Lay out the optimiser's variables in memory like their parameters, which fused optimisers require."""
        for parameter, variables in self.optimiser.state.items():
            for name, value in variables.items():
                if isinstance(value, Tensor) and value.shape == parameter.shape:
                    variables[name] = torch.empty_like(parameter, dtype=value.dtype).copy_(value)


def _part(arrays: Arrays, prefix: str) -> dict[str, npt.NDArray[np.generic]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _check_optimiser(trainable: list[Tensor], variables: dict[int, dict[str, Tensor]]) -> None:
    """Raise UnusableCheckpoint unless every trainable parameter has the same variables, scalar or of its shape."""
    names = {name for found in variables.values() for name in found}
    if not names:
        return
    for index, parameter in enumerate(trainable):
        found = variables.get(index, {})
        if missing := names - found.keys():
            raise UnusableCheckpoint(f"its optimiser lacks '{min(missing)}' of parameter {index}")
        if any(value.dim() and value.shape != parameter.shape for value in found.values()):
            raise UnusableCheckpoint(f"its optimiser's variables of parameter {index} have another shape")
