"""Write the study's report in one language and format."""

from pydantic import ValidationError

from study.audit.files import read_audit
from study.cli import read_call
from study.errors import StudyError, program
from study.evaluation.files import read_summary
from study.reporting.document import write_report
from study.reporting.specs import ReportSpec
from study.reporting.templates import template_digest
from study.store.artefacts import new_artefact, open_artefact
from study.store.files import atomic


@program
def main() -> None:
    """Turn summary, audit and figures into report.LANGUAGE.FORMAT."""
    call = read_call(__file__, __doc__, "reports")
    try:
        spec = ReportSpec.model_validate(call.job.spec)
    except ValidationError as error:
        raise StudyError(f"--job: {error}") from error
    check_templates(spec.language, spec.template)
    summary = read_summary(open_artefact(call.store, call.job.input("summary")).file)
    audit = read_audit(open_artefact(call.store, call.job.input("audit")).file)
    drawn = open_artefact(call.store, call.job.input("figures"))
    figures = {name: drawn.file(name) for name in drawn.names}
    name = f"report.{spec.language}.{spec.format}"
    with new_artefact(call.store, call.job) as folder, atomic(folder / name) as temporary:
        write_report(spec, summary, audit, figures, temporary)
        check_templates(spec.language, spec.template)


def check_templates(language: str, planned: str) -> None:
    """Refuse templates other than the planned ones; they are read again while the report is written."""
    if planned != template_digest(language):
        raise StudyError("report/: the templates changed after this job was planned; run the snakemake command again")


if __name__ == "__main__":
    main()
