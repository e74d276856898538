"""Compute what an arm's description gives in one framework, for comparison with the other."""

from study.backends.parity import write_parity_side
from study.cli import read_call
from study.errors import program
from study.machine.computing import computing
from study.machine.frameworks import add_framework


@program
def main() -> None:
    """Turn a description and its images into tensors.npz, always on the CPU."""
    call = read_call(__file__, __doc__, "parity_sides", add_framework)
    with computing(call.framework, "cpu", call.store):
        write_parity_side(call)


if __name__ == "__main__":
    main()
