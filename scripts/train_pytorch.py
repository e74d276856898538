"""Train one run in PyTorch."""

from study.cli import read_call
from study.errors import program
from study.pytorch.data import DeviceData
from study.pytorch.device import describe, set_up
from study.pytorch.trainer import PytorchTrainer
from study.pytorch.weights import export_parameters, initial_network
from study.training.run import read_inputs, run_training


@program
def main() -> None:
    """Read the job, build, train, write."""
    call = read_call(__file__, __doc__, "runs")
    spec, cache, weights = read_inputs(call.store, call.job)
    device = set_up(call.threads)
    network = initial_network(spec, weights).to(device)
    run_training(
        call.store,
        call.job,
        spec,
        cache,
        trainer=PytorchTrainer(spec, network, DeviceData(spec.input, cache, device)),
        layers=network.layer_table(),
        parameters=lambda: export_parameters(network),
        device=describe(device),
        threads=call.threads,
    )


if __name__ == "__main__":
    main()
