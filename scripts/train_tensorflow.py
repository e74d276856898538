"""Train one run in TensorFlow."""

from study.cli import read_call
from study.errors import program
from study.tensorflow.data import DeviceData
from study.tensorflow.device import describe, set_up
from study.tensorflow.trainer import TensorflowTrainer
from study.tensorflow.weights import export_parameters, initial_network
from study.training.run import read_inputs, run_training


@program
def main() -> None:
    """Read the job, build, train, write."""
    call = read_call(__file__, __doc__, "runs")
    spec, cache, weights = read_inputs(call.store, call.job)
    set_up(call.threads, spec.precision)
    network = initial_network(spec, weights)
    run_training(
        call.store,
        call.job,
        spec,
        cache,
        trainer=TensorflowTrainer(spec, network, DeviceData(spec.input, cache)),
        layers=network.layer_table(),
        parameters=lambda: export_parameters(network, spec),
        device=describe(),
        threads=call.threads,
    )


if __name__ == "__main__":
    main()
