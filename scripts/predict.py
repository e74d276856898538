"""Compute class scores of every image with a trained run, in one framework."""

from study.backends.prediction import predict
from study.errors import program
from study.machine.computing import computing
from study.runs.prediction import read_predictions_call


@program
def main() -> None:
    """Read the job, load the trained network, score, write."""
    call = read_predictions_call(__file__, __doc__)
    with computing(call.framework, call.arguments.device, call.store) as selection:
        predict(call, selection)


if __name__ == "__main__":
    main()
