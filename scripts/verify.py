"""Check every hash in a study's results; exit code 1 if anything is damaged or missing. Nothing is changed."""

import sys

from study.errors import program
from study.inspection.study import read_arguments
from study.inspection.verification import damages, incomplete_artefacts


@program
def main() -> None:
    """A configuration in; a sentence per damage out."""
    study, _ = read_arguments(__doc__)
    for ref in incomplete_artefacts(study.store):
        print(f"note: {study.store / ref.folder}: is not complete; it is made anew by the next snakemake command")
    count = 0
    for sentence in damages(study.results):
        print(sentence, flush=True)
        count += 1
    if count:
        sys.exit(f"{count} damaged or missing")
    print(f"{len(study.stored)} artefacts in {study.store}: nothing is damaged or missing")


if __name__ == "__main__":
    main()
