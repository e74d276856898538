"""Training and scoring in PyTorch."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from study.pytorch.data import DeviceData
from study.pytorch.network import Network
from study.pytorch.optimisers import build_optimiser
from study.spec.training import RunSpec
from study.tensors.splits import SCORING_BATCH, Indices, Split
from study.training.history import Score
from study.training.randomness import derive_seed


class PytorchTrainer:
    """A run's network, optimiser and data on a device."""

    def __init__(self, spec: RunSpec, network: Network, data: DeviceData) -> None:
        self.network = network
        self.data = data
        self.batch_size = spec.batch_size
        self.optimiser = build_optimiser(network, spec)
        self.scaler = torch.amp.GradScaler(data.device.type, enabled=spec.precision == "float16")
        self.loss = nn.CrossEntropyLoss(reduction="sum")
        torch.manual_seed(derive_seed(spec.seed, "dropout"))

    def train_epoch(self, order: Indices, learning_rate: float, on_batch: Callable[[int], object]) -> Score:
        """Train once on the training images in this order."""
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate
        self.network.train()
        # The sums stay on the device: reading them after every batch would make a GPU wait.
        loss_sum = torch.zeros((), dtype=torch.float64, device=self.data.device)
        correct = torch.zeros((), dtype=torch.int64, device=self.data.device)
        for start in range(0, len(order), self.batch_size):
            indices = order[start : start + self.batch_size]
            images, labels = self.data.batch("train", indices)
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
        """Loss and accuracy of images in inference mode."""
        logits = class_scores(self.network, self.data, split, indices)
        labels = self.data.labels[split][torch.from_numpy(indices).to(self.data.device)]
        loss = self.loss(logits.double(), labels).item() / len(indices)
        return Score(loss, (logits.argmax(1) == labels).sum().item() / len(indices))


@torch.inference_mode()
def class_scores(network: Network, data: DeviceData, split: Split, indices: Indices) -> Tensor:
    """Logits of images in inference mode, float32 [images, classes], on the device."""
    network.eval()
    starts = range(0, len(indices), SCORING_BATCH)
    return torch.cat([network(data.batch(split, indices[s : s + SCORING_BATCH])[0]) for s in starts])


def all_scores(network: Network, data: DeviceData, split: Split) -> npt.NDArray[np.float32]:
    """Logits of all images of a split, float32 [images, classes]."""
    return class_scores(network, data, split, np.arange(len(data.labels[split]))).cpu().numpy()
