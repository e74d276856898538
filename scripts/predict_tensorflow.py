"""Class scores of every image from a run trained in TensorFlow."""

from study.cli import read_call
from study.errors import program
from study.networks.filters import first_filters
from study.store.parameters import read_parameters
from study.tensorflow.connect import connect
from study.tensorflow.device import set_up
from study.tensorflow.scoring import Scorer
from study.tensorflow.weights import trained_network
from study.tensors.staging import add_staging
from study.training.predict import read_inputs, write_predictions


@program
def main() -> None:
    """Read the job, load the trained network, score, write."""
    call = read_call(__file__, __doc__, "predictions", add_staging)
    spec, cache, parameters = read_inputs(call.store, call.job, call.arguments.staging)
    set_up(call.threads, spec.precision)
    network, data = connect(trained_network(spec, parameters), spec, cache)
    scorer = Scorer(network.entered, data)
    filters = first_filters(spec, read_parameters(parameters))
    write_predictions(call.store, call.job, cache, filters, scorer.all_scores)


if __name__ == "__main__":
    main()
