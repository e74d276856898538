"""Check every hash in a study's results; exit code 1 if anything is damaged or missing. Nothing is changed."""

import sys
from itertools import chain

from study.errors import program
from study.inspection.study import read_arguments
from study.inspection.verification import damages, incomplete_artefacts, missing
from study.store.artefacts import SIDECAR


@program
def main() -> None:
    """Print a sentence per damaged or missing file."""
    study, _ = read_arguments(__doc__)
    for ref in incomplete_artefacts(study.store):
        print(f"note: {study.store / ref.folder}: is not complete; the next snakemake command makes it again")
    count = 0
    for sentence in chain(damages(study.results), missing(study)):
        print(sentence, flush=True)
        count += 1
    if count:
        sys.exit(f"{count} damaged or missing")
    made = sum((study.store / job.ref.folder / SIDECAR).exists() for job in study.plan.jobs)
    if made < len(study.plan.jobs):
        print(f"note: the study is not complete: {made} of its {len(study.plan.jobs)} artefacts exist")
    print(f"{len(study.stored)} artefacts in {study.store}: nothing is damaged or missing")


if __name__ == "__main__":
    main()
