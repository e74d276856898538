"""Class scores of every image from a run trained in TensorFlow."""

from study.computing import computing
from study.errors import program
from study.networks.filters import first_filters
from study.store.parameters import read_parameters
from study.training.predict import read_inputs, read_predictions_call, write_predictions


@program
def main() -> None:
    """Read the job, load the trained network, score, write."""
    call = read_predictions_call(__file__, __doc__)
    with computing("tensorflow", call.arguments.device, call.store) as selection:
        from study.tensorflow.connect import connect
        from study.tensorflow.device import set_up, why_no_gpu
        from study.tensorflow.scoring import Scorer
        from study.tensorflow.weights import trained_network

        selection.check(why_no_gpu())
        spec, cache, parameters = read_inputs(call, "tensorflow")
        set_up(call.threads, spec.precision)
        network, data = connect(trained_network(spec, parameters), spec, cache)
        scorer = Scorer(network.entered, data)
        filters = first_filters(spec, read_parameters(parameters))
        write_predictions(call.store, call.job, spec, cache, filters, scorer.all_scores)


if __name__ == "__main__":
    main()
