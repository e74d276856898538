"""The actual training step, compared with the plain one that anybody would write."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from study.backends.pytorch.network import Network
from study.backends.pytorch.weights import initial_network
from study.config.load import read_config, validate
from study.recipe.run import RunSpec
from support.tiny import random_images

BATCH = 8


def plain(network: Network) -> nn.Sequential:
    """The same layers and parameters in PyTorch's own classes and standard layout, without dropout's chance."""
    layers: list[nn.Module] = []
    for module in [*network.body.children(), *network.head.children()]:
        copied = copy.deepcopy(module)
        if isinstance(module, nn.Linear):
            copied = nn.Linear(module.in_features, module.out_features)
            copied.load_state_dict(module.state_dict())
        layers.append(copied)
    return nn.Sequential(*layers).to(memory_format=torch.contiguous_format)


def documents_run(precision: str) -> RunSpec:
    """The document's first network with small dense layers, at 64 pixels."""
    run = validate(read_config([])).run_spec("scratch_pytorch", 0)
    layers = [
        layer.model_copy(update={"units": 256}) if getattr(layer, "units", None) == 4096 else layer
        for layer in run.network.layers
        if layer.type != "dropout"
    ]
    network = run.network.model_copy(update={"layers": tuple(layers)})
    return run.model_copy(
        update={"network": network, "precision": precision, "input": run.input.model_copy(update={"size": 64})}
    )


def batch(seed: int, images: int = BATCH) -> tuple[torch.Tensor, torch.Tensor]:
    values = torch.from_numpy(random_images(images, 64, seed)).permute(0, 3, 1, 2) / 127.5 - 1
    return values, torch.from_numpy(np.random.default_rng(seed).integers(0, 10, images))


def gradients(network: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> list[torch.Tensor]:
    network.zero_grad()
    nn.functional.cross_entropy(network(images), labels).backward()
    return [parameter.grad.clone() for parameter in network.parameters()]


def test_a_float32_step_is_the_plain_step_to_rounding() -> None:
    network = initial_network(documents_run("float32"), None).train()
    other = plain(network)
    fused = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)
    standard = torch.optim.Adam(other.parameters(), lr=1e-3, fused=False, foreach=False)
    images, labels = batch(0)
    ours, theirs = (
        gradients(network, images.to(memory_format=torch.channels_last), labels),
        gradients(other, images, labels),
    )
    for one, two in zip(ours, theirs, strict=True):
        # Sums over up to 8 x 15 x 15 positions in another order: relative 1e-5 of the largest gradient is rounding.
        torch.testing.assert_close(one, two, rtol=0, atol=1e-5 * two.abs().max().item())
    for mine, own in zip(network.parameters(), other.parameters(), strict=True):
        own.grad = mine.grad.clone()  # Adam's first step is nearly the gradient's sign: rounding must not decide it
    fused.step()
    standard.step()
    for mine, own in zip(network.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(mine, own, rtol=0, atol=1e-3 * 1e-5)  # of a step of 1e-3


@pytest.mark.parametrize("seed", [0, 1])
def test_bfloat16s_error_is_small_beside_the_noise_of_a_batch(seed: int) -> None:
    exact, mixed = (initial_network(documents_run(precision), None).train() for precision in ("float32", "bfloat16"))
    one, other = batch(10 * seed, 32), batch(10 * seed + 1, 32)
    truth, elsewhere, rounded = gradients(exact, *one), gradients(exact, *other), gradients(mixed, *one)
    for true, another, approximate in zip(truth, elsewhere, rounded, strict=True):
        noise = (another - true).norm() / 2**0.5  # the difference of two batches has twice the variance of one
        assert (approximate - true).norm() < noise / 4
