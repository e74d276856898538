"""How a study grows: `python tests/performance/scaling.py` prints a table, and exits with 1 where growth is too fast.

Runs come from a stand-in for the trainings, which writes what they would have written. What Snakemake and the programs
do with 10, 100 and 1,000 of them is measured: processor time, which a busy machine does not change, and peak memory.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "scripts")]

from study.reporting.templates import template_digest  # noqa: E402
from study.store.jobs import Job  # noqa: E402
from support.study_results import make_study  # noqa: E402
from support.synthetic_arms import document_arms  # noqa: E402
from support.workflow import new_workflow  # noqa: E402

RUNS = (10, 100, 1000)
ARMS = 2
"""The document's two from scratch; all else is seeds."""
TRAIN_IMAGES, TEST_IMAGES = 1000, 2000
SLACK = 1.3
"""Ten times the runs may take this much more than ten times the processor time."""
MEMORY = 2000
"""MiB that no step may pass."""


@dataclass(frozen=True)
class Cost:
    """What a process took."""

    seconds: float
    """Seconds of processor time, including children."""
    mebibytes: float
    """Peak resident memory of the largest process."""


def measure(command: Sequence[str], folder: Path) -> Cost:
    """Run a command in a folder; RuntimeError with its output if it fails."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise RuntimeError(output.read().decode())
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def steps(runs: int, folder: Path) -> Iterator[tuple[str, Cost]]:
    """Each step of a study with that many runs, and its cost."""
    seeds = range(runs // ARMS)
    workflow = new_workflow(folder / "workflow", ROOT / "config" / "config.yaml")
    arms = document_arms(tuple(seeds))[:ARMS]
    overlay = f"study: {{arms: [{', '.join(arm.name for arm in arms)}], seeds: {list(seeds)}}}\n"
    (workflow.root / "many.yaml").write_text(overlay, encoding="utf-8")
    plan = ("-m", "snakemake", "--dry-run", "--cores", "4", "--configfile", "config/config.yaml", "many.yaml")
    yield "planning", measure((sys.executable, *plan), workflow.root)

    study = make_study(folder / "results" / "store", arms, TRAIN_IMAGES, TEST_IMAGES)
    jobs = {
        "aggregate": study.summary_job,
        "audit": study.audit_job(),
        "figures": study.figures_job(),
        "report": study.report_job("html", template_digest("es")),
    }
    for name, job in jobs.items():
        yield name, measure(program(name, study.store, job), folder)


def program(name: str, store: Path, job: Job) -> tuple[str, ...]:
    """The call of a program, with its job in a file."""
    described = store.parent / f"{name}.json"
    described.write_text(job.to_json(), encoding="utf-8")
    return sys.executable, str(ROOT / "scripts" / f"{name}.py"), "--job", str(described), "--store", str(store)


def main() -> None:
    """Measure, print and judge."""
    costs: dict[str, list[Cost]] = {}
    for runs in RUNS:
        with tempfile.TemporaryDirectory() as folder:
            for name, cost in tqdm(steps(runs, Path(folder)), f"{runs} runs", unit=" steps"):
                costs.setdefault(name, []).append(cost)
    print("step      ", *(f"{runs:>5d} runs        " for runs in RUNS))
    for name, found in costs.items():
        print(f"{name:10s}", *(f"{cost.seconds:6.1f} s {cost.mebibytes:5.0f} MiB" for cost in found))
    grew = [name for name, (_, some, many) in costs.items() if many.seconds > 10 * SLACK * some.seconds]
    large = [name for name, found in costs.items() if any(cost.mebibytes > MEMORY for cost in found)]
    if grew or large:
        sys.exit(
            f"error: more than linear: {', '.join(grew) or 'none'}; above {MEMORY} MiB: {', '.join(large) or 'none'}"
        )


if __name__ == "__main__":
    main()
