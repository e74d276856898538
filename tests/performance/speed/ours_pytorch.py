"""A PyTorch arm as the library does it."""

import numpy as np

from performance.speed.data import open_images
from performance.speed.layers_pytorch import layers_of
from performance.speed.ours import read_study, training_tasks
from performance.speed.sides import Call, Side
from study.pytorch.data import DeviceData
from study.pytorch.device import describe, set_up
from study.pytorch.trainer import PytorchTrainer
from study.pytorch.weights import initial_network


def prepare(call: Call) -> Side:
    """A run's trainer, made as the training program makes it."""
    study = read_study(call.precision)
    device = set_up(study.threads)
    spec = study.run_spec(call.arm, 0)
    cache = open_images(call.images)
    network = initial_network(spec, None).to(device)
    data = DeviceData(spec.input, cache, device)
    trainer = PytorchTrainer(spec, network, data)
    layers = layers_of(network, data.batch("test", np.arange(1))[0])
    return Side(training_tasks(trainer, spec, cache), spec.precision, spec.batch_size, layers, describe(device).name)
