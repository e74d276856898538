"""A certificate can fail: each fault, put into PyTorch's side alone, is found at its stage and tensor."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from study.backends.pytorch import network
from study.backends.pytorch.inputs import Preparation
from study.backends.pytorch.parity import PytorchSide
from study.backends.pytorch.trainer import PytorchTrainer
from study.parity.files import read_tensors
from study.recipe.run import RunSpec
from study.store.parameters import Arrays
from study.training import loop
from support.parity_sides import WRITTEN_OUT, described, findings, first_failure, make_side, tensors_of
from support.tiny import TINY_NETWORK

Modules = list[tuple[str, nn.Module]]


@pytest.fixture(scope="module")
def tensorflow(tmp_path_factory: pytest.TempPathFactory) -> Arrays:
    """TensorFlow's side of the run that all tests change PyTorch's side of."""
    store: Path = tmp_path_factory.mktemp("store")
    return read_tensors(store, make_side(store, described(), "tensorflow"))


def failure(tensorflow: Arrays, changed: RunSpec | None = None) -> tuple[str, str] | None:
    return first_failure(
        findings(described(), tensors_of(PytorchSide(), changed or described(), "pytorch"), tensorflow)
    )


def change_modules(monkeypatch: pytest.MonkeyPatch, change: Callable[[str, nn.Module], nn.Module]) -> None:
    """Build networks with modules that ``change`` gives for a name and a module."""
    build = network._modules

    def changed(name: str, *arguments: Any) -> Modules:
        return [(part, change(part, module)) for part, module in build(name, *arguments)]

    monkeypatch.setattr(network, "_modules", changed)


def test_without_a_fault_every_stage_passes(tensorflow: Arrays) -> None:
    assert failure(tensorflow) is None


def test_channels_last_in_flatten(monkeypatch: pytest.MonkeyPatch, tensorflow: Arrays) -> None:
    class ChannelsLast(nn.Flatten):
        def forward(self, values: Tensor) -> Tensor:
            return super().forward(values.permute(0, 2, 3, 1))

    change_modules(monkeypatch, lambda name, module: ChannelsLast() if name == "flatten1" else module)
    assert failure(tensorflow) == ("outputs", "flatten1")


def test_same_for_padding_2(monkeypatch: pytest.MonkeyPatch, tensorflow: Arrays) -> None:
    class Same(nn.Conv2d):
        def forward(self, values: Tensor) -> Tensor:
            # 20 pixels, kernel 5, stride 2: 3 zeros in all, the larger part after.
            return functional.conv2d(functional.pad(values, (1, 2, 1, 2)), self.weight, self.bias, self.stride)

    change_modules(monkeypatch, lambda name, module: Same(3, 8, 5, 2) if name == "conv1" else module)
    assert failure(tensorflow) == ("outputs", "conv1")


def test_a_dropped_bias(monkeypatch: pytest.MonkeyPatch, tensorflow: Arrays) -> None:
    class Biasless(nn.Conv2d):
        def forward(self, values: Tensor) -> Tensor:
            return functional.conv2d(values, self.weight, None, padding=1)

    change_modules(monkeypatch, lambda name, module: Biasless(8, 12, 3) if name == "conv2" else module)
    assert failure(tensorflow) == ("outputs", "conv2")


def test_another_rate_of_dropout(monkeypatch: pytest.MonkeyPatch, tensorflow: Arrays) -> None:
    change_modules(monkeypatch, lambda name, module: nn.Dropout(0.4) if name == "dropout1" else module)
    assert failure(tensorflow) == ("dropout", "dropout1 scale")


def test_dropout_in_another_place(tensorflow: Arrays) -> None:
    layers = list(TINY_NETWORK["layers"])
    layers[4], layers[5] = layers[5], layers[4]
    assert failure(tensorflow, described(network={"layers": layers})) == ("dropout", "dropout1")


def test_dropout_without_its_scaling(monkeypatch: pytest.MonkeyPatch, tensorflow: Arrays) -> None:
    class Unscaled(nn.Dropout):
        def forward(self, values: Tensor) -> Tensor:
            return super().forward(values) * (1 - self.p)

    change_modules(monkeypatch, lambda name, module: Unscaled(0.25) if name == "dropout1" else module)
    assert failure(tensorflow) == ("dropout", "dropout1 scale")


def test_red_and_blue_swapped(monkeypatch: pytest.MonkeyPatch, tensorflow: Arrays) -> None:
    prepare = Preparation.__call__
    monkeypatch.setattr(Preparation, "__call__", lambda self, images: prepare(self, images).flip(1))
    assert failure(tensorflow) == ("inputs", "images")


def test_another_place_of_epsilon(tensorflow: Arrays) -> None:
    optimiser = WRITTEN_OUT | {"epsilon_placement": "before_correction"}
    assert failure(tensorflow, described(optimiser=optimiser)) == ("optimiser", "pytorch: constant rate")


def test_a_decay_that_is_coupled(tensorflow: Arrays) -> None:
    optimiser = WRITTEN_OUT | {"decay_form": "coupled"}
    assert failure(tensorflow, described(optimiser=optimiser)) == ("optimiser", "pytorch: constant rate")


def test_a_learning_rate_of_1001_thousandths(monkeypatch: pytest.MonkeyPatch, tensorflow: Arrays) -> None:
    train = PytorchTrainer.train_epoch
    monkeypatch.setattr(
        PytorchTrainer, "train_epoch", lambda self, order, rate, *rest: train(self, order, 1.001 * rate, *rest)
    )
    assert failure(tensorflow) == ("free_run", "rate")


def test_a_loss_that_is_summed_and_not_averaged(monkeypatch: pytest.MonkeyPatch, tensorflow: Arrays) -> None:
    monkeypatch.setattr(
        nn.CrossEntropyLoss, "forward", lambda self, logits, labels: 2 * functional.cross_entropy(logits, labels)
    )
    assert failure(tensorflow) == ("free_run", "training loss")


def test_a_permuted_order(monkeypatch: pytest.MonkeyPatch, tensorflow: Arrays) -> None:
    order = loop.epoch_order
    monkeypatch.setattr(loop, "epoch_order", lambda *arguments: order(*arguments)[::-1].copy())
    assert failure(tensorflow) == ("order", "images")


def test_other_initial_values(tensorflow: Arrays) -> None:
    assert failure(tensorflow, described(seed=1)) == ("initial_values", "conv1.weight")


def test_values_that_are_not_pytorchs_own_rule(monkeypatch: pytest.MonkeyPatch, tensorflow: Arrays) -> None:
    reset = nn.Linear.reset_parameters

    def glorot(self: nn.Linear) -> None:
        reset(self)
        with torch.no_grad():
            self.weight.mul_(np.sqrt(6 / sum(self.weight.shape)) * np.sqrt(self.weight.shape[1]))

    monkeypatch.setattr(nn.Linear, "reset_parameters", glorot)
    assert failure(tensorflow) == ("native_distribution", "dense1.weight")
