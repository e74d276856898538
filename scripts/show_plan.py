"""List the jobs that would run, with estimated time and disk space; nothing is run or changed."""

import shutil
from collections.abc import Iterable

from study.errors import program
from study.inspection.dry_run import planned_jobs
from study.inspection.estimates import ON_GPU, Estimates
from study.inspection.study import read_arguments
from study.inspection.units import format_bytes, format_seconds


@program
def main() -> None:
    """Print a line per job, and totals."""
    study, _ = read_arguments(__doc__)
    planned = planned_jobs(study)
    if not planned:
        print("Nothing would run: the study is complete.")
        return
    estimates = Estimates(study)
    found = [(item, estimates.of(item.job)) for item in planned]
    for item, estimate in found:
        time = "?" if estimate.seconds is None else format_seconds(estimate.seconds)
        size = "?" if estimate.size is None else format_bytes(estimate.size)
        print(f"{time:>12} {size:>10}  {item.words}")
    gpu = total(estimate.seconds for item, estimate in found if item.job.kind in ON_GPU)
    other = total(estimate.seconds for item, estimate in found if item.job.kind not in ON_GPU)
    print(f"{len(planned)} jobs. Training and prediction, one after the other: {format_seconds(gpu)};", end=" ")
    print(f"everything else: {format_seconds(other)}.")
    place = next(folder for folder in (study.results, *study.results.resolve().parents) if folder.exists())
    needed = total(estimate.size for _, estimate in found)
    print(f"Disk needed: {format_bytes(needed)}; free: {format_bytes(shutil.disk_usage(place).free)}.")
    unknown = sum(1 for _, estimate in found if estimate.seconds is None or estimate.size is None)
    if unknown:
        print(f"Not included: jobs marked ?, because nothing like them has run here before (jobs: {unknown}).")


def total(values: Iterable[float | None]) -> float:
    """Return the sum of the known values."""
    return sum(value for value in values if value is not None)


if __name__ == "__main__":
    main()
