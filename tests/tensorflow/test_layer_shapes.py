from performance.speed.arithmetic import Layer
from performance.speed.layers_tensorflow import layers_of
from study.backends.tensorflow.network import build
from support.tiny import run_spec


def test_the_benchmark_sees_convolutions_and_dense_layers_in_their_order() -> None:
    network = build(run_spec("tensorflow", frozen={"layers": ["conv1"]}))
    assert layers_of(network.model) == [
        Layer(weights=600, parameters=608, positions=64, trainable=False),
        Layer(weights=864, parameters=876, positions=9, trainable=True),
        Layer(weights=2592, parameters=2616, positions=1, trainable=True),
        Layer(weights=96, parameters=100, positions=1, trainable=True),
    ]
