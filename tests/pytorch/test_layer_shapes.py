import torch

from performance.speed.arithmetic import Layer
from performance.speed.layers_pytorch import layers_of
from study.backends.pytorch.network import build
from support.tiny import run_spec


def test_the_benchmark_sees_convolutions_and_dense_layers_in_their_order() -> None:
    network = build(run_spec("pytorch", frozen={"layers": ["conv1"]})).train()
    assert layers_of(network, torch.zeros(1, 3, 16, 16)) == [
        Layer(weights=600, parameters=608, positions=64, trainable=False),
        Layer(weights=864, parameters=876, positions=9, trainable=True),
        Layer(weights=2592, parameters=2616, positions=1, trainable=True),
        Layer(weights=96, parameters=100, positions=1, trainable=True),
    ]
    assert network.training
