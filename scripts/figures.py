"""Draw the report's figures in one language."""

import os

from pydantic import ValidationError

from study.cli import read_call
from study.errors import StudyError, program
from study.machine.environment import make_own
from study.store.artefacts import new_artefact, open_artefact


@program
def main() -> None:
    """Summary and audit in; a drawing (.svg) and its data (.csv) of every figure out."""
    call = read_call(__file__, __doc__, "figures")
    make_own(os.environ, call.store.parent)  # before matplotlib, which looks for its settings and cache when imported
    from study.audit.files import read_audit
    from study.evaluation.files import read_summary
    from study.reporting.figures.draw import draw_figures
    from study.reporting.phrase_files import figures_digest
    from study.reporting.specs import FiguresSpec

    try:
        spec = FiguresSpec.model_validate(call.job.spec)
    except ValidationError as error:
        raise StudyError(f"--job: {error}") from error
    if spec.words != figures_digest(spec.language):
        raise StudyError(
            "report/languages: phrases changed after this job was planned; give the snakemake command again"
        )
    summary = read_summary(open_artefact(call.store, call.job.input("summary")).file)
    audit = read_audit(open_artefact(call.store, call.job.input("audit")).file)
    with new_artefact(call.store, call.job) as folder:
        drawn = draw_figures(folder, summary, audit, spec.labels, spec.language, spec.bridges)
        if set(drawn) != set(spec.figures):
            raise StudyError(f"figures: {sorted(set(drawn) ^ set(spec.figures))} were planned or drawn, but not both")


if __name__ == "__main__":
    main()
