import pytest
import torch
from torch import nn

from study.backends.pytorch.linear import Linear


def results(layer: nn.Linear, values: torch.Tensor, mixed: torch.dtype | None) -> list[torch.Tensor]:
    values = values.clone().requires_grad_()
    with torch.autocast("cpu", mixed, enabled=mixed is not None):
        outputs = layer(values).relu()
    outputs.float().square().sum().backward()
    return [outputs.detach(), *(tensor.grad.clone() for tensor in (values, layer.weight, layer.bias))]


@pytest.mark.parametrize("mixed", [None, torch.bfloat16])
def test_every_step_gives_the_bits_of_pytorch_s_own_layer(mixed: torch.dtype | None) -> None:
    torch.manual_seed(0)
    plain = nn.Linear(96, 64)
    ours = Linear.of(nn.Linear(96, 64))
    ours.load_state_dict(plain.state_dict())
    for _ in range(3):
        values = torch.randn(16, 96)
        for one, other in zip(results(ours, values, mixed), results(plain, values, mixed), strict=True):
            assert one.dtype == other.dtype
            assert torch.equal(one, other)
        with torch.no_grad():
            for layer in (ours, plain):
                layer.weight -= 0.01 * layer.weight.grad
                layer.bias -= 0.01 * layer.bias.grad
                layer.zero_grad()


@pytest.mark.parametrize("mixed", [None, torch.bfloat16])
def test_gradients_of_several_passes_add_up_as_pytorch_s_own(mixed: torch.dtype | None) -> None:
    torch.manual_seed(0)
    plain = nn.Linear(96, 64)
    ours = Linear.of(nn.Linear(96, 64))
    ours.load_state_dict(plain.state_dict())
    for _ in range(2):
        for _ in range(3):
            values = torch.randn(16, 96)
            for one, other in zip(results(ours, values, mixed), results(plain, values, mixed), strict=True):
                assert torch.equal(one, other)
        for layer in (ours, plain):
            layer.zero_grad()


def test_a_layer_that_is_used_twice_in_one_pass_adds_both_gradients() -> None:
    torch.manual_seed(0)
    plain = nn.Linear(8, 8)
    ours = Linear.of(nn.Linear(8, 8))
    ours.load_state_dict(plain.state_dict())
    values = torch.randn(4, 8)
    for layer in (ours, plain):
        layer(layer(values).relu()).square().sum().backward()
    assert torch.equal(ours.weight.grad, plain.weight.grad)


def test_only_a_cpu_takes_memory_of_its_own() -> None:
    layer = Linear(4, 3).to("meta")
    layer(torch.randn(2, 4, device="meta")).sum().backward()
    assert layer._kept == {}
    assert layer.weight.grad is not None


def test_frozen_weights_get_no_gradient() -> None:
    layer = Linear(4, 3).requires_grad_(False)
    values = torch.randn(2, 4, requires_grad=True)
    layer(values).sum().backward()
    assert layer.weight.grad is None
    assert values.grad is not None


def test_its_memory_for_gradients_is_used_again() -> None:
    layer = Linear(4, 3)
    places = set()
    for _ in range(3):
        layer.zero_grad()
        layer(torch.randn(2, 4)).sum().backward()
        places.add(layer.weight.grad.data_ptr())
    assert len(places) == 1


def test_scoring_before_training_does_not_stand_in_its_way() -> None:
    layer = Linear(4, 3)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        layer(torch.randn(2, 4))
    with torch.autocast("cpu", torch.bfloat16):
        layer(torch.randn(2, 4)).float().sum().backward()
    assert layer.weight.grad is not None
