"""Say which claims and effects the existing runs leave open, how many seeds would decide them, and at what cost."""

import os

from study.errors import program
from study.inspection.study import read_arguments
from study.machine.environment import isolate_environment


@program
def main() -> None:
    """Print a line for each open claim or effect of the configured study."""
    study, _ = read_arguments(__doc__)
    isolate_environment(os.environ, study.results)
    # imported late: this loads libraries that read their settings when they are imported
    from study.inspection.seeds import plan_seeds, sentences

    for sentence in sentences(plan_seeds(study)):
        print(sentence)


if __name__ == "__main__":
    main()
