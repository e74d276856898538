"""Say which jobs would run and why; nothing is run or changed."""

from study.errors import program
from study.inspection.dry_run import planned_jobs
from study.inspection.reasons import explain
from study.inspection.study import read_arguments


@program
def main() -> None:
    """Print a paragraph per job."""
    study, _ = read_arguments(__doc__)
    planned = planned_jobs(study)
    reasons = explain(study, planned)
    for item in planned:
        print(f"{item.words}  [{item.job.ref.folder}]")
        for reason in reasons[item.job.ref]:
            print(f"    {reason}")
    print(f"{len(planned)} jobs would run." if planned else "Nothing would run: the study is complete.")


if __name__ == "__main__":
    main()
