"""Write the report of what is complete of a study, as partial.LANGUAGE.FORMAT; it says what is missing and why."""

from study.errors import program
from study.inspection.study import read_arguments
from study.reporting.cache import keep_matplotlib_cache
from study.store.artefacts import open_artefact
from study.store.files import atomic


@program
def main() -> None:
    """A configuration in; report/partial.* in the results folder out."""
    study, _ = read_arguments(__doc__)
    keep_matplotlib_cache(study.results)
    # matplotlib looks for its cache when it is imported
    from study.audit.results import audit
    from study.audit.spec import AuditSpec
    from study.evaluation.predictions import right_on_test
    from study.evaluation.summary import summarise
    from study.evaluation.tables import epochs_table
    from study.inspection.partial import read_partial
    from study.reporting.document import ReportSpec, write_report

    partial = read_partial(study)
    summary, epochs = summarise(partial.spec, partial.results), epochs_table(partial.results)
    judged = AuditSpec.model_validate(study.plan.by_folder[study.plan.published.input("audit").folder].spec)
    paths = [open_artefact(study.store, ref).file("predictions.parquet") for ref in partial.predictions]
    found = audit(judged, summary, epochs, [right_on_test(path) for path in paths])
    for ref in study.plan.published.inputs_of("reports"):
        spec = ReportSpec.model_validate(study.plan.by_folder[ref.folder].spec)
        path = study.results / "report" / f"partial.{spec.language}.{spec.format}"
        with atomic(path) as temporary:
            write_report(spec, summary, found, epochs, temporary, partial.missing)
        print(f"{path}: {len(partial.missing)} runs are missing, and it says which and why")


if __name__ == "__main__":
    main()
