"""Say whether this machine can run the study, and what to do if it cannot; nothing of the study is run."""

import sys

from study.errors import program
from study.inspection.doctor import examine
from study.inspection.study import read_arguments


@program
def main() -> None:
    """Print one line per check; exit code 1 if any is bad."""
    study, _ = read_arguments(__doc__)
    bad = 0
    for check in examine(study):
        print(check, flush=True)
        bad += check.remedy is not None
    if bad:
        print(f"{bad} bad: the study cannot run", file=sys.stderr)
        sys.exit(1)
    print("The study can run.")


if __name__ == "__main__":
    main()
