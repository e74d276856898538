"""Try a framework as a training would use it, for `make doctor`."""

import json

from study.backends.probe import probe
from study.errors import program
from study.machine.computing import computing
from study.machine.probe import probe_result, read_probe_call


@program
def main() -> None:
    """Compute one convolution, forward and backward; print device and versions as a line of JSON."""
    call = read_probe_call(__doc__)
    with computing(call.framework, call.device, call.store, shared=True) as selection:
        device = probe(call, selection)
        print(json.dumps(probe_result(call.framework, device, call.threads)))


if __name__ == "__main__":
    main()
