"""Write the study's document in one language and format."""

import json

from pydantic import ValidationError

from study.cli import read_call
from study.errors import StudyError, program
from study.reporting.cache import keep_matplotlib_cache
from study.reporting.templates import template_digest
from study.store.artefacts import new_artefact, open_artefact
from study.store.files import atomic


@program
def main() -> None:
    """Summary and audit in, report.LANGUAGE.FORMAT out."""
    call = read_call(__file__, __doc__, "reports")
    keep_matplotlib_cache(call.store.parent)
    # matplotlib looks for its cache when it is imported
    import pandas as pd

    from study.audit.files import read_audit
    from study.reporting.document import ReportSpec, write_report

    try:
        spec = ReportSpec.model_validate(call.job.spec)
    except ValidationError as error:
        raise StudyError(f"--job: {error}") from error
    check_templates(spec.language, spec.template)
    study = open_artefact(call.store, call.job.input("summary"))
    summary = json.loads(study.file("summary.json").read_text(encoding="utf-8"))
    summary["parity"] = json.loads(study.file("parity.json").read_text(encoding="utf-8"))
    epochs = pd.read_csv(study.file("epochs.csv"))
    evidence = read_audit(open_artefact(call.store, call.job.input("audit")))
    name = f"report.{spec.language}.{spec.format}"
    with new_artefact(call.store, call.job) as folder, atomic(folder / name) as temporary:
        write_report(spec, summary, evidence, epochs, temporary)
        check_templates(spec.language, spec.template)


def check_templates(language: str, planned: str) -> None:
    """Refuse templates other than the planned ones; they are read anew while the report is written."""
    if planned != template_digest(language):
        raise StudyError("report/: the templates changed after this job was planned; give the snakemake command again")


if __name__ == "__main__":
    main()
