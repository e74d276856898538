"""Class scores of every image from a run trained in PyTorch."""

from study.computing import computing
from study.errors import program
from study.networks.filters import first_filters
from study.store.parameters import read_parameters
from study.training.predict import read_inputs, read_predictions_call, write_predictions


@program
def main() -> None:
    """Read the job, load the trained network, score, write."""
    call = read_predictions_call(__file__, __doc__)
    with computing("pytorch", call.arguments.device, call.store) as selection:
        from study.pytorch.connect import connect
        from study.pytorch.device import set_up, why_no_gpu
        from study.pytorch.trainer import all_scores
        from study.pytorch.weights import trained_network

        selection.check(why_no_gpu())
        spec, cache, parameters = read_inputs(call, "pytorch")
        device = set_up(call.threads)
        network = trained_network(spec, parameters).to(device)
        data = connect(network, spec, cache, device)
        filters = first_filters(spec, read_parameters(parameters))
        write_predictions(call.store, call.job, spec, cache, filters, lambda split: all_scores(network, data, split))


if __name__ == "__main__":
    main()
