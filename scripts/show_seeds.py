"""Say which claims and effects the runs at hand leave open, and how many more seeds would decide them at what cost."""

import os

from study.errors import program
from study.inspection.study import read_arguments
from study.machine.environment import isolate_environment


@program
def main() -> None:
    """A configuration in; a line per open claim or effect out."""
    study, _ = read_arguments(__doc__)
    isolate_environment(os.environ, study.results)
    # what judges loads libraries that look for their settings when they are imported
    from study.inspection.seeds import plan_seeds, sentences

    for sentence in sentences(plan_seeds(study)):
        print(sentence)


if __name__ == "__main__":
    main()
