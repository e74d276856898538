"""A TensorFlow arm as the library does it."""

from performance.speed.data import open_images
from performance.speed.layers_tensorflow import layers_of
from performance.speed.ours import read_study, training_tasks
from performance.speed.sides import Call, Side
from study.tensorflow.data import DeviceData
from study.tensorflow.device import describe, set_up
from study.tensorflow.trainer import TensorflowTrainer
from study.tensorflow.weights import initial_network


def prepare(call: Call) -> Side:
    """A run's trainer, made as the training program makes it."""
    study = read_study(call.precision)
    spec = study.run_spec(call.arm, 0)
    set_up(study.threads, spec.precision)
    cache = open_images(call.images)
    network = initial_network(spec, None)
    trainer = TensorflowTrainer(spec, network, DeviceData(spec.input, cache))
    return Side(
        training_tasks(trainer, spec, cache), spec.precision, spec.batch_size, layers_of(network.model), describe().name
    )
