"""What TensorFlow computes from an arm's description, for comparison with the other framework."""

from study.cli import read_call
from study.errors import program
from study.machine.computing import computing
from study.parity.files import read_side, write_side
from study.parity.side import trace_side


@program
def main() -> None:
    """A description and its images in, tensors.npz out; on the CPU, whatever else is there."""
    call = read_call(__file__, __doc__, "parity_sides")
    spec, cache = read_side(call.store, call.job)
    with computing("tensorflow", "cpu", call.store):
        from study.backends.tensorflow.device import set_up
        from study.backends.tensorflow.parity import TensorflowSide

        set_up(call.threads, "float64")
        write_side(call.store, call.job, trace_side(TensorflowSide(), spec, cache))


if __name__ == "__main__":
    main()
