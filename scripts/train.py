"""Train one run in a framework, resuming where an earlier attempt stopped."""

from study.backends.training import train
from study.errors import program
from study.machine.computing import computing
from study.runs.once import Work, train_once
from study.runs.training_call import TrainingCall, read_training_call


@program
def main() -> None:
    """Read the job, train it once."""
    call = read_training_call(__file__, __doc__)
    train_once(call.store, call.job, lambda work: _train(call, work))


def _train(call: TrainingCall, work: Work) -> None:
    # Loaded here, so that a missing framework is one sentence and a complete run costs nothing.
    with computing(call.framework, call.device, call.store, work.say) as selection:
        train(call, selection, work)


if __name__ == "__main__":
    main()
