"""Compute the output of a network's frozen part for every image, once for all epochs, seeds and heads."""

from study.backends.features import extract_features
from study.errors import program
from study.machine.computing import computing
from study.runs.feature_call import read_features_call


@program
def main() -> None:
    """Read the job, compute, write."""
    call, inputs, limit = read_features_call(__file__, __doc__)
    with computing(call.framework, call.arguments.device, call.store) as selection:
        extract_features(call, inputs, limit, selection)


if __name__ == "__main__":
    main()
