"""A TensorFlow arm as the library does it."""

from performance.speed.data import open_cache
from performance.speed.layers_tensorflow import layers_of
from performance.speed.ours import read_study, training_tasks
from performance.speed.sides import Call, Side
from study.backends.tensorflow.connect import connect
from study.backends.tensorflow.device import describe, fastest_precision, set_up
from study.backends.tensorflow.trainer import TensorflowTrainer
from study.backends.tensorflow.weights import initial_network
from study.training.precision import settle


def prepare(call: Call) -> Side:
    """A run's trainer, made as the training program makes it."""
    study = read_study(call.precision)
    cache = open_cache(call.features or call.images)
    spec = settle(study.run_spec(call.arm, 0), cache.manifest, fastest_precision)
    set_up(study.threads, spec.precision)
    network, data = connect(initial_network(spec, None), spec, cache)
    trainer = TensorflowTrainer(spec, network, data)
    tasks = training_tasks(trainer, spec, cache)
    return Side(tasks, spec.precision, spec.batch_size, layers_of(network.entered), describe(None).name)
