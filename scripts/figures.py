"""Draw the report's figures in one language."""

import os

from pydantic import ValidationError

from study.cli import read_call
from study.errors import StudyError, program
from study.machine.environment import isolate_environment
from study.store.artefacts import new_artefact, open_artefact


@program
def main() -> None:
    """Turn summary and audit into a drawing (.svg) and its data (.csv) for every figure."""
    call = read_call(__file__, __doc__, "figures")
    isolate_environment(
        os.environ, call.store.parent
    )  # before matplotlib, which finds its settings and cache on import
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
            "report/languages: phrases changed after this job was planned; run the snakemake command again"
        )
    summary = read_summary(open_artefact(call.store, call.job.input("summary")).file)
    audit = read_audit(open_artefact(call.store, call.job.input("audit")).file)
    with new_artefact(call.store, call.job) as folder:
        drawn = draw_figures(folder, summary, audit, spec.labels, spec.language, spec.bridges)
        if set(drawn) != set(spec.figures):
            raise StudyError(
                f"figures: {sorted(set(drawn) ^ set(spec.figures))} were either planned or drawn, but not both; "
                "run the snakemake command again"
            )


if __name__ == "__main__":
    main()
