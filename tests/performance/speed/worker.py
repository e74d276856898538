"""A process that measures: it reads ``TASK AMOUNT`` or ``facts`` line by line and answers each with a line of JSON."""

import dataclasses
import importlib
import json
import resource
import sys
from pathlib import Path
from typing import Any

from performance.speed.arithmetic import least_bytes, least_flops
from performance.speed.sides import Call, Side


def facts(side: Side) -> dict[str, Any]:
    """What is reported besides times; the memory is the peak of the process so far."""
    return {
        "device": side.device,
        "precision": side.precision,
        "batch_size": side.batch_size,
        "flops": least_flops(side.layers),
        "bytes": least_bytes(side.layers),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
    }


def main() -> None:
    """Serve until the input ends."""
    answers, sys.stdout = sys.stdout, sys.stderr
    given = json.loads(sys.argv[1])
    call = Call(**given | {key: Path(given[key]) for key in ("images", "features") if given[key]})
    side: Side = importlib.import_module(f"performance.speed.{call.side}_{call.framework}").prepare(call)
    for line in sys.stdin:
        task, *amount = line.split()
        answer = facts(side) if task == "facts" else dataclasses.asdict(side.tasks[task](int(amount[0])))
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
