"""Compare the four arms' speed with the notebooks' on the same machine: `python tests/performance/compare.py`.

Each way runs in a process of its own, in turn with the others, for some batches; the minutes of a whole arm follow from
the rates. Images and parameters are random: neither has an influence on speed. How to read it: docs/speed.md.
"""

import argparse
import dataclasses
import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests")]

from performance.speed.data import write_images  # noqa: E402
from performance.speed.machine import processor, usage  # noqa: E402
from performance.speed.measuring import FULL, QUICK, measure  # noqa: E402
from performance.speed.results import study_ratio, tables  # noqa: E402
from study.store.files import write_text  # noqa: E402

ARMS = ("scratch_pytorch", "scratch_tensorflow", "pretrained_pytorch", "pretrained_tensorflow")


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few batches: within 8 minutes on 2 cores")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers to this file")
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=ARMS, metavar="ARM", help=f"of {', '.join(ARMS)}")
    arguments = parser.parse_args()
    before = usage()
    entries, limits = {}, {}
    with tempfile.TemporaryDirectory() as name:
        write_images(Path(name))
        for framework in ("pytorch", "tensorflow"):
            arms = [arm for arm in arguments.arms if arm.endswith(framework)]
            if arms:
                effort = QUICK if arguments.quick else FULL
                found, limits[framework] = measure(framework, arms, Path(name), effort)
                entries |= found
    entries = {arm: entries[arm] for arm in ARMS if arm in entries}
    others = usage().others_since(before)
    print(f"{processor()}; {others:.2f} of them busy with other work meanwhile\n\n{tables(entries, limits)}")
    if arguments.json:
        result = {
            "processor": processor(),
            "busy_with_other_work": others,
            "quick": arguments.quick,
            "arms": entries,
            "study_ratio": study_ratio(entries),
            "limits": {framework: dataclasses.asdict(limit) for framework, limit in limits.items()},
        }
        write_text(arguments.json, json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
