"""Class scores of every image from a run trained in PyTorch."""

from study.errors import program
from study.machine.computing import computing
from study.runs.first_filters import first_filters
from study.runs.prediction import read_inputs, read_predictions_call, write_predictions
from study.store.parameters import read_parameters


@program
def main() -> None:
    """Read the job, load the trained network, score, write."""
    call = read_predictions_call(__file__, __doc__)
    with computing("pytorch", call.arguments.device, call.store) as selection:
        from study.backends.pytorch.connect import connect
        from study.backends.pytorch.device import set_up, why_no_gpu
        from study.backends.pytorch.trainer import all_scores
        from study.backends.pytorch.weights import trained_network

        selection.check(why_no_gpu())
        spec, cache, parameters = read_inputs(call, "pytorch")
        device = set_up(call.threads)
        network = trained_network(spec, parameters).to(device)
        data = connect(network, spec, cache, device)
        filters = first_filters(spec, read_parameters(parameters))
        write_predictions(call.store, call.job, spec, cache, filters, lambda split: all_scores(network, data, split))


if __name__ == "__main__":
    main()
