"""How long Snakemake plans: `python tests/performance/planning.py` prints times, and exits with 1 above a limit.

Every dry run plans all jobs, in a copy of the workflow without results. Planning is one thread, so its processor
time is what it takes on a machine that does nothing else; that is what is judged.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("Snakefile", "rules", "scripts", "config", "report", "profiles", "envs")
REPEATS = 3
MANY = "study: {seeds: [" + ", ".join(map(str, range(250))) + "]}\n"
LIMITS = {"the study": 2.0, "4 arms x 250 seeds": 10.0}
"""Seconds."""


def dry_run(folder: Path, *configuration: str) -> tuple[float, float]:
    """Processor time and elapsed time in seconds."""
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--cores", "4", *configuration]
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    after, end = os.times(), time.perf_counter()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return used, end - start


def main() -> None:
    """Measure, print and judge."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in PARTS:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copyfile
            copy(ROOT / part, folder / part)
        (folder / "many.yaml").write_text(MANY, encoding="utf-8")
        configurations = ((), ("--configfile", "config/config.yaml", "many.yaml"))
        times = [min(dry_run(folder, *files) for _ in range(REPEATS)) for files in configurations]
    for (what, limit), (used, elapsed) in zip(LIMITS.items(), times, strict=True):
        print(f"{what}: {used:.2f} s of processor time (limit {limit:g} s), {elapsed:.2f} s elapsed")
    if any(used > limit for limit, (used, _) in zip(LIMITS.values(), times, strict=True)):
        sys.exit(1)


if __name__ == "__main__":
    main()
