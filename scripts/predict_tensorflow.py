"""Class scores of every image from a run trained in TensorFlow."""

from study.errors import program
from study.machine.computing import computing
from study.runs.first_filters import first_filters
from study.runs.prediction import read_inputs, read_predictions_call, write_predictions
from study.store.parameters import read_parameters


@program
def main() -> None:
    """Read the job, load the trained network, score, write."""
    call = read_predictions_call(__file__, __doc__)
    with computing("tensorflow", call.arguments.device, call.store) as selection:
        from study.backends.tensorflow.connect import connect
        from study.backends.tensorflow.device import set_up, why_no_gpu
        from study.backends.tensorflow.scoring import Scorer
        from study.backends.tensorflow.weights import trained_network

        selection.check(why_no_gpu())
        spec, cache, parameters = read_inputs(call, "tensorflow")
        set_up(call.threads, spec.precision)
        network, data = connect(trained_network(spec, parameters), spec, cache)
        scorer = Scorer(network.entered, data)
        filters = first_filters(spec, read_parameters(parameters))
        write_predictions(call.store, call.job, spec, cache, filters, scorer.all_scores)


if __name__ == "__main__":
    main()
