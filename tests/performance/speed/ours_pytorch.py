"""A PyTorch arm as the library does it."""

import numpy as np

from performance.speed.data import open_cache
from performance.speed.layers_pytorch import layers_of
from performance.speed.ours import read_study, training_tasks
from performance.speed.sides import Call, Side
from study.backends.pytorch.connect import connect
from study.backends.pytorch.device import computing_device, describe, fastest_precision, set_up
from study.backends.pytorch.trainer import PytorchTrainer
from study.backends.pytorch.weights import initial_network
from study.training.precision import settle


def prepare(call: Call) -> Side:
    """A run's trainer, made as the training program makes it."""
    study = read_study(call.precision)
    cache = open_cache(call.features or call.images)
    spec = settle(study.run_spec(call.arm, 0), cache.manifest, fastest_precision)
    set_up(study.threads, spec.precision)
    device = computing_device()
    network = initial_network(spec, None).to(device)
    data = connect(network, spec, cache, device)
    trainer = PytorchTrainer(spec, network, data)
    layers = layers_of(network, data.batch("test", np.arange(1))[0])
    tasks = training_tasks(trainer, spec, cache)
    return Side(tasks, spec.precision, spec.batch_size, layers, describe(None).name)
